"""Why the inputs of a join do not fit: each with its producer, and the layer where they went apart."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnn_shapes.diagnosis.culprit import Culprit, find_culprit, name_of
from cnn_shapes.diagnostics import Label, Note
from cnn_shapes.network import Node
from cnn_shapes.shapes import Shape, listed


class Explanation(NamedTuple):
    """Message, facts, labels and notes for a join whose inputs do not fit."""

    template: str
    facts: dict[str, Any]
    labels: tuple[Label, ...]
    notes: tuple[Note, ...]


def explain_mismatch(join: Node) -> Explanation:
    """What to say of a join whose inputs do not fit: all of them by name and shape, then the culprit."""
    inputs = [(source, source.output or Shape((0,))) for source in join.inputs]
    facts: dict[str, Any] = {"verb": join.layer.verb if join.layer is not None else ""}
    parts = []
    for place, (source, shape) in enumerate(inputs):
        parts.append(f"{{shape{place}}} (from {{name{place}}})")
        facts[f"shape{place}"], facts[f"name{place}"] = shape, name_of(source)
    template = "cannot {verb} " + listed(parts)
    culprit = find_culprit(join)
    labels = [
        Label(source.at("kernel_size"), "{name} gives {shape}", {"name": name_of(source), "shape": shape})
        for source, shape in inputs
        if source.inputs and (culprit is None or (source.owner or source) is not culprit.node)
    ]
    if culprit is not None:
        template += ": " + culprit.template
        facts.update(culprit.facts)
        labels.insert(0, _label(culprit))
    first_at: dict[Any, Label] = {}
    for label in labels:
        first_at.setdefault(label.span, label)
    return Explanation(template, facts, tuple(first_at.values()), ())


def _label(culprit: Culprit) -> Label:
    """What is said at the culprit: its arithmetic, since the message says the rest."""
    node, place = culprit.node, culprit.node.at(culprit.field)
    shapes = tuple([x for x in node.input_shapes if x is not None and x.known])
    layer, output = node.layer, node.output
    text = layer.formula(shapes, output) if layer is not None and len(shapes) == len(node.inputs) else ""
    if culprit.axes and text:
        return Label(place, "gives {formula}", {"formula": text})
    return Label(place, "{name} gives {shape}", {"name": name_of(node), "shape": output})
