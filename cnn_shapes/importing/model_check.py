"""Checks a model: its recording as a flat spec, whose findings are told in words of the code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from linecache import getlines
from typing import Any

from cnn_shapes.checking import UNREADABLE_MODEL, CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, Diagnostic
from cnn_shapes.importing.findings import refused
from cnn_shapes.importing.findings.in_code import in_code
from cnn_shapes.importing.findings.model_source import ModelSource, Remark
from cnn_shapes.importing.keras_models.layers_of import keras_layers_of
from cnn_shapes.importing.keras_models.recording import KerasRecording
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Recording, RunFailure
from cnn_shapes.importing.traced_model import TracedModel
from cnn_shapes.importing.wording.comments import silences
from cnn_shapes.importing.wording.failures import told
from cnn_shapes.settings import DEFAULTS, Settings
from cnn_shapes.shapes import Shape
from cnn_shapes.source import CodePlace, DerivedSource, Origin, Source, Span, Unreadable, read_own_file

_UNUSED_LAYER = "unused-layer"
_UNUSED_SUPPRESSION, _BAD_SUPPRESSION = "unused-suppression", "bad-suppression"
# what is so in all models of a framework
_OF_COURSE = {Recording.framework: (), KerasRecording.framework: ("uneven-same-padding",)}
# what reads a recording, by the framework of the model
_READERS: Mapping[str, Callable[[Any], TracedModel]] = {
    Recording.framework: layers_of,
    KerasRecording.framework: keras_layers_of,
}


def check_model(
    target: str,
    recording: Recording | KerasRecording | RunFailure,
    settings: Settings = DEFAULTS,
    python: str | None = None,
) -> CheckResult:
    """What is right and wrong with a recorded model, in full also after its first error."""
    if isinstance(recording, RunFailure) and (recording.recording is None or not recording.recording.errors):
        return _failed(target, recording, settings, python)
    whole = recording.recording if isinstance(recording, RunFailure) else recording
    assert whole is not None
    model = _READERS[whole.framework](whole)
    known = {layer.call for layer in model.layers} | {call.call for call in model.unsupported}
    silent = [call for call in whole.errors if call.index not in known]  # no layer was made of them
    remarks: list[Remark] = [(f"{call.operation}: {call.why}", call.called) for call in model.unsupported]
    remarks += [(f"{one.class_name}: not registered", one.place) for one in model.unregistered]
    remarks += [(f"{call.operation}: {call.error}", call.place) for call in silent]
    if isinstance(recording, RunFailure):
        remarks.append((recording.message, recording.place))
    source = ModelSource(target, model, _files([*_places(model), *_known(remarks)]), remarks)
    report = check_source(source, settings=settings, outputs=declared_outputs(model))
    found = [in_code(one, source) for one in report.diagnostics]
    # a comment that silences a line of the code is at each layer of the line
    found = _once_a_comment(one for one in found if _is_apt(one, model, whole))
    failed = {node.name for node in report.trace.network.layers if node.error} if report.trace else set()
    others = [
        *refused.refused(source, failed, whole),
        *refused.unsupported(source, whole),
        *refused.unregistered(source),
        *refused.silent_errors(source, silent),
        *refused.disagreeing(source, report, whole),
    ]
    shown = [one for one in others if not silences(source.text[one.span.start : one.span.end], one.rule)]
    found += settings.adjusted(source.path, shown)
    found.sort(key=lambda one: one.span.start)
    if isinstance(recording, RunFailure):
        template, facts = told(target, recording, python)
        span = source.remark_span(len(remarks) - 1)
        found.append(Diagnostic(UNREADABLE_MODEL, ERROR, template, facts, span))
    return report.with_diagnostics(found)


def _known(remarks: Iterable[Remark]) -> Iterable[CodePlace]:
    return (place for _, place in remarks if place is not None)


def declared_outputs(model: TracedModel) -> dict[str, Shape]:
    known = (layer for layer in model.layers if len(layer.outputs) == len(layer.shapes) == 1)
    return {layer.name: Shape(layer.shapes[0]) for layer in known}


def _is_apt(found: Diagnostic, model: TracedModel, recording: Recording | KerasRecording) -> bool:
    """Whether a finding is true of the code: a slice leaves out what it does not take."""
    if found.rule in _OF_COURSE[model.framework]:
        return False
    if found.rule == _UNUSED_LAYER:
        part = (found.layer or "").rpartition(".")[2]
        splits = [one for one in model.layers if one.kind == "split" and part in one.outputs]
        return not any(recording.calls[one.call].operation.strip("_") == "getitem" for one in splits)
    return found.rule != _UNUSED_SUPPRESSION


def _once_a_comment(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings; those about one comment, which is at several layers, once."""
    told: dict[object, Diagnostic] = {}
    for one in found:
        is_of_comment = one.rule == _BAD_SUPPRESSION
        told.setdefault((one.rule, one.message()) if is_of_comment else id(one), one)
    return [*told.values()]


def _failed(target: str, failure: RunFailure, settings: Settings, python: str | None) -> CheckResult:
    place = failure.place
    source = Source(target, "")
    if place is not None:
        source = DerivedSource(target, "", [Origin(place, None)], _files([place]))
    template, facts = told(target, failure, python)
    found = Diagnostic(UNREADABLE_MODEL, ERROR, template, facts, Span(0, 0))
    return CheckResult(source, None, None, [found], settings=settings)


def _places(model: TracedModel) -> Iterable[CodePlace]:
    calls = [*(layer.called for layer in model.layers), *(call.called for call in model.unsupported)]
    yield from (place for place in calls if place is not None)
    for layer in model.layers:
        if layer.constructed is not None:
            yield layer.constructed


def _files(places: Iterable[CodePlace]) -> dict[str, Source]:
    return {path: _file(path) for path in dict.fromkeys(place.path for place in places)}


def _file(path: str) -> Source:
    """The text of a user's file under the path that is shown; that of a notebook's cell is not a file's."""
    try:
        data = read_own_file(path)
        text = Source.decode(path, data).text if data is not None else "".join(getlines(path))
    except (OSError, ValueError, Unreadable):
        text = ""
    return Source(_shown(path), text)


def _shown(path: str) -> str:
    """A path as the user would write it: from the working folder where it is in that."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative
