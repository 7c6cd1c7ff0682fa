"""Finding specs: a file that is named is taken; in a folder, the YAML files that look like specs.

A spec has the keys `input` and `layers` at its top, or its name ends in `.cnn.yaml`. What .gitignore names is
left out, and so are hidden folders and what the configuration excludes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import NamedTuple

from cnn_shapes.patterns import Patterns
from cnn_shapes.settings import INCLUDED, Configuration, Settings, relative
from cnn_shapes.source import Source, Unreadable, has_keys

# the .gitignore files that hold, from the top down, each with its folder
Ignores = tuple[tuple[str, Patterns], ...]

STDIN = "-"
_SUFFIXES = (".yaml", ".yml")
_SURE = (".cnn.yaml", ".cnn.yml")
_KEYS = ("input", "layers")
_BEFORE_FLOW = r"(?:\ufeff|\s|#[^\r\n]*|---(?=\s))*\{"
_IN_BLOCK = rb"(?m)^(?:\xef\xbb\xbf)?[\"']?%s[\"']?[ \t]*:"
_IN_FLOW = rb"[{,]\s*[\"']?%s[\"']?\s*:"


class Found(NamedTuple):
    """The specs that were found, the YAML files that are none, the folders that cannot be read, with why."""

    specs: list[str]
    skipped: list[str]
    unreadable: dict[str, str]


class Finder:
    """Finds specs with the settings of each folder."""

    def __init__(self, configuration: Configuration, force_exclude: bool = False) -> None:
        self.configuration, self.force_exclude = configuration, force_exclude
        self._chosen: dict[tuple[str, ...], Patterns] = {}
        self._known: dict[str, Ignores] = {}

    def find(self, paths: Iterable[str]) -> Found:
        """The specs that `paths` mean, each once. Those of a folder come sorted, the folder joined in front.

        A path that does not exist is returned too: to open it is what tells the user why it cannot be read.
        With `force_exclude` a file that is named is left out where one in a folder would be. Raises
        BadSettings.
        """
        found = Found([], [], {})
        for path in paths:
            if path != STDIN and os.path.isdir(path):
                self._walk(path, found)
            elif path == STDIN or not self.force_exclude or not os.path.exists(path):
                found.specs.append(path)
            elif not self._left_out(path):
                (found.specs if is_spec(path) else found.skipped).append(path)
        return found._replace(
            specs=list(dict.fromkeys(found.specs)), skipped=list(dict.fromkeys(found.skipped))
        )

    def _walk(self, top: str, found: Found) -> None:
        waiting = [(top, self._ignores(top))]
        while waiting:
            folder, ignores = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                found.unreadable[folder] = (error.strerror or str(error)).lower()
                continue
            settings = self.configuration.of(folder)
            exclude = self._compiled(settings.exclude)
            folders = []
            for entry in listed:
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder:
                    wanted = not entry.name.startswith(".")
                else:
                    wanted = self.includes(entry.path, settings) and entry.is_file()
                if not wanted:
                    continue
                if _ignored(entry.path, is_folder, ignores):
                    continue
                if exclude and exclude.decide(settings.relative(entry.path), is_folder):
                    continue
                if is_folder:
                    folders.append(entry.path)
                else:
                    (found.specs if is_spec(entry.path) else found.skipped).append(entry.path)
            waiting += [(path, _with(ignores, path)) for path in reversed(folders)]

    def includes(self, path: str, settings: Settings) -> bool:
        if settings.include == INCLUDED:
            return path.lower().endswith(_SUFFIXES)
        return self._compiled(settings.include).hold(settings.relative(path))

    def _left_out(self, path: str) -> bool:
        """Whether a file that is named would not be found by walking from the top of its repository."""
        settings = self.configuration.of_file(path)
        if not self.includes(path, settings) or self._compiled(settings.exclude).hold(
            settings.relative(path)
        ):
            return True
        current, is_folder = os.path.abspath(path), False
        while True:
            parent = os.path.dirname(current)
            if _ignored(current, is_folder, self._ignores(parent)):
                return True
            if parent == current or os.path.exists(os.path.join(parent, ".git")):
                return False
            current, is_folder = parent, True

    def _ignores(self, folder: str) -> Ignores:
        """The .gitignore files that hold in a folder: those of its repository, from the top down."""
        folder = os.path.abspath(folder)
        if folder not in self._known:
            above = [folder]
            while not os.path.exists(os.path.join(above[-1], ".git")):
                parent = os.path.dirname(above[-1])
                if parent == above[-1]:
                    above = [folder]  # no repository
                    break
                above.append(parent)
            ignores: Ignores = ()
            for one in reversed(above):
                ignores = _with(ignores, one)
            self._known[folder] = ignores
        return self._known[folder]

    def _compiled(self, lines: tuple[str, ...]) -> Patterns:
        if lines not in self._chosen:
            self._chosen[lines] = Patterns(lines)
        return self._chosen[lines]


def _with(ignores: Ignores, folder: str) -> Ignores:
    """What holds in a folder, given what holds above it."""
    for name in (os.path.join(".git", "info", "exclude"), ".gitignore"):
        try:
            with open(os.path.join(folder, name), encoding="utf-8", errors="surrogateescape") as file:
                patterns = Patterns(file)
        except OSError:
            continue
        if patterns:
            ignores = (*ignores, (folder, patterns))
    return ignores


def _ignored(path: str, is_folder: bool, ignores: Ignores) -> bool:
    """The nearest .gitignore that speaks of a path decides."""
    for root, patterns in reversed(ignores):
        decided = patterns.decide(relative(path, root), is_folder)
        if decided is not None:
            return decided
    return False


def is_spec(path: str) -> bool:
    """Whether a file says that it is a spec: by its name, or by the keys at its top, parsed in doubt only.

    A spec whose YAML is broken is one too, as far as can be seen: checking it says what is wrong.
    """
    if path.lower().endswith(_SURE):
        return True
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return True  # checking it says why it cannot be read
    bare = data.replace(b"\0", b"") if b"\0" in data else data  # of UTF-16 what is ASCII
    if not all(key.encode() in bare for key in _KEYS):
        return False
    if bare is data and all(re.search(_IN_BLOCK % key.encode(), data) for key in _KEYS):
        return True
    try:
        text = Source.decode(path, data).text
    except Unreadable as error:
        text = error.source.text
    found = has_keys(text, _KEYS)
    if found is not None:
        return found
    pattern = _IN_FLOW if re.match(_BEFORE_FLOW, text) else _IN_BLOCK
    return all(re.search(pattern % key.encode(), text.encode("utf-8", "replace")) for key in _KEYS)
