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


# a part of a pattern between slashes: a text, what a text must match, or None for any number of parts
Part = str | re.Pattern[str] | None
_ANY = re.compile("")
_LONGEST = 4_096  # characters: no path is longer (PATH_MAX)


class Pattern(NamedTuple):
    """One line: its parts, for a path from the folder of the file that the line is in."""

    parts: tuple[Part, ...]
    negated: bool
    folders_only: bool

    def matches(self, path: list[str]) -> bool:
        """Whether the parts of a path fit. Each `**` is tried once: what fits after it fits independently."""
        parts = self.parts
        count, length = len(parts), len(path)
        place = here = 0
        resumes, from_here = -1, 0  # at the last `**`, which takes a part of the path more
        while here < length:
            part = parts[place] if place < count else ""
            if part is None:
                place += 1
                resumes, from_here = place, here
            elif path[here] == part if isinstance(part, str) else part.match(path[here]):
                place += 1
                here += 1
            elif resumes >= 0:
                from_here += 1
                place, here = resumes, from_here
            else:
                return False
        return all(part is None for part in parts[place:])


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
        parts = path.split("/")
        for pattern in self.patterns:
            if (is_folder or not pattern.folders_only) and pattern.matches(parts):
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
    if len(line) > _LONGEST:
        return None
    anchored = "/" in line
    try:
        parts = _translated(line.removeprefix("/"))
    except (_Never, re.error):
        return None
    return Pattern(tuple(parts if anchored else (None, *parts)), negated, folders_only)


def _without_end_blanks(line: str) -> str:
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return kept + " " if backslashes % 2 and len(kept) < len(line) else kept


class _Never(Exception):
    """A pattern that git lets match nothing."""


def _translated(line: str) -> list[Part]:
    if not line:
        raise _Never
    parts: list[Part] = []
    component = [""]  # what is between the stars of one, as regular expressions
    text = ""  # the same, as long as there is nothing but text
    place = 0
    while place < len(line):
        sign = line[place]
        at_start = place == 0 or line[place - 1] == "/"
        folders = re.compile(r"(?:\*\*/)+").match(line, place) if at_start else None
        if folders:
            parts.append(None)
            place = folders.end()
        elif at_start and line[place:] == "**":
            return [*parts, _ANY, None]
        elif line.startswith(("/", "\\/"), place):
            parts.append(_part(component, text))
            component, text = [""], ""
            place += 1 + (sign == "\\")
        elif sign == "*":
            component.append("")
            while place < len(line) and line[place] == "*":
                place += 1
        elif sign == "?":
            component[-1] += "."
            place += 1
        elif sign == "[":
            bracket, place = _bracket(line, place + 1)
            component[-1] += bracket
        else:
            literal, place = _literal(line, place)
            component[-1] += re.escape(literal)
            text += literal
    return [*parts, _part(component, text)]


def _part(component: list[str], text: str) -> Part:
    """What one part of a path must be: a text alone need not be matched."""
    if component == [re.escape(text)]:
        return text
    return re.compile(f"{_joined(component)}\\Z", re.DOTALL)


def _joined(component: list[str]) -> str:
    """A star takes as little as will do, and nothing is tried twice: else many stars would take for ever."""
    first, *middle = component
    if not middle:
        return first
    last = middle.pop()
    return first + "".join(f"(?>.*?{text})" for text in middle) + f".*{last}"


def _bracket(line: str, place: int) -> tuple[str, int]:
    """The regular expression of `[...]` and the place after it. A part of a path has no slash to match."""
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
        return ("." if negated else "(?!)"), place + 1
    return f"[{'^' if negated else ''}{inside}]", place + 1


def _literal(line: str, place: int) -> tuple[str, int]:
    if line[place] == "\\":
        if place + 1 >= len(line):
            raise _Never
        return line[place + 1], place + 2
    return line[place], place + 1
