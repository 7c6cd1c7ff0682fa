"""A fix of the flat spec in words of PyTorch: what one can write in the code of a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from cnn_shapes.importing.traced_model import TracedLayer

_PART = re.compile(r"\b(\w+): (\[.*?\]\]?|[^,\[]+?) (of (\S+) on line (\S+))")
_SHAPE = re.compile(r"\ba shape of ([\d, ]+) on line (\d+(?: of \S+)?)")
_NO_SLICE = re.compile(r"\bamount: 0 of crop\S*")
_UNEQUAL = re.compile(r"\[(\d+), (\d+)\]")
_INSERTED = {
    "insert flatten before": "insert nn.Flatten() before",
    "insert global_avgpool before": "insert nn.AdaptiveAvgPool{rank}d(1) and nn.Flatten() before",
    "insert global_maxpool before": "insert nn.AdaptiveMaxPool{rank}d(1) and nn.Flatten() before",
}
_VALUES = {"true": "True", "false": "False", "null": "None"}
# words of the language for values that PyTorch has under no name
_NO_VALUES = {"padding": ("half", "causal"), "rounding": ("ceil", "floor", "exact")}


Part = Callable[[str, str, str, str, Mapping[str, TracedLayer]], str | None]


def in_pytorch(title: str, layers: Mapping[str, TracedLayer], rank: int) -> str | None:
    """A title in the framework's words; None where PyTorch has no argument for it.

    `layers` are by their names; `rank` is how many spatial axes the input has.
    """
    for ours, theirs in _INSERTED.items():
        title = title.replace(ours, theirs.format(rank=rank))
    said = with_parts(title, layers, _part)
    if said is None:
        return None
    views = [layer for layer in layers.values() if layer.kind == "reshape"]
    title = _SHAPE.sub(lambda found: f"{_view(views, found[2], found[1])} on line {found[2]}", said)
    return once(title)


def with_parts(title: str, layers: Mapping[str, TracedLayer], part: Part) -> str | None:
    """A title with each change of a field as `part` says it; None where that has no words for one.

    It gets the field, its value, the layer's name and line, and all layers.
    """
    parts: list[str | None] = []

    def said(found: re.Match[str]) -> str:
        parts.append(part(found[1], found[2], found[4], found[5], layers))
        return parts[-1] or ""

    title = _PART.sub(said, _NO_SLICE.sub("no slice", title))
    return None if None in parts else title


def change(word: str, value: str, name: str, line: str, layer: TracedLayer | None) -> str:
    """An argument with a value as Python writes it; weights that are shared are those of the first layer."""
    if value.startswith("["):
        value = f"({value[1:-1]})"
    owner = layer.fields.get("share", name) if layer is not None else name
    return f"{word}: {_VALUES.get(value, value)} of {owner} on line {line}"


def _part(field: str, value: str, name: str, line: str, layers: Mapping[str, TracedLayer]) -> str | None:
    """One change of a field; None where there is no such argument or value."""
    layer = layers.get(name)
    word = layer.written.get(field, field) if layer is not None else field
    if layer is not None and layer.view is not None and field == "shape":
        return f"{_called(layer, value.strip('[]'))} on line {line}"
    if field == "padding" and value.startswith("[["):
        amounts = ", ".join(f"{before}, {after}" for before, after in reversed(_UNEQUAL.findall(value)))
        return f"F.pad(x, ({amounts})) before {name}, with padding: 0 on line {line}"
    if word == field and value in _NO_VALUES.get(field, ()):
        return None
    return change(word, value, name, line, layer)


def _view(views: list[TracedLayer], line: str, sizes: str) -> str:
    there = [
        layer for layer in views if layer.called is not None and str(layer.called.line) == line.split()[0]
    ]
    return _called(there[0], sizes) if there else f"a shape of {sizes}"


def _called(layer: TracedLayer, sizes: str) -> str:
    """The call of a view or reshape with other sizes after the batch."""
    return (layer.view or "a shape of {}").format(sizes)


def once(title: str) -> str:
    """A title that says the same change once: weights that are shared are written at one place."""
    changes = re.split(r", (?=\w+: )| and (?=\w+: )", title)
    if len(changes) == len({*changes}):
        return title
    *first, last = dict.fromkeys(changes)
    return f"{', '.join(first)} and {last}" if first else last
