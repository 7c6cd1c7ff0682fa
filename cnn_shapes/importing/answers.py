"""The literals of a tracer's answer. Each raises TypeError for junk."""

from __future__ import annotations

from typing import Any

from cnn_shapes.source import CodePlace

LONGEST = 2000  # characters of a text that is read back


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value[:LONGEST]


def whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r} is not a natural number")
    return value


def shape(value: Any) -> tuple[int, ...]:
    return tuple(map(whole, value))


def place(value: Any) -> CodePlace | None:
    if value is None:
        return None
    path, line, *columns = value
    return CodePlace(text(path), whole(line), *map(whole, columns[:2]))
