"""How a changed value is written: the smallest edit of the user's text that gives a field its new value."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span
from cnn_shapes.spec.items import Item, Setting

_PLAIN = re.compile(r"[\w.+*/ -]+")


def raw_value(value: Any) -> Any:
    """A field's value as a spec would hold it: one number where all axes are alike."""
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
    if isinstance(raw, list):
        return f"[{', '.join(map(text_of, raw))}]"
    if isinstance(raw, dict):
        return "{" + ", ".join(f"{key}: {text_of(value)}" for key, value in raw.items()) + "}"
    return f"{raw:g}" if isinstance(raw, float) else str(raw)


def newline_of(source: Source) -> str:
    return "\r\n" if "\r\n" in source.text else "\n"


def set_field(source: Source, item: Item, name: str, raw: Any, shorthand: str | None) -> Edit | None:
    """The edit that gives a layer's own field this value; None where the text has no good place for it."""
    setting = item.settings.get(name)
    if setting is not None and setting.origin == "own":
        return replace_setting(setting, raw, name)
    body = item.fields
    written = f"{name}: {text_of(raw)}"
    if isinstance(body, Map) and body.pairs:
        return _into_mapping(source, body, written)
    if isinstance(body, Map):
        return Edit(body.span, "{" + written + "}")
    if body is None:
        if isinstance(item.node, Scalar):
            return Edit(item.node.span, f"{item.key.text}: {{{written}}}")
        return Edit(Span(item.key.end, item.key.end + 1), f": {{{written}}}")
    if shorthand is None or shorthand == "from" or not _is_inline(body):
        return None
    old = source.text[body.start : body.end]
    if isinstance(body, Scalar) and body.plain and not _PLAIN.fullmatch(old):
        old = f'"{old}"'
    return Edit(body.span, f"{{{shorthand}: {old}, {written}}}")


def _is_inline(node: Any) -> bool:
    return isinstance(node, Scalar) or node.flow


def replace_setting(setting: Setting, raw: Any, name: str) -> Edit:
    """Write a value over the one that stands there, under the alias that it has."""
    node = setting.value.node
    if setting.alias == "ceil_mode":
        raw = raw == "ceil"
    return Edit(node.span, text_of(raw))


def _into_mapping(source: Source, body: Map, written: str) -> Edit:
    last = body.pairs[-1][1]
    first = body.pairs[0][0]
    if body.flow:
        end = _after_value(body)
        return Edit(Span(end, end), f", {written}")
    line = newline_of(source)
    indent = " " * (source.position(first.start)[1] - 1)
    if _is_inline(last) and last.end <= body.end + 1:
        end = _line_end(source.text, max(last.end, body.pairs[-1][0].end))
        return Edit(Span(end, end), f"{line}{indent}{written}")
    return Edit(Span(first.start, first.start), f"{written}{line}{indent}")


def _after_value(body: Map) -> int:
    """Behind the last key or value that stands in the mapping itself, not behind an alias."""
    ends = [
        node.end for pair in body.pairs for node in pair if body.start <= node.start <= node.end <= body.end
    ]
    return max(ends)


def _line_end(text: str, offset: int) -> int:
    for place in range(offset, len(text)):
        if text[place] in "\r\n":
            return place
    return len(text)


def set_top_level(source: Source, root: Map, key: str, written: str, after: str = "input") -> Edit:
    """Give a top-level key a value: over the old one, or on a line of its own behind `after`."""
    node = root.get(key)
    if node is not None:
        return Edit(node.span, written)
    if root.flow:
        return Edit(Span(root.start + 1, root.start + 1), f"{key}: {written}, ")
    line = newline_of(source)
    anchor = root.get(after)
    if anchor is not None and _is_inline(anchor):
        end = _line_end(source.text, anchor.end)
        return Edit(Span(end, end), f"{line}{key}: {written}")
    start = root.pairs[0][0].start
    return Edit(Span(start, start), f"{key}: {written}{line}")


def insert_before(source: Source, item: Item, written: str) -> Edit | None:
    """Insert an entry before another one of the same list."""
    start = item.node.start if not isinstance(item.node, Sequence) else item.key.start
    dash = start - 1
    while dash >= 0 and source.text[dash] in " \t":
        dash -= 1
    if dash >= 0 and source.text[dash] == "-":
        indent = " " * (source.position(dash)[1] - 1)
        line_start = source.text.rfind("\n", 0, dash) + 1
        if source.text[line_start:dash].strip(" "):
            indent = " " * (dash - line_start)
        return Edit(Span(dash, dash), f"- {written}{newline_of(source)}{indent}")
    if dash >= 0 and source.text[dash] in "[,":
        return Edit(Span(start, start), f"{written}, ")
    return None


def set_list(source: Source, item: Item, name: str, written: str) -> Edit | None:
    """Give a structure a further list, written in flow style."""
    body = item.fields
    if isinstance(body, Map) and body.pairs:
        return _into_mapping(source, body, f"{name}: {written}")
    if isinstance(body, Sequence) and body.flow:
        old = source.text[body.start : body.end]
        return Edit(body.span, f"{{layers: {old}, {name}: {written}}}")
    if isinstance(body, Sequence) and body.items:
        # a block-style shorthand: its list moves under `layers`, which YAML allows at the same indentation
        start = source.text.rfind("\n", 0, body.start) + 1
        indent = source.text[start : body.start]
        if indent.strip(" "):
            return None
        line = newline_of(source)
        return Edit(Span(start, start), f"{indent}{name}: {written}{line}{indent}layers:{line}")
    return None
