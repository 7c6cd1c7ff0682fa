"""Why the inputs of a join do not fit: each with its producer, and the layer where they went apart."""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnosis.culprit import find_culprit, name_of
from cnn_shapes.diagnosis.labels import Explanation, gives, missing_padding, written
from cnn_shapes.diagnostics import Label
from cnn_shapes.language.spec import Spec
from cnn_shapes.network import Node
from cnn_shapes.shapes import Shape, listed
from cnn_shapes.words import say


def explain_mismatch(join: Node, spec: Spec | None) -> Explanation:
    """What to say of a join whose inputs do not fit: all of them by name and shape, then the culprit."""
    template, facts, _ = inputs_of_a_join(join)
    culprit = find_culprit(join)
    labels = []
    if culprit is not None:
        template += ": " + culprit.template
        facts.update(culprit.facts)
        # the message names the layer already: the label holds its arithmetic
        name = "" if culprit.axes else name_of(culprit.node, join)
        labels.append(gives(culprit.node, culprit.field, name))
        labels += [gives(node, field) for node, field in culprit.others]
    labels += _labels_of_inputs(join, None if culprit is None else culprit.node)
    if spec is not None and culprit is not None:
        if culprit.field == "kernel_size":
            labels += missing_padding(culprit.node, spec)
        labels += written(culprit.node, (culprit.field,), spec)
    return Explanation(template, facts, labels)


def inputs_of_a_join(join: Node) -> Explanation:
    """The inputs of a join that do not fit, all of them by name and shape, without a culprit."""
    inputs = [(source, source.output or Shape((0,))) for source in join.inputs]
    facts: dict[str, Any] = {"verb": say(join.layer.verb) if join.layer is not None else ""}
    parts = []
    for place, (source, shape) in enumerate(inputs):
        parts.append(f"{{shape{place}}} (from {{name{place}}})")
        facts[f"shape{place}"], facts[f"name{place}"] = shape, name_of(source, join)
    return Explanation("cannot {verb} " + listed(parts), facts, _labels_of_inputs(join, None))


def _labels_of_inputs(join: Node, culprit: Node | None) -> list[Label]:
    """What each input of a join gives, but for one that the culprit makes."""
    return [
        gives(source, "kernel_size", name_of(source, join))
        for source in join.inputs
        if source.inputs and (culprit is None or (source.owner or source) is not culprit)
    ]
