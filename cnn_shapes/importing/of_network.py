"""A network that is unfolded already, as the layers of a model: files of other tools are folded by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from cnn_shapes.checking import CheckResult
from cnn_shapes.expand.flow_style import fields_of
from cnn_shapes.importing.traced_model import TracedLayer, TracedModel
from cnn_shapes.network import Network, Node
from cnn_shapes.shapes import CHANNELS, FLOOR
from cnn_shapes.source import Map, Scalar, Source, TreeNode, read_yaml
from cnn_shapes.source import Sequence as TreeSequence

_UNWRITABLE = re.compile(r"[^\w-]+")


def model_of(report: CheckResult) -> TracedModel | None:
    """The layers of a report's network; None where a size of it is not known."""
    trace, spec = report.trace, report.spec
    if trace is None or spec is None or not all(_is_known(node) for node in trace.network.nodes):
        return None
    network = trace.network
    names = _names(network)
    layers = tuple(_layers(network.layers, names, spec.layout))
    inputs = tuple((names[id(node)], tuple(node.output or ())) for node in network.inputs)
    outputs = tuple(dict.fromkeys(names[id(node)] for node in network.outputs))
    return TracedModel(spec.name or "net", inputs, layers, outputs, layout=spec.layout)


def _is_known(node: Node) -> bool:
    return node.output is not None and node.output.known and node.error is None


def _names(network: Network) -> dict[int, str]:
    """A name for each node that a spec may have, and that no other has."""
    names = {id(node): node.name if len(network.inputs) > 1 else "input" for node in network.inputs}
    taken = {"prev", "input", *names.values()}
    for node in network.layers:
        wanted = _UNWRITABLE.sub("-", node.name).strip("-") or node.kind
        name, count = wanted, 1
        while name in taken:
            count += 1
            name = f"{wanted}-{count}"
        taken.add(name)
        names[id(node)] = name
    return names


def _layers(nodes: Sequence[Node], names: dict[int, str], layout: str) -> Iterator[TracedLayer]:
    for _, together in groupby(nodes, lambda node: id(node.group) if _is_part(node) else id(node)):
        parts = list(together)
        first = parts[0]
        assert first.layer is not None
        fields = _split_fields(parts, names) if _is_part(first) else _fields(first, layout)
        if first.like is not None:
            fields["like"] = names[id(first.like)]
        if first.shares is not None:
            fields["share"] = names[id(first.shares)]
        outputs = tuple(names[id(part)] for part in parts)
        shapes = tuple(tuple(part.output or ()) for part in parts)
        inputs = tuple(names[id(source)] for source in first.inputs)
        yield TracedLayer(first.kind, outputs[0], fields, inputs, outputs, shapes)


def _is_part(node: Node) -> bool:
    return node.layer is not None and node.layer.is_part


def _fields(node: Node, layout: str) -> dict[str, Any]:
    assert node.layer is not None
    return {name: _plain(text) for name, text in fields_of(node.layer, layout, FLOOR)}


def _split_fields(parts: Sequence[Node], names: dict[int, str]) -> dict[str, Any]:
    """The names of the parts of a split with their sizes, along the axis where these are less."""
    came = parts[0].inputs[0].output
    assert came is not None
    outputs = [part.output or () for part in parts]
    place = next((axis for axis in range(len(came)) if outputs[0][axis] != came[axis]), 0)
    fields: dict[str, Any] = {
        "into": {names[id(part)]: output[place] for part, output in zip(parts, outputs, strict=True)}
    }
    axis = getattr(getattr(parts[0].layer, "split", None), "axis", CHANNELS)
    return fields if axis == CHANNELS else {**fields, "axis": axis}


def _plain(text: str) -> Any:
    """The value that a text in flow style is."""
    root = read_yaml(Source("", text)).root
    return None if root is None else _value(root)


def _value(node: TreeNode) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, TreeSequence):
        return [_value(item) for item in node.items]
    assert isinstance(node, Map)
    return {key.text: _value(value) for key, value in node.pairs}
