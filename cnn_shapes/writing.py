"""How a changed value is written: the smallest edit of the user's text that gives a field its new value."""

from __future__ import annotations

import re
from typing import Any

from cnn_shapes.source import Edit, Map, Node, Scalar, Sequence, Source, Span
from cnn_shapes.spec.items import OWN, Item, Setting

_PLAIN = re.compile(r"[\w.+*/ -]+")
_ALIAS = re.compile(r"""["']?\s*:\s+(\*[^\s,\[\]{}]+)""")


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


def newline_of(source: Source) -> str:
    return "\r\n" if "\r\n" in source.text else "\n"


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
    written = [f"{name}: {text_of(raw)}" for name, raw in added.items()]
    whole = "{" + ", ".join(written) + "}"
    if body is None:
        if isinstance(item.node, Scalar):
            return [*edits, Edit(item.node.span, f"{_as_key(source, item)}: {whole}")]
        return [*edits, Edit(Span(item.key.end, item.key.end + 1), f": {whole}")]
    if body is not None and elsewhere:
        alias = alias_span(source, item.key)
        first = "<<" if isinstance(body, Map) else shorthand
        if alias is None or first is None:
            return None
        merged = [f"{first}: {source.text[alias.start : alias.end]}", *written]
        return [*edits, Edit(alias, "{" + ", ".join(merged) + "}")]
    if isinstance(body, Map):
        return [*edits, _into_mapping(source, body, written) if body.pairs else Edit(body.span, whole)]
    if shorthand is None or shorthand == "from" or not _is_inline(body):
        return None
    old = source.text[body.start : body.end]
    if short is not None:
        old = text_of(short)
    elif isinstance(body, Scalar) and body.plain and not _PLAIN.fullmatch(old):
        old = f'"{old}"'
    return [*edits, Edit(body.span, "{" + ", ".join([f"{shorthand}: {old}", *written]) + "}")]


def stands_elsewhere(item: Item) -> bool:
    """Whether an entry names its fields by an alias: `- conv: *base`."""
    return item.fields is not None and item.fields.start < item.key.end


def _as_key(source: Source, item: Item) -> str:
    """A bare word as it is written, quotes and all."""
    return source.text[item.node.start : item.node.end]


def alias_span(source: Source, key: Scalar | None) -> Span | None:
    """Where the value of a key is the name of an anchor (`*k`); None where the value itself stands."""
    found = _ALIAS.match(source.text, key.end) if key is not None else None
    return Span(*found.span(1)) if found else None


def _is_inline(node: Any) -> bool:
    return isinstance(node, Scalar) or node.flow


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


def _into_mapping(source: Source, body: Map, written: list[str]) -> Edit:
    own = [pair for pair in body.pairs if body.start <= pair[0].start <= body.end]  # not merged in with <<
    if body.flow:
        end = _after_value(source, body)
        return Edit(Span(end, end), "".join(f", {field}" for field in written))
    line = newline_of(source)
    first = own[0][0].start if own else body.start
    indent = " " * (source.position(first)[1] - 1)
    if own and _is_inline(own[-1][1]) and own[-1][1].end <= body.end + 1:
        end = _line_end(source.text, max(own[-1][1].end, own[-1][0].end))
        return Edit(Span(end, end), "".join(f"{line}{indent}{field}" for field in written))
    return Edit(Span(first, first), "".join(f"{field}{line}{indent}" for field in written))


def _after_value(source: Source, body: Map) -> int:
    """Behind the last key or value that stands in a flow mapping itself."""
    own = [pair for pair in body.pairs if body.start <= pair[0].start < body.end]
    if not own or "<<" in source.text[max(own[-1][0].end, own[-1][1].end) : body.end]:
        inside = source.text[body.start : body.end - 1]
        return body.start + len(inside.rstrip(" \t\r\n,"))
    key, value = own[-1]
    alias = alias_span(source, key) if value.start < key.end else None
    return alias.end if alias else max(key.end, value.end)


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
        else:
            above = _comments_above(source.text, line_start, indent)
            if above < line_start:
                return Edit(Span(above, above), f"{indent}- {written}{newline_of(source)}")
        return Edit(Span(dash, dash), f"- {written}{newline_of(source)}{indent}")
    if dash >= 0 and source.text[dash] in "[,":
        return Edit(Span(start, start), f"{written}, ")
    return None


def _comments_above(text: str, line_start: int, indent: str) -> int:
    """Where the comments begin that stand right above an entry, as far in as it: they speak of it."""
    while line_start > 0:
        before = text.rfind("\n", 0, line_start - 1) + 1
        if not text.startswith(f"{indent}#", before):
            break
        line_start = before
    return line_start


def set_list(source: Source, item: Item, name: str, written: str) -> Edit | None:
    """Give a structure a further list, written in flow style."""
    body = item.fields
    if isinstance(body, Map) and body.pairs:
        return _into_mapping(source, body, [f"{name}: {written}"])
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
