"""What can be configured, and what it does to the findings in a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from cnn_shapes.diagnostics import ERROR, Diagnostic
from cnn_shapes.settings.gitignore import Patterns
from cnn_shapes.source import Limits

INCLUDED = ("*.yaml", "*.yml")


class BadSettings(Exception):
    """The configuration cannot be used; the message says where and why."""


class Settings(NamedTuple):
    """What holds for the files of a folder. Patterns are as in .gitignore, from the folder `root`.

    `select` are the rules of design that are reported, None: all; errors always are. `models` are PyTorch and
    Keras models with their options as on the command line, which run only when asked for. `file` is where all
    this is written, None where nothing is configured.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fail_on: str = ERROR
    limits: Limits = Limits()
    include: tuple[str, ...] = INCLUDED
    exclude: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    root: str = os.curdir
    file: str | None = None

    def adjusted(self, path: str, found: list[Diagnostic]) -> list[Diagnostic]:
        """The findings in a file that are to be reported, each with the severity that it is to have."""
        ignored = self._ignored(path)
        severities = dict(self.severity)
        if not (ignored or severities or self.select is not None):
            return found
        reported = []
        for one in found:
            severity = severities.get(one.rule, one.severity)
            if one.rule in ignored or (
                self.select is not None and one.severity != ERROR and one.rule not in self.select
            ):
                continue
            reported.append(one if severity == one.severity else one._replace(severity=severity))
        return reported

    def silences(self, path: str) -> frozenset[str]:
        """The rules whose findings in a file are not errors here, whatever they are by themselves."""
        lowered = (rule for rule, severity in self.severity if severity != ERROR)
        return frozenset((*self._ignored(path), *lowered))

    def _ignored(self, path: str) -> set[str]:
        ignored = set(self.ignore)
        for pattern, rules in self.per_file_ignores:
            if Patterns([pattern]).hold(self.relative(path)):
                ignored.update(rules)
        return ignored

    def relative(self, path: str) -> str:
        """A path as patterns see it: from the root, with forward slashes."""
        return relative(path, self.root)


DEFAULTS = Settings()


def relative(path: str, root: str) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


def shown(settings: Settings) -> list[str]:
    """The settings as lines of TOML, with a comment that says where they come from."""
    from json import dumps

    def quoted(text: str) -> str:
        return dumps(text, ensure_ascii=False)

    def listed(names: Iterable[str]) -> str:
        return f"[{', '.join(map(quoted, names))}]"

    def table(pairs: Iterable[tuple[str, str]]) -> str:
        inside = ", ".join(f"{quoted(name)} = {value}" for name, value in pairs)
        return f"{{ {inside} }}" if inside else "{}"

    return [
        f"# from {settings.file}" if settings.file else "# nothing is configured",
        f"select = {listed(settings.select)}" if settings.select is not None else "# select: all rules",
        f"ignore = {listed(settings.ignore)}",
        f"severity = {table((rule, quoted(word)) for rule, word in settings.severity)}",
        f"per-file-ignores = {table((one, listed(rules)) for one, rules in settings.per_file_ignores)}",
        f"fail-on = {quoted(settings.fail_on)}",
        f"limits = {table((name, str(limit)) for name, limit in settings.limits._asdict().items())}",
        f"include = {listed(settings.include)}",
        f"exclude = {listed(settings.exclude)}",
        f"models = {listed(settings.models)}",
    ]
