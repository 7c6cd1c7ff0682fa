"""An error whose cause is proved to be another one than what its message would blame."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.diagnosis.chain import WAY_TO
from cnn_shapes.diagnosis.culprit import find_culprit
from cnn_shapes.diagnosis.mismatch import explain_mismatch, inputs_of_a_join
from cnn_shapes.diagnostics import Diagnostic, Label
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.spec import Spec
from cnn_shapes.network import Node
from cnn_shapes.shapes import SHAPE_MISMATCH, WRONG_RANK
from cnn_shapes.source import Edit, Span


def toned_down(
    found: Diagnostic, failed: Node | None, spec: Spec | None, edits: Sequence[Edit]
) -> Diagnostic:
    """An error without its remedy, where other edits are known to mend it; a mismatch then blames no layer.

    Of names, the one that is wrong is pointed at.
    """
    outside = "hand it in" in str(found.facts.get("advice"))
    if found.rule == UNKNOWN_NAME and outside and [edit.span for edit in edits] == [found.span]:
        return found._replace(template=found.template.removesuffix(": {advice}"))
    if failed is None or failed.error is None:
        return found
    if found.rule == WRONG_RANK and found.layer == failed.name and not any(map(_is_a_value, edits)):
        return found._replace(template=failed.error.template, facts=dict(failed.error.facts))
    if found.rule != SHAPE_MISMATCH or failed.layer is None or not failed.layer.joins:
        return found
    if found.layer != failed.name or any(map(_is_a_value, edits)):
        return _pointed_at(found, edits)
    culprit = find_culprit(failed)
    if culprit is None:
        return _pointed_at(_without_ways(found), edits)
    place = getattr(culprit.node.place, "node", culprit.node.place.span)
    if all(place.start <= edit.span.start <= edit.span.end <= place.end for edit in edits):
        return found
    blamed = explain_mismatch(failed, spec)
    template, facts, own = inputs_of_a_join(failed)
    if found.template != blamed.template:
        return _pointed_at(found, edits)
    kept = {label.span for label in own}
    causes = {label.span for label in blamed.labels} - kept
    texts = {label.span: label for label in own}
    labels = tuple(texts.get(label.span, label) for label in found.labels if label.span not in causes)
    found = found._replace(template=template, facts=facts, labels=labels)
    return _pointed_at(_without_ways(found), edits)


def _without_ways(found: Diagnostic) -> Diagnostic:
    notes = tuple(note for note in found.notes if not note.template.startswith(WAY_TO))
    return found._replace(notes=notes)


def _is_a_value(edit: Edit) -> bool:
    """Whether it changes a number, or adds what is missing: the layer that is blamed may well lack it."""
    return edit.text.isdigit() or edit.span.start == edit.span.end


def _pointed_at(found: Diagnostic, edits: Sequence[Edit]) -> Diagnostic:
    """The finding with a label at the one name that is to be another."""
    if len(edits) != 1 or not edits[0].text.isidentifier():
        return found
    span: Span = edits[0].span
    taken = (found.span, *(label.span for label in found.labels))
    if span.start == span.end or any(span.start < one.end and one.start < span.end for one in taken):
        return found
    return found._replace(labels=(*found.labels, Label(span, "{text} fits here", {"text": edits[0].text})))
