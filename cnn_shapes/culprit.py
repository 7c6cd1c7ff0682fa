"""Why the inputs of a join do not fit: each input with its producer, and the layer upstream where it went apart."""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnostics import Label, Note
from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Node
from cnn_shapes.shapes import AXIS_NAMES, Shape

_VERBS = {"add": "add", "multiply": "multiply", "concat": "concatenate"}
Explanation = tuple[str, dict[str, Any], tuple[Label, ...], tuple[Note, ...]]


def explain_mismatch(node: Node) -> Explanation:
    """Message, facts, labels and notes for a join whose inputs do not fit."""
    inputs = node.inputs
    shapes = [source.output or Shape((0,)) for source in inputs]
    template = "cannot {verb} " + " and ".join(
        f"{{shape{place}}} (from {{name{place}}})" for place in range(len(inputs))
    )
    facts: dict[str, Any] = {"verb": _VERBS[node.kind]}
    for place, (source, shape) in enumerate(zip(inputs, shapes, strict=True)):
        facts[f"shape{place}"], facts[f"name{place}"] = shape, source.name
    labels = [
        Label(source.at("kernel_size"), "{name} gives {shape}", {"name": source.name, "shape": shape})
        for source, shape in zip(inputs, shapes, strict=True)
        if source.inputs
    ]
    culprit = find_culprit(node)
    notes: list[Note] = []
    if culprit is not None:
        template += ": " + culprit[1].template
        facts.update(culprit[1].facts)
        labels.insert(0, culprit[0])
    unique = {label.span: label for label in reversed(labels)}
    return template, facts, tuple(reversed(unique.values())), tuple(notes)


def find_culprit(node: Node) -> tuple[Label, Note] | None:
    """The layer where the inputs of a join went apart, with what it did."""
    first = node.inputs[0].output
    if first is None:
        return None
    for other_node in node.inputs[1:]:
        other = other_node.output
        if other is None or len(other) != len(first):
            continue
        uneven = _uneven_stride(node)
        if first.sizes != other.sizes and uneven is not None:
            return uneven
    return None


def _uneven_stride(node: Node) -> tuple[Label, Note] | None:
    """The first layer upstream with stride s whose input was no multiple of s."""
    for source in ancestors(node):
        if not isinstance(source.layer, Sliding) or not source.inputs:
            continue
        x = source.inputs[0].output
        if x is None or x.rank != source.layer.rank:
            continue
        for axis, (size, stride) in enumerate(zip(x.sizes, source.layer.stride, strict=True)):
            if stride > 1 and size % stride:
                facts = {
                    "culprit": source.name,
                    "axis": AXIS_NAMES[x.rank][axis],
                    "odd": size,
                    "stride": stride,
                    "halved": source.output.sizes[axis] if source.output else "?",
                }
                text = "{culprit} made {halved} of {axis} {odd}, which is no multiple of its stride {stride}"
                return Label(source.at("stride"), text, facts), Note(text, facts)
    return None


def ancestors(node: Node) -> list[Node]:
    """Every node that `node` depends on, in the order of computing."""
    seen: dict[int, Node] = {}
    waiting = list(node.inputs)
    while waiting:
        source = waiting.pop()
        if source.index not in seen:
            seen[source.index] = source
            waiting += source.inputs
    return [seen[index] for index in sorted(seen)]
