"""Several operations that exporters write for one: gelu, silu, hardswish, mish, norms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cnn_shapes.importing.onnx.stored.model_file import OnnxModel, OnnxNode, StoredTensor

_GATES = {"Sigmoid": "Swish", "HardSigmoid": "HardSwish"}  # times what goes into them
_MOST_STEPS = 4  # between what goes in and where a pattern is looked for


def joined(model: OnnxModel) -> tuple[OnnxNode, ...]:
    """The nodes of a model, each pattern as the one operation that it is, where its last part was."""
    graph = _Graph(model)
    gone: set[int] = set()
    made: dict[int, OnnxNode] = {}
    for start in model.nodes:
        look = _PATTERNS.get(start.operation)
        found = look(graph, start) if look is not None else None
        if found is None:
            continue
        *inner, last = found[0]
        if gone.isdisjoint(map(id, found[0])) and id(last) not in made:
            gone.update(map(id, inner))
            made[id(last)] = replace(found[1], outputs=last.outputs, name=last.name, scopes=last.scopes)
    return tuple(made.get(id(node), node) for node in model.nodes if id(node) not in gone)


_Found = tuple[list[OnnxNode], OnnxNode]


class _Graph:
    def __init__(self, model: OnnxModel) -> None:
        self.model = model
        self.makers = {name: node for node in model.nodes for name in node.outputs}
        self.readers: dict[str, list[OnnxNode]] = {}
        for node in model.nodes:
            for name in dict.fromkeys(node.inputs):
                self.readers.setdefault(name, []).append(node)
        self.outputs = {*model.outputs}

    def maker(self, name: str, *operations: str) -> OnnxNode | None:
        node = self.makers.get(name)
        return node if node is not None and node.operation in operations else None

    def reader(self, node: OnnxNode, *operations: str) -> OnnxNode | None:
        """The one node that takes what a node gives, where it is of these operations."""
        name = node.outputs[0]
        readers = self.readers.get(name, [])
        if len(readers) != 1 or name in self.outputs or readers[0].operation not in operations:
            return None
        return readers[0]

    def number(self, name: str) -> float | None:
        """The value of a constant of one number."""
        stored: Any = self.model.weights.get(name)
        if stored is None and (node := self.maker(name, "Constant")) is not None:
            stored = next(iter(node.attributes.values()), None)
        if isinstance(stored, StoredTensor):
            stored = stored.values.item() if stored.values is not None and stored.values.size == 1 else None
        return float(stored) if isinstance(stored, int | float) else None

    def is_constant(self, name: str) -> bool:
        return (
            name in self.model.weights
            or self.maker(name, "Constant", "Identity", "ConstantOfShape") is not None
        )

    def other(self, node: OnnxNode, name: str) -> str | None:
        """The other one of two inputs."""
        if len(node.inputs) != 2 or name not in node.inputs:
            return None
        return node.inputs[1 - node.inputs.index(name)]

    def with_number(self, node: OnnxNode | None, given: str) -> float | None:
        """The number that a node has beside an input."""
        other = self.other(node, given) if node is not None else None
        return None if other is None else self.number(other)


def _gate(graph: _Graph, start: OnnxNode) -> _Found | None:
    """x * sigmoid(x)."""
    x = start.inputs[0]
    times = graph.reader(start, "Mul")
    if times is None or graph.other(times, start.outputs[0]) != x:
        return None
    return [start, times], OnnxNode(_GATES[start.operation], "", (x,), (), {})


def _mish(graph: _Graph, start: OnnxNode) -> _Found | None:
    """x * tanh(softplus(x))."""
    x = start.inputs[0]
    tanh = graph.reader(start, "Tanh")
    times = graph.reader(tanh, "Mul") if tanh is not None else None
    if tanh is None or times is None or graph.other(times, tanh.outputs[0]) != x:
        return None
    return [start, tanh, times], OnnxNode("Mish", "", (x,), (), {})


def _gelu(graph: _Graph, erf: OnnxNode) -> _Found | None:
    """x * (1 + erf(x / sqrt(2))) / 2, in any order of its factors."""
    inner = graph.maker(erf.inputs[0], "Div", "Mul")
    plus = graph.reader(erf, "Add")
    if inner is None or plus is None or graph.reader(inner, "Erf") is not erf:
        return None
    x = next((name for name in inner.inputs if graph.with_number(inner, name) is not None), None)
    if x is None or graph.with_number(plus, erf.outputs[0]) != 1:
        return None
    nodes, halved, taken = [inner, erf, plus], False, False
    while not (halved and taken):
        last = nodes[-1]
        times = graph.reader(last, "Mul", "Div")
        other = graph.other(times, last.outputs[0]) if times is not None else None
        if times is None or other is None or len(nodes) > 3 + _MOST_STEPS:
            return None
        if other == x:
            taken = True
        elif graph.number(other) in (0.5, 2.0):
            halved = True
        elif (half := graph.maker(other, "Mul", "Div")) is not None and graph.with_number(half, x) in (
            0.5,
            2.0,
        ):
            if graph.reader(half, "Mul") is not times:
                return None
            nodes.append(half)
            halved = taken = True
        else:
            return None
        nodes.append(times)
    return nodes, OnnxNode("Gelu", "", (x,), (), {})


def _layer_norm(graph: _Graph, mean: OnnxNode) -> _Found | None:
    """(x - mean) / sqrt(mean of the squares + a little) * scale + shift, over the last axis."""
    x = mean.inputs[0]
    nodes = [mean]

    def then(*operations: str) -> bool:
        found = graph.reader(nodes[-1], *operations)
        if found is not None:
            nodes.append(found)
        return found is not None

    if mean.attributes.get("axes") != [-1] and not _is_last(graph, mean):
        return None
    if not then("Sub") or graph.other(nodes[-1], mean.outputs[0]) != x:
        return None
    distance = nodes[-1].outputs[0]
    readers = graph.readers.get(distance, [])
    square = next((one for one in readers if one.operation in ("Pow", "Mul")), None)
    over = next((one for one in readers if one.operation == "Div"), None)
    if square is None or over is None or len(readers) != 2:
        return None
    nodes.append(square)
    if not (then("ReduceMean") and then("Add") and then("Sqrt") and then("Div")) or nodes[-1] is not over:
        return None
    weights = []
    for operation in ("Mul", "Add"):
        before = nodes[-1].outputs[0]
        if not then(operation):
            return None
        other = graph.other(nodes[-1], before)
        if other is None or not graph.is_constant(other):
            return None
        weights.append(other)
    return nodes, OnnxNode("LayerNormalization", "", (x, *weights), (), {"axis": -1})


def _is_last(graph: _Graph, mean: OnnxNode) -> bool:
    return len(mean.inputs) > 1 and graph.number(mean.inputs[1]) == -1


def _group_norm(graph: _Graph, norm: OnnxNode) -> _Found | None:
    """An instance norm of the groups as channels, whose weights are 1 and 0, then scale and shift."""
    before, after = graph.maker(norm.inputs[0], "Reshape"), graph.reader(norm, "Reshape")
    if before is None or after is None or graph.reader(before, "InstanceNormalization") is not norm:
        return None
    groups = _length(graph, norm.inputs[1])
    times = graph.reader(after, "Mul")
    plus = graph.reader(times, "Add") if times is not None else None
    if times is None or plus is None or groups is None:
        return None
    scale, shift = graph.other(times, after.outputs[0]), graph.other(plus, times.outputs[0])
    if scale is None or shift is None:
        return None
    nodes = [before, norm, after, times, plus]
    inputs = (before.inputs[0], scale, shift)
    return nodes, OnnxNode("GroupNormalization", "", inputs, (), {"num_groups": groups})


def _length(graph: _Graph, name: str) -> int | None:
    stored: Any = graph.model.weights.get(name)
    if stored is None and (node := graph.maker(name, "Constant")) is not None:
        stored = node.attributes.get("value")
    if not isinstance(stored, StoredTensor) or stored.values is None or len(stored.shape) != 1:
        return None
    return stored.shape[0] if (stored.values == 1).all() else None


_PATTERNS: Mapping[str, Callable[[_Graph, OnnxNode], _Found | None]] = {
    "Sigmoid": _gate,
    "HardSigmoid": _gate,
    "Softplus": _mish,
    "Erf": _gelu,
    "ReduceMean": _layer_norm,
    "InstanceNormalization": _group_norm,
}
