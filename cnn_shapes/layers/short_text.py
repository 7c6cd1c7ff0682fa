"""The value of a field in a few characters."""

from __future__ import annotations

from typing import Any

from cnn_shapes.layers.fields import Written


def short(value: Any) -> str:
    """`3`, `3x5`, `1+0,1+0`: a field's value in a table cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, tuple):
        return str(value)
    if isinstance(value, Written):
        return value.text
    if value and isinstance(value[0], tuple):
        if all(begin == end for begin, end in value):
            return short(tuple(begin for begin, _ in value))
        return ",".join(f"{begin}+{end}" for begin, end in value)
    if len(set(value)) == 1:
        return str(value[0])
    if isinstance(value[0], str):
        return f"[{', '.join(value)}]"
    return "x".join("keep" if item is None else str(item) for item in value)
