"""How a layer is written in flow style: `conv: {filters: 64, kernel_size: 3, stride: [2, 1]}`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import CHANNELS_FIRST, in_layout
from cnn_shapes.expand.line import Line
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.list_fields import NewShape, Order, WrittenPairs
from cnn_shapes.layers.merge import SplitPart
from cnn_shapes.layers.pool import Pool
from cnn_shapes.shapes import UNKNOWN
from cnn_shapes.source import resolve

if TYPE_CHECKING:
    from cnn_shapes.network import Node

_BEHIND = ("norm", "activation")  # written from the layers they became
_PLAIN_TEXT = re.compile(r"[^\W\d]([\w. -]*[\w.])?")
_CONTROLS = re.compile("[\x7f-\xa0\u2028\u2029\ufeff]")


def settings_of(layer: Layer, layout: str, rounding: str) -> list[tuple[str, str]]:
    """The fields that differ from their defaults, the shorthand's first, as names and flow-style texts."""
    written = []
    for name, field in layer.fields.items():
        value = getattr(layer, field.attribute)
        if name in _BEHIND or (not field.required and value == _default(layer, name, rounding)):
            continue
        if isinstance(field, NewShape):
            text = listed(map(str, in_layout(value, layout)))
        elif isinstance(field, Order):
            text = listed(map(str, _order(value, layout)))
        else:
            text = value_text(value)
        written.append((name, text))
    written.sort(key=lambda setting: (setting[0] != layer.shorthand, setting[0] == "rounding"))
    return written


def _default(layer: Layer, name: str, rounding: str) -> Any:
    if name == "rounding":
        return rounding
    if name == "stride" and isinstance(layer, Pool):
        return layer.kernel_size
    if name == "padding" and layer.padding == "valid":  # type: ignore[attr-defined]
        return "valid"
    return layer.fields[name].initial(layer.rank)


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


def listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def word(name: str) -> str:
    """A name, in quotes where YAML would take it for something else."""
    return name if re.match(r"[^\W\d]", name) and isinstance(resolve(name), str) else json.dumps(name)


def quoted(text: str) -> str:
    """Any text as a YAML scalar."""
    if _PLAIN_TEXT.fullmatch(text) and isinstance(resolve(text), str):
        return text
    return _CONTROLS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(text, ensure_ascii=False))


def flow(line: Line, sources: list[str], name: str | None, parts: Mapping[Node, str], layout: str) -> str:
    """The line as it stands behind its dash."""
    if line.parts:
        pairs = [("into", _into(line, parts))]
        shorthand = "into" if pairs[0][1].startswith("[") else ""
    else:
        pairs = list(line.settings)
        shorthand = KINDS[line.kind].shorthand or "" if line.kind in KINDS else ""
    kind = line.kind
    if line.ways:
        kind, shorthand = line.form, ""
        entering, joined = sources
        # what repeats no times is what it is given: a way without a layer on it
        pairs = [("from", entering), ("layers", f"[repeat: {{times: 0, from: {joined}, layers: []}}]")]
    elif len(sources) > 1:
        pairs.append(("from", listed(sources)))
    elif sources != ["prev"]:
        pairs.append(("from", sources[0]))
    if name is not None:
        pairs.append(("name", word(name)))
    if line.expected is not None:
        sizes = ("null" if size == UNKNOWN else str(size) for size in in_layout(line.expected, layout))
        pairs.append(("expect", listed(sizes)))
    comment = f"  # {line.comment}" if line.comment else ""
    if not pairs:
        return kind + comment
    if len(pairs) == 1 and pairs[0][0] == shorthand:
        return f"{kind}: {pairs[0][1]}{comment}"
    return f"{kind}: {{{', '.join(f'{key}: {text}' for key, text in pairs)}}}{comment}"


def _into(line: Line, parts: Mapping[Node, str]) -> str:
    first = line.node.layer
    assert isinstance(first, SplitPart)
    counts = [count for _, count in first.split.into]
    names = [parts[part] for part in line.parts]
    if None in counts:
        return listed(names)
    return "{" + ", ".join(f"{name}: {count}" for name, count in zip(names, counts, strict=True)) + "}"
