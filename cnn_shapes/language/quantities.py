"""Amounts with units, as budgets and conditions have them: `300M` multiply-adds, `256KiB` of memory."""

from __future__ import annotations

import re
from fractions import Fraction

_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BYTE_UNITS = {"B": 1, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_NUMBER = r"\d+(?:_\d+)*(?:\.\d+)?"
_AMOUNT = re.compile(rf"({_NUMBER})\s*([A-Za-z]*)")
_IN_TEXT = re.compile(rf"(?<![\w.])({_NUMBER})(KiB|MiB|GiB|[KMGT])(?![\w.])")
_LONGEST = 40  # characters of an amount
COUNTED, IN_BYTES = "a number such as 300000, 300K, 1.5M or 2G", "bytes, such as 262144, 256KiB or 1MiB"


def amount(text: str, in_bytes: bool = False) -> int | None:
    """The whole number that a text means; None where it means none. Units are powers of ten, KiB of two.

    `in_bytes`: whether KiB, MiB, GiB, and kB, MB, GB mean something.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or len(text) > _LONGEST:
        return None
    unit = found[2].upper()
    scale = _UNITS.get(unit, _BYTE_UNITS.get(unit) if in_bytes else None) if unit else 1
    if scale is None:
        return None
    exact = Fraction(found[1].replace("_", "")) * scale
    return int(exact) if exact.denominator == 1 else None


def without_units(text: str) -> str:
    """An expression with its amounts as plain numbers: `macs < 300M` is `macs < 300000000`."""

    def number(found: re.Match[str]) -> str:
        value = amount(found[0], in_bytes=True)
        return found[0] if value is None else str(value)

    return _IN_TEXT.sub(number, text)
