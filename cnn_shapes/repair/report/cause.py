"""A mismatch whose cause is proved to be another one than the layer that its message would blame."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.diagnosis.chain import WAY_TO
from cnn_shapes.diagnosis.culprit import find_culprit
from cnn_shapes.diagnosis.mismatch import explain_mismatch, inputs_of_a_join
from cnn_shapes.diagnostics import Diagnostic, Label
from cnn_shapes.language.spec import Spec
from cnn_shapes.network import Node
from cnn_shapes.shapes import SHAPE_MISMATCH
from cnn_shapes.source import Edit, Span


def toned_down(found: Diagnostic, failed: Node, spec: Spec | None, edits: Sequence[Edit]) -> Diagnostic:
    """A mismatch of a join that blames no layer, where the edits that are known to mend it are elsewhere.

    Of names, the one that is wrong is pointed at.
    """
    if found.rule != SHAPE_MISMATCH or failed.layer is None or not failed.layer.joins:
        return found
    culprit = find_culprit(failed)
    if culprit is None or found.layer != failed.name or any(map(_is_a_value, edits)):
        return _pointed_at(found, edits)
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
    notes = tuple(note for note in found.notes if not note.template.startswith(WAY_TO))
    return _pointed_at(found._replace(template=template, facts=facts, labels=labels, notes=notes), edits)


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
