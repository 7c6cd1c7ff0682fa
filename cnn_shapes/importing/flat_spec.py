"""The text of a flat spec: one layer of a model a line, as its framework calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cnn_shapes.diagnostics import in_layout
from cnn_shapes.importing.traced_model import TracedLayer, TracedModel
from cnn_shapes.layers import ALIASES, KINDS, VARIANTS
from cnn_shapes.source.flow_style import listed, quoted, word

_NAMES = ("like", "share")  # fields whose value is a layer's name


@dataclass(frozen=True, slots=True)
class FlatSpec:
    """The text, and of each line that is a layer, counted from 1, which one."""

    text: str
    lines: Mapping[int, TracedLayer]


def flat_spec(model: TracedModel, beliefs: bool = True, as_written: bool = False) -> FlatSpec:
    """The spec of a model; with `beliefs`, what the framework's layers say of their inputs.

    `as_written`: under the framework's words for kinds and fields, where these mean the same here.
    """
    head = [
        f"name: {quoted(model.name)}",
        f"input: {_inputs(model)}",
        f"layout: {model.layout}",
        "rounding: floor",
    ]
    text = [*head, "layers:"]
    lines = {}
    previous = model.inputs[0][0] if len(model.inputs) > 1 else "input"
    for layer in model.layers:
        text.append(f"  - {_line(layer, previous, beliefs, as_written)}")
        lines[len(text)] = layer
        previous = layer.outputs[-1]
    if not model.layers:
        text.append("  - identity")
    if model.outputs and model.outputs != (previous,):
        text.append(f"outputs: {listed(map(word, model.outputs))}")
    return FlatSpec("\n".join([*text, ""]), lines)


def _inputs(model: TracedModel) -> str:
    sizes = [listed(map(str, in_layout(shape, model.layout))) for _, shape in model.inputs]
    if len(sizes) == 1:
        return sizes[0]
    return _mapping((word(name), size) for (name, _), size in zip(model.inputs, sizes, strict=True))


def _line(layer: TracedLayer, previous: str, beliefs: bool, as_written: bool) -> str:
    stated = {**layer.fields, **(layer.beliefs if beliefs else {})}
    pairs = [(_word(layer, name) if as_written else name, _text(name, one)) for name, one in stated.items()]
    if len(layer.inputs) > 1:
        pairs.append(("from", listed(map(word, layer.inputs))))
    elif layer.inputs[0] != previous:
        pairs.append(("from", word(layer.inputs[0])))
    if len(layer.outputs) == 1:
        pairs.append(("name", word(layer.name)))
    kind = KINDS.get(layer.kind)
    if len(pairs) == 1 and kind is not None and pairs[0][0] == kind.shorthand and pairs[0][1][:1] != "{":
        return f"{layer.kind}: {pairs[0][1]}"
    return f"{_kind_word(layer) if as_written else layer.kind}: {_mapping(pairs)}"


def _kind_word(layer: TracedLayer) -> str:
    """The class of the framework where its name says for how many axes it is, which is checked too."""
    word = layer.modules[-1].class_name if layer.modules and layer.modules[-1].of_torch else ""
    kind, rank = ALIASES.get(word, ("", None))
    return word if kind == layer.kind and rank is not None and word not in VARIANTS else layer.kind


def _word(layer: TracedLayer, field: str) -> str:
    """A field under the framework's name of it."""
    written, kind = layer.written.get(field, field), KINDS.get(layer.kind)
    declared = kind.fields.get(field) if kind is not None else None
    if declared is None or written not in declared.aliases:
        return field
    # under some names the same is said with other values: ceil_mode: true
    return written if declared.alias_schema(written) == declared.schema() else field


def _mapping(pairs: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{name}: {text}" for name, text in pairs) + "}"


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return word(value) if name in _NAMES else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return _mapping((word(key), _text("", one)) for key, one in value.items())
    if isinstance(value, list | tuple):
        return listed(word(one) if isinstance(one, str) else _text("", one) for one in value)
    return repr(value)
