"""How a value is written, and the smallest edits that write it over another one."""

from __future__ import annotations

from typing import Any

from cnn_shapes.source import Edit, Map, Scalar, Sequence, TreeNode


def raw_value(value: Any) -> Any:
    """A field's value as a spec would hold it: one number where all axes are alike."""
    from fractions import Fraction  # who writes nothing does without

    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if not isinstance(value, tuple):
        return value
    items = list(value)
    if items and isinstance(items[0], tuple):
        if all(begin == end for begin, end in items):
            return raw_value(tuple(begin for begin, _ in items))
        return [list(item) for item in items]
    if len(set(items)) == 1:
        return raw_value(items[0])
    return [raw_value(item) for item in items]


def text_of(raw: Any) -> str:
    """`3`, `[3, 5]`, `[[1, 0], [1, 0]]`, `floor`: a value in flow style."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if raw is None:
        return "null"
    if isinstance(raw, list):
        return f"[{', '.join(map(text_of, raw))}]"
    if isinstance(raw, dict):
        return "{" + ", ".join(f"{key}: {text_of(value)}" for key, value in raw.items()) + "}"
    return f"{raw:g}" if isinstance(raw, float) else str(raw)


def replaced(node: TreeNode, raw: Any, spread: bool = True, deep: bool = False) -> list[Edit]:
    """Write a value over what is there; of a list or mapping only the parts that change.

    With `spread` one number means a list of alike ones; with `deep` one for an axis also a pair of them.
    """
    if isinstance(node, Sequence) and all(node.start <= item.start < node.end for item in node.items):
        parts = raw
        if spread and not isinstance(raw, list | dict):
            flat = all(isinstance(item, Scalar) for item in node.items)
            parts = [raw] * len(node.items) if flat or deep else raw
        if isinstance(parts, list) and len(parts) == len(node.items):
            pairs = zip(node.items, parts, strict=True)
            return [edit for item, part in pairs for edit in replaced(item, part, spread and deep, deep)]
    if isinstance(node, Map) and isinstance(raw, dict) and [key.text for key, _ in node.pairs] == list(raw):
        return [edit for key, value in node.pairs for edit in replaced(value, raw[key.text], False)]
    if isinstance(node, Scalar) and node.value == raw and type(node.value) is type(raw):
        return []
    return [Edit(node.span, text_of(raw))]
