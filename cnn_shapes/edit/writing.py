"""How a changed value is written: the smallest edit of the user's text that gives a field its new value."""

from __future__ import annotations

import re
from typing import Any

from cnn_shapes.edit.placing import (
    add_fields,
    alias_span,
    as_json,
    is_inline,
    line_end,
    line_start,
    newline_of,
    stands_elsewhere,
)
from cnn_shapes.language.entry import OWN, Item, Setting
from cnn_shapes.source import Edit, Map, Node, Scalar, Sequence, Source, Span

# compiled where they are first used: who writes nothing does without
_ANCHOR = r"&[^\s,\[\]{}]+$"
_COMMENT_ON_A_DASH = r"([ \t]*-)[ \t]+#.*$"


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
    if isinstance(raw, list):
        return f"[{', '.join(map(text_of, raw))}]"
    if isinstance(raw, dict):
        return "{" + ", ".join(f"{key}: {text_of(value)}" for key, value in raw.items()) + "}"
    return f"{raw:g}" if isinstance(raw, float) else str(raw)


def set_fields(
    source: Source, item: Item, changes: dict[str, tuple[Any, bool]], shorthand: str | None
) -> list[Edit] | None:
    """The edits that give fields of a layer these values; None where the text has no good place for one.

    A change is a value, and whether it stands for this layer alone although others share what is written.
    """
    body = item.fields
    elsewhere = stands_elsewhere(item)
    edits: list[Edit] = []
    added: dict[str, Any] = {}
    short: Any = None
    for name, (raw, override) in changes.items():
        setting = item.settings.get(name)
        if setting is None or setting.origin != OWN or (override and elsewhere):
            added[name] = raw
        elif setting.value.node is body and not elsewhere:
            short = raw
        else:
            span = alias_span(source, setting.key) if override else None
            edits += [Edit(span, text_of(raw))] if span else replace_setting(setting, raw)
    if body is not None and short is not None and not added:
        return [*edits, *replace_node(body, short)]
    if not added:
        return edits
    alone = any(override for _, override in changes.values())
    written = [f"{name}: {text_of(raw)}" for name, raw in added.items()]
    instead = None if short is None else text_of(short)
    placed = add_fields(source, item, written, shorthand, alone, instead)
    return None if placed is None else [*edits, *placed]


def replace_setting(setting: Setting, raw: Any) -> list[Edit]:
    """Write a value over the one that stands there, under the alias that it has."""
    if setting.alias == "ceil_mode":
        raw = raw == "ceil"
    return replace_node(setting.value.node, raw)


def replace_node(node: Node, raw: Any, top: bool = True) -> list[Edit]:
    """Write a value over what stands there; of a list or mapping only the parts that change."""
    if isinstance(node, Sequence) and all(node.start <= item.start < node.end for item in node.items):
        parts = raw
        if top and not isinstance(raw, list | dict) and all(isinstance(item, Scalar) for item in node.items):
            parts = [raw] * len(node.items)
        if isinstance(parts, list) and len(parts) == len(node.items):
            pairs = zip(node.items, parts, strict=True)
            return [edit for item, part in pairs for edit in replace_node(item, part, False)]
    if isinstance(node, Map) and isinstance(raw, dict) and [key.text for key, _ in node.pairs] == list(raw):
        return [edit for key, value in node.pairs for edit in replace_node(value, raw[key.text], False)]
    if isinstance(node, Scalar) and node.value == raw and type(node.value) is type(raw):
        return []
    return [Edit(node.span, text_of(raw))]


def set_top_level(source: Source, root: Map, key: str, written: str, after: str = "input") -> Edit:
    """Give a top-level key a value: over the old one, or on a line of its own behind `after`."""
    node = root.get(key)
    if node is not None:
        return Edit(node.span, written)
    if root.flow:
        field = as_json(source, root.pairs[0][0], f"{key}: {written}")
        return Edit(Span(root.start + 1, root.start + 1), f"{field}, ")
    line = newline_of(source)
    anchor = root.get(after)
    if anchor is not None and is_inline(anchor):
        end = line_end(source.text, anchor.end)
        return Edit(Span(end, end), f"{line}{key}: {written}")
    start = root.pairs[0][0].start
    return Edit(Span(start, start), f"{key}: {written}{line}")


def insert_before(source: Source, item: Item, written: str) -> Edit | None:
    """Insert an entry before another one of the same list; None where the text has no good place."""
    start = item.node.start if not isinstance(item.node, Sequence) else item.key.start
    text = source.text
    mark = _mark_before(text, start)
    if mark >= 0 and text[mark] == "-":
        indent = " " * (source.position(mark)[1] - 1)
        begin = line_start(text, mark)
        if text[begin:mark].strip(" "):
            indent = " " * (mark - begin)
        else:
            above = _comments_above(text, begin, indent)
            if above < begin:
                return Edit(Span(above, above), f"{indent}- {written}{newline_of(source)}")
        return Edit(Span(mark, mark), f"- {written}{newline_of(source)}{indent}")
    if mark >= 0 and text[mark] in "[,":
        begin = line_start(text, start)
        behind = newline_of(source) + text[begin:start] if begin > mark else " "
        entry = as_json(source, item.key, written)
        if entry != written and ":" in entry:
            entry = f"{{{entry}}}"
        return Edit(Span(start, start), f"{entry},{behind}")
    return None


def _mark_before(text: str, start: int) -> int:
    """Where the dash, bracket or comma stands that an entry begins behind; -1 where there is none."""
    place = start
    while True:
        place = len(text[:place].rstrip(" \t\r\n"))
        begin = line_start(text, place)
        comment = re.compile(_COMMENT_ON_A_DASH).match(text, begin, place)
        anchor = re.compile(_ANCHOR).search(text, begin, place)
        if comment:
            place = comment.end(1)
        elif anchor:
            place = anchor.start()
        else:
            return place - 1


def _comments_above(text: str, begin: int, indent: str) -> int:
    """Where the comments begin that stand right above an entry, as far in as it: they speak of it."""
    while begin > 0:
        before = line_start(text, begin - 2 if text.startswith("\r\n", begin - 2) else begin - 1)
        if not text.startswith(f"{indent}#", before):
            break
        begin = before
    return begin
