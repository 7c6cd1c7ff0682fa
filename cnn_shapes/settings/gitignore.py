"""Patterns of paths as .gitignore has them (gitignore(5)): for it, and for paths in the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_CLASSES = {
    "alpha": "A-Za-z",
    "digit": "0-9",
    "alnum": "A-Za-z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "blank": r" \t",
    "xdigit": "0-9A-Fa-f",
    "punct": r"!-/:-@\[-`{-~",
    "cntrl": r"\x00-\x1f\x7f",
    "graph": "!-~",
    "print": " -~",
}


class Pattern(NamedTuple):
    """One line: `matches` takes a path from the folder of the file that the line is in."""

    matches: re.Pattern[str]
    negated: bool
    folders_only: bool


class Patterns:
    """Some lines together: the last that matches a path decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        compiled = (compiled_line(line) for line in lines)
        self.patterns = [pattern for pattern in compiled if pattern is not None]
        self.patterns.reverse()

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def decide(self, path: str, is_folder: bool) -> bool | None:
        """True where a path is meant, False where a `!` takes it out again, None where no line speaks of it.

        The path has forward slashes and no end slash. What is in a folder that is meant is not looked at.
        """
        for pattern in self.patterns:
            if (is_folder or not pattern.folders_only) and pattern.matches.match(path):
                return not pattern.negated
        return None

    def hold(self, path: str) -> bool:
        """Whether a file or a folder above it is meant."""
        end = path.find("/")
        while end >= 0:
            if self.decide(path[:end], True):
                return True
            end = path.find("/", end + 1)
        return bool(self.decide(path, False))


def compiled_line(line: str) -> Pattern | None:
    """The pattern of a line; None for a comment, an empty line and what can match nothing."""
    line = _without_end_blanks(line.rstrip("\r\n"))
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    line = line[negated:]
    folders_only = line.endswith("/") and not line.endswith("\\/")
    line = line.removesuffix("/") if folders_only else line
    anchored = "/" in line
    try:
        text = _translated(line.removeprefix("/"))
        return Pattern(
            re.compile(f"{'' if anchored else '(?:.*/)?'}{text}\\Z", re.DOTALL), negated, folders_only
        )
    except (_Never, re.error):
        return None


def _without_end_blanks(line: str) -> str:
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return kept + " " if backslashes % 2 and len(kept) < len(line) else kept


class _Never(Exception):
    """A pattern that git lets match nothing."""


def _translated(line: str) -> str:
    if not line:
        raise _Never
    parts = []
    component = [""]  # what is between the stars of one
    place = 0
    while place < len(line):
        sign = line[place]
        at_start = place == 0 or line[place - 1] == "/"
        folders = re.compile(r"(?:\*\*/)+").match(line, place) if at_start else None
        if folders:
            parts.append("(?:.*/)?")
            place = folders.end()
        elif at_start and line[place:] == "**":
            parts.append(".+")
            place += 2
        elif sign == "/":
            parts += [_joined(component), "/"]
            component = [""]
            place += 1
        elif sign == "*":
            component.append("")
            while place < len(line) and line[place] == "*":
                place += 1
        elif sign == "?":
            component[-1] += "[^/]"
            place += 1
        elif sign == "[":
            text, place = _bracket(line, place + 1)
            component[-1] += text
        else:
            literal, place = _literal(line, place)
            component[-1] += re.escape(literal)
    return "".join([*parts, _joined(component)])


def _joined(component: list[str]) -> str:
    """A star takes as little as will do, and nothing is tried twice: else many stars would take for ever."""
    first, *middle = component
    if not middle:
        return first
    last = middle.pop()
    return first + "".join(f"(?>[^/]*?{text})" for text in middle) + f"[^/]*{last}"


def _bracket(line: str, place: int) -> tuple[str, int]:
    """The regular expression of `[...]` and the place after it. Never a slash."""
    negated = line[place : place + 1] in ("!", "^")
    place += negated
    inside = ""
    first = True
    while place < len(line) and (line[place] != "]" or first):
        first = False
        named = re.compile(r"\[:([a-z]+):\]").match(line, place)
        if named:
            if named[1] not in _CLASSES:
                raise _Never
            inside += _CLASSES[named[1]]
            place = named.end()
            continue
        low, place = _literal(line, place)
        if line.startswith("-", place) and line[place + 1 : place + 2] not in ("]", ""):
            high, place = _literal(line, place + 1)
            if low <= high:
                inside += f"{re.escape(low)}-{re.escape(high)}"
        else:
            inside += re.escape(low)
    if place >= len(line):
        raise _Never
    if not inside:
        return ("[^/]" if negated else "(?!)"), place + 1
    return f"(?!/)[{'^' if negated else ''}{inside}]", place + 1


def _literal(line: str, place: int) -> tuple[str, int]:
    if line[place] == "\\":
        if place + 1 >= len(line):
            raise _Never
        return line[place + 1], place + 2
    return line[place], place + 1
