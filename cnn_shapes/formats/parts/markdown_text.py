"""Markdown as GitHub shows it, in which text out of a file is only text.

A backslash before a sign keeps it from being markup, but not a name after @ from being told, nor an address
from being a link: nothing is looked for in a span of code, nor in a block of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cnn_shapes.formats.parts.terminal_text import clean


def code(text: str) -> str:
    """Text in a span of code."""
    text = clean(text)
    if not text.strip():
        return ""
    ticks = _ticks(text, 1)
    blank = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"


def block(lines: Sequence[str]) -> list[str]:
    """Lines in a block of code."""
    shown = [clean(line) for line in lines]
    ticks = _ticks("\n".join(shown), 3)
    return [f"{ticks}text", *shown, ticks]


def table(headers: Sequence[str], are_right: Sequence[bool], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; a | in a cell is one of its text."""
    rules = ["--:" if is_right else ":--" for is_right in are_right]
    return [_row(headers), _row(rules), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    # a backslash before a | would itself be escaped, and the | part two cells
    escaped = (re.sub(r"(\\*)\|", r"\1\1\\|", cell) for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _ticks(text: str, least: int) -> str:
    """More backticks than there are in a row anywhere in a text."""
    return "`" * max([least, *(len(run) + 1 for run in re.findall("`+", text))])
