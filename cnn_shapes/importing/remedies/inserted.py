"""Fixes of a model that people write as a call more, each proved on the whole network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from math import prod

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import Fix
from cnn_shapes.importing.findings.model_source import ModelSource
from cnn_shapes.importing.traced_model import LayerShape, TracedLayer, TracedModel
from cnn_shapes.shapes import listed

_JOINS = frozenset(("concat", "add", "subtract", "multiply", "maximum", "minimum", "average"))
_RESIZING = {"PyTorch": "F.interpolate the output {told}", "Keras": "insert {told}"}
_RESIZED = {
    "PyTorch": "of {small} to the size of {large}",
    "Keras": "Resizing({size}) for the output of {small}",
}
_OF_ANY_RANK = ("PyTorch",)  # Keras' Resizing is for images
_MOST_WAYS = 15  # choices of transposed convolutions that are tried
_MOST_ERRORS = 8
_NEAR = 8  # layers between what enlarges a map and a join


def insertions(report: CheckResult, source: ModelSource, failing: Sequence[str]) -> dict[str, list[Fix]]:
    """The fixes by the layer whose error they mend; `failing` are those that fail by their sizes.

    A fix that mends all that is wrong by sizes is valid if nothing else is wrong.
    """
    others = len(report.errors) - len(failing)
    found: dict[str, list[Fix]] = {}
    for name, title, model in _ways(source.model, failing[:_MOST_ERRORS]):
        changed = ModelSource(source.path, model, source.files)
        after = check_source(changed, settings=report.settings, rules=False)
        left = len(after.errors) + others
        if len(after.errors) < len(failing) and name not in [one.layer for one in after.errors]:
            fixes = found.setdefault(name, [])
            if not fixes or title.partition(" of ")[0] != fixes[-1].title.partition(" of ")[0]:
                fixes.append(Fix(title, (), valid=not left, remaining=left))
    return found


def _ways(model: TracedModel, failing: Sequence[str]) -> Iterator[tuple[str, str, TracedModel]]:
    """Which error, how it is told, and the model as it would be."""
    layers = {layer.name: layer for layer in model.layers}
    joins = [layers[name] for name in failing if name in layers and layers[name].kind in _JOINS]
    if joins:
        yield from _with_output_padding(model, joins[0])
        yield from _resized(model, joins)
    for name in failing:
        if name in layers and "in_features" in layers[name].beliefs:
            yield from _pooled(model, layers[name])


def _with_output_padding(model: TracedModel, join: TracedLayer) -> Iterator[tuple[str, str, TracedModel]]:
    """Transposed convolutions whose stride loses the odd pixel that a strided convolution dropped."""
    doubling = [
        layer
        for layer in model.layers
        if layer.kind == "conv_transpose"
        and layer.is_module
        and isinstance(stride := layer.fields.get("stride", 1), int)
        and stride > 1
        and not layer.fields.get("output_padding")
        and not (model.framework == "Keras" and "padding" in layer.fields)  # it pads another way then
    ]
    ways = [some for count in range(1, len(doubling) + 1) for some in combinations(doubling, count)]
    for some in ways[:_MOST_WAYS]:
        names = {layer.name for layer in some}
        layers = tuple(
            replace(layer, fields={**layer.fields, "output_padding": 1}) if layer.name in names else layer
            for layer in model.layers
        )
        lines = [f"output_padding: 1 of {layer.name}{_line(layer, made=True)}" for layer in some]
        yield join.name, listed(lines), replace(model, layers=layers)


def _resized(model: TracedModel, joins: Sequence[TracedLayer]) -> Iterator[tuple[str, str, TracedModel]]:
    """What is a few pixels smaller, interpolated to the size of what it is joined with."""
    shapes = _shapes(model)
    layers: list[TracedLayer] = []
    told: list[str] = []
    for layer in model.layers:
        pair = _small_and_large(model, layer, shapes) if layer in joins else None
        if pair is not None and (model.framework in _OF_ANY_RANK or len(shapes[pair[1]]) == 3):
            small, large = pair
            name = f"{small}-resized"
            shape = (shapes[small][0], *shapes[large][1:])
            made = TracedLayer(
                "upsample", name, {"like": large}, (small,), (name,), (shape,), called=layer.called
            )
            layers.append(made)
            inputs = tuple(name if one == small else one for one in layer.inputs)
            layer = replace(layer, inputs=inputs)
            size = ", ".join(map(str, shapes[large][1:]))
            words = _RESIZED[model.framework].format(small=small, large=large, size=size)
            told.append(f"{words}{_line(layer)}")
        layers.append(layer)
    if told:
        title = _RESIZING[model.framework].format(told=listed(told))
        yield joins[0].name, title, replace(model, layers=tuple(layers))


def _small_and_large(
    model: TracedModel, layer: TracedLayer, shapes: dict[str, LayerShape]
) -> tuple[str, str] | None:
    if len(layer.inputs) != 2 or any(name not in shapes for name in layer.inputs):
        return None
    small, large = sorted(layer.inputs, key=lambda name: prod(shapes[name][1:]))
    pairs = list(zip(shapes[small][1:], shapes[large][1:], strict=False))
    if len(shapes[small]) != len(shapes[large]) or not pairs:
        return None
    if not _comes_up(model, small):
        return None
    near = all(0 <= after - before <= after // 4 for before, after in pairs)
    return (small, large) if near else None


def _comes_up(model: TracedModel, name: str) -> bool:
    """Whether an output is that of a decoder: a few layers before it a map is enlarged."""
    makers = {output: layer for layer in model.layers for output in layer.outputs}
    for _ in range(_NEAR):
        layer = makers.get(name)
        if layer is None or len(layer.inputs) != 1:
            return False
        if layer.kind in ("conv_transpose", "upsample", "pixel_shuffle"):
            return True
        name = layer.inputs[0]
    return False


def _pooled(model: TracedModel, dense: TracedLayer) -> Iterator[tuple[str, str, TracedModel]]:
    """The map pooled to the places that a linear layer counts on."""
    makers = {name: layer for layer in model.layers for name in layer.outputs}
    flatten = makers.get(dense.inputs[0])
    if flatten is None or flatten.kind != "flatten":
        return
    shapes, wanted = _shapes(model), dense.beliefs["in_features"]
    (source,) = flatten.inputs
    channels, *sizes = shapes.get(source, (0,))
    if not sizes or not channels or wanted % channels:
        return
    side = round((wanted // channels) ** (1 / len(sizes)))
    if side ** len(sizes) * channels != wanted:
        return
    name = f"{source}-pooled"
    made = TracedLayer(
        "adaptive_avgpool",
        name,
        {"output_size": side},
        (source,),
        (name,),
        ((channels, *(side for _ in sizes)),),
    )
    layers: list[TracedLayer] = []
    for layer in model.layers:
        if layer is flatten:
            layers.append(made)
            layer = replace(layer, inputs=(name,))
        layers.append(layer)
    title = f"insert nn.AdaptiveAvgPool{len(sizes)}d({side}) before the flatten{_line(flatten, made=True)}"
    yield dense.name, title, replace(model, layers=tuple(layers))


def _shapes(model: TracedModel) -> dict[str, LayerShape]:
    found = dict(model.inputs)
    for layer in model.layers:
        found.update(zip(layer.outputs, layer.shapes, strict=False))  # none of a call that Keras refuses
    return found


def _line(layer: TracedLayer, made: bool = False) -> str:
    place = layer.constructed if made and layer.is_module else layer.called
    return f" on line {place.line}" if place is not None else ""
