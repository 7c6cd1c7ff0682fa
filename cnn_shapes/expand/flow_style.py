"""How fields are written in flow style: `{filters: 64, kernel_size: 3, stride: [2, 1]}`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from cnn_shapes.diagnostics import CHANNELS_FIRST, in_layout
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.list_fields import NewShape, Order, WrittenPairs
from cnn_shapes.source.flow_style import listed

_OWNED = ("norm", "activation")  # written from the layers they became


def fields_of(layer: Layer, layout: str, rounding: str) -> list[tuple[str, str]]:
    """The fields that differ from their defaults, the shorthand's first, as names and flow-style texts."""
    written = []
    for name, field in layer.fields.items():
        value = getattr(layer, field.attribute)
        if (
            name in _OWNED
            or layer.follows_from_reference(name)
            or layer.says_nothing(name)
            or (not field.required and value == _default(layer, name, rounding))
        ):
            continue
        if isinstance(field, NewShape):
            text = listed(map(str, in_layout(value, layout)))
        elif isinstance(field, Order):
            text = listed(map(str, _order(value, layout)))
        else:
            text = value_text(value)
        written.append((name, text))
    written.sort(key=lambda one: (one[0] != layer.shorthand, one[0] == "rounding"))
    return written


def _default(layer: Layer, name: str, rounding: str) -> Any:
    if name == "rounding":
        return rounding
    if name == "padding" and layer.padding == "valid":  # type: ignore[attr-defined]
        return "valid"
    return layer.default(name)


def _order(order: tuple[int, ...], layout: str) -> tuple[int, ...]:
    """A permute's axes, counted in the file's layout: axis (a + 1) % 3 of [C, H, W] is `a` of [H, W, C]."""
    if layout == CHANNELS_FIRST:
        return order
    return tuple((axis - 1) % len(order) for axis in in_layout(order, layout))


def value_text(value: Any) -> str:
    """A field's value: one number where all axes are alike, pairs where the spec had them."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Fraction):
        return str(int(value)) if value == int(value) else repr(float(value))
    if not isinstance(value, tuple):
        return str(value)
    if isinstance(value, WrittenPairs):  # a pool bounds pairs otherwise than numbers
        return listed(listed(map(str, pair)) for pair in value)
    texts = [value_text(item[0] if isinstance(item, tuple) else item) for item in value]
    if len(set(texts)) == 1 and texts[0] != "null":
        return texts[0]
    return listed(texts)
