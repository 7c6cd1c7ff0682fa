"""Edits that give a layer a field, in the way the layer is written."""

from __future__ import annotations

from cnn_shapes.source import Edit, Map, Source, Span
from cnn_shapes.spec.items import OWN, Item


def set_field(source: Source, item: Item, name: str, value: str) -> Edit | None:
    """The edit that sets a field of a layer: in the place of its value, or behind the fields that are there.

    None where the layer is written in a way that cannot be extended safely, such as through an alias.
    """
    setting = item.settings.get(name)
    if setting is not None and setting.origin == OWN and setting.key is not None:
        return Edit(setting.value.node.span, value)
    body = item.fields
    text = source.text
    if body is None:
        return None if item.node is not item.key else Edit(item.key.span, f"{item.text}: {{{name}: {value}}}")
    if body.start < item.key.end:  # an alias: the fields stand elsewhere, perhaps for other layers too
        return None
    if not isinstance(body, Map):
        shorthand = item.layer.shorthand if item.layer else None
        if shorthand is None:
            return None
        return Edit(body.span, f"{{{shorthand}: {text[body.start : body.end]}, {name}: {value}}}")
    if not body.pairs:
        return None
    key, last = body.pairs[-1]
    if not key.end <= last.start <= last.end <= body.end:
        return None
    if body.flow:
        return Edit(Span(last.end, last.end), f", {name}: {value}")
    first = body.pairs[0][0]
    start = text.rfind("\n", 0, first.start) + 1
    indent = text[start : first.start]
    if indent.strip():
        return None
    ending = "\r\n" if "\r\n" in text else "\n"
    return Edit(Span(first.start, first.start), f"{name}: {value}{ending}{indent}")
