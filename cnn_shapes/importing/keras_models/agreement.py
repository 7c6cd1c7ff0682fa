"""Whether each layer of a checked Keras model has the shape and the parameters that Keras says."""

from __future__ import annotations

from collections.abc import Iterable

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import format_shape
from cnn_shapes.importing.keras_models.recording import KerasRecording
from cnn_shapes.importing.traced_model import TracedModel
from cnn_shapes.network import Node
from cnn_shapes.shapes import Shape


def disagreements(
    report: CheckResult, model: TracedModel, recording: KerasRecording, lines: dict[str, int]
) -> Iterable[tuple[str, str]]:
    """The layers that are others in Keras than here, by name, and in what.

    `lines` are those of the layers in the text. Layers after the first that has another shape are left out.
    """
    if report.trace is None or report.errors:
        return
    nodes: dict[int, list[Node]] = {}
    counts: dict[int, list[int]] = {}
    for step in report.trace.steps:
        line = report.source.position(step.node.place.span.start)[0]
        nodes.setdefault(line, []).append(step.node)
        known = counts.setdefault(line, [0, 0])
        known[0] += step.params or 0
        known[1] += step.non_trainable_params or 0
    by_call: dict[int, list[int]] = {}
    for layer in model.layers:
        made = nodes.get(lines[layer.name], [])
        last = [node.output for node in made][-len(layer.outputs) :]
        for ours, theirs in zip(last, layer.shapes, strict=False):
            if ours is not None and ours.known and ours != Shape(theirs):
                said = format_shape(Shape(theirs), report.layout)
                yield layer.name, f"Keras gives {said}, which would be {format_shape(ours, report.layout)}"
                return
        total = by_call.setdefault(layer.call, [0, 0])
        for place, count in enumerate(counts.get(lines[layer.name], (0, 0))):
            total[place] += count
    owners: set[int] = set()
    for layer in model.layers:
        call = recording.calls[layer.call]
        if call.layer is None or call.layer in owners:
            continue
        owners.add(call.layer)
        for kind, learned in (("learned", True), ("stored", False)):
            ours_count, theirs_count = by_call[layer.call][0 if learned else 1], call.parameters(learned)
            if ours_count != theirs_count:
                yield (
                    layer.name,
                    (f"Keras has {theirs_count:,} {kind} parameters of it, which would be {ours_count:,}"),
                )
