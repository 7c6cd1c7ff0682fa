"""Comma-separated values as RFC 4180 has them, in which no spreadsheet finds a formula of somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnn_shapes.formats.parts.terminal_text import clean

_PLAIN = re.compile(r"[\w./ %()-]*", re.ASCII)  # no separator of any country's spreadsheet is in it
# What a spreadsheet takes for the beginning of a formula (owasp.org, CSV Injection), full width too.
FORMULA = re.compile("[=+@\uff1d\uff0b\uff0d\uff20-]")
_AS_TEXT = "'"


def row(cells: Iterable[str | int | None]) -> str:
    """One line. A number is a number; None is empty.

    Text that a spreadsheet would compute has a ' before it; all that may hold a separator is in quotes.
    """
    return ",".join(map(_cell, cells)) + "\r\n"


def _cell(value: str | int | None) -> str:
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    text = clean(value)
    if FORMULA.match(text):
        text = _AS_TEXT + text
    return text if _PLAIN.fullmatch(text) else '"' + text.replace('"', '""') + '"'
