"""What every format for CI systems needs: paths as they want them, a finding's text, and its fingerprint."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import render
from cnn_shapes.formats.parts.terminal_text import clean, fix_text
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic

_WORKSPACES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def project_path(path: str) -> str:
    """A path from the project's root, with forward slashes: CI systems mark the lines of such paths only.

    The root is the folder of the repository, as the system says, for what is in it, wherever the run is; else
    the working folder. What is outside of both stays as the user gave it; standard input, `-`, is `<stdin>`.
    """
    if path == "-":
        return shown_path(path)
    absolute = os.path.abspath(path)
    folder, name = os.path.split(absolute)
    # a link to a file keeps its name; one to a folder above may be but another spelling of the root
    places = absolute, os.path.join(os.path.realpath(folder), name)
    for root in _roots(os.getcwd(), *(os.environ.get(name, "") for name in _WORKSPACES)):
        for place in places:
            if place.startswith(os.path.join(root, "")):
                return os.path.relpath(place, root).replace(os.sep, "/")
    return path.replace(os.sep, "/")


@lru_cache(maxsize=1)
def _roots(working: str, *workspaces: str) -> tuple[str, ...]:
    """What paths may count from, the first that holds one decides: workspaces in both spellings."""
    given = filter(None, workspaces)
    return (*(root for one in given for root in (os.path.abspath(one), os.path.realpath(one))), working)


def details(report: CheckResult, found: Diagnostic) -> list[str]:
    """What is under a message: causes elsewhere with their line, notes, fixes; no control characters."""
    lines = []
    if found.pointer:
        lines.append(render(found.pointer, found.facts, report.layout))
    for label in found.labels:
        line = report.source.line_of(label.span.start)
        lines.append(f"line {line}: {render(label.template, label.facts, report.layout)}")
    lines += (f"note: {render(note.template, note.facts, report.layout)}" for note in found.notes)
    lines += (f"fix: {fix_text(fix)}" for fix in sorted(found.fixes, key=lambda fix: not fix.valid))
    return list(map(clean, lines))


def recognised_by(report: CheckResult, found: Diagnostic, path: str) -> tuple[str, ...]:
    """What a finding is known by: rule, path and the line's text, so that an edit elsewhere renames none."""
    source, span = report.source.written(found.span)
    line = source.line_text(source.position(span.start)[0])
    return found.rule, path, " ".join(line.split())


class Fingerprints:
    """Names the findings of a run, each by what it is known by."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], int] = {}

    def of(self, key: tuple[str, ...]) -> str:
        """64 hexadecimal digits, given to no other finding of the run."""
        from hashlib import sha256

        count = self._seen[key] = self._seen.get(key, 0) + 1
        return sha256("\0".join([*key, str(count)]).encode(errors="surrogatepass")).hexdigest()
