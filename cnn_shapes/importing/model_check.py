"""Checks a model: its recording as a flat spec, whose every line knows where the user's code says it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from linecache import getlines
from typing import Any

from cnn_shapes.checking import UNREADABLE_MODEL, UNSUPPORTED_LAYER, CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, Diagnostic, Fix, Note
from cnn_shapes.importing.failures import told
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.keras_models.agreement import disagreements
from cnn_shapes.importing.keras_models.layers_of import keras_layers_of
from cnn_shapes.importing.keras_models.recording import KerasRecording
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Recording, RunFailure
from cnn_shapes.importing.traced_model import TracedLayer, TracedModel
from cnn_shapes.layers import ALIASES, with_rank
from cnn_shapes.settings import DEFAULTS, Settings
from cnn_shapes.shapes import EXPECT_MISMATCH, SHAPE_MISMATCH, Shape
from cnn_shapes.source import (
    CodePlace,
    DerivedSource,
    Edit,
    Origin,
    Source,
    Span,
    Unreadable,
    on_one_line,
    read_own_file,
)

_REFUSED = "{framework} refuses this call of {name}: {said}"
# what is so in all models of a framework
_OF_COURSE = {Recording.framework: (), KerasRecording.framework: ("uneven-same-padding",)}
_NOT_SAID = "{operation} cannot be said in the language: {why}"
# what reads a recording, by the framework of the model
_READERS: Mapping[str, Callable[[Any], TracedModel]] = {
    Recording.framework: layers_of,
    KerasRecording.framework: keras_layers_of,
}
# what a message about a spec says, and what it says about a model's code
_IN_CODE = {
    " or leave {assertion} out": "",
    "say layout: {other} if its channels are meant": "its channels come first, permute it before",
    ", or say layout: {other}": ", or permute it before",
    "expect says {expected}": "the code says {expected}",
}


Remark = tuple[str, CodePlace | None]


class ModelSource(DerivedSource):
    """The flat spec of a model. `lines` are those of its layers, by name.

    At its end is a comment for each of the `remarks`, texts with their places in the user's code.
    """

    __slots__ = ("_remarks", "lines", "model")

    def __init__(
        self, path: str, model: TracedModel, files: Mapping[str, Source], remarks: Sequence[Remark] = ()
    ) -> None:
        flat = flat_spec(model, as_written=True)
        text = flat.text + "".join(f"# {_plain(remark)}\n" for remark, _ in remarks)
        origins = [Origin(None, None)] * (text.count("\n") + 1)
        for line, layer in flat.lines.items():
            origins[line - 1] = Origin(layer.called, layer.constructed or layer.called)
        self._remarks = flat.text.count("\n") + 1
        for line, (_, place) in enumerate(remarks, self._remarks):
            origins[line - 1] = Origin(place, None)
        first = next((layer.called for layer in model.layers if layer.called is not None), None)
        origins[1] = Origin(first, None)  # the input is where it is read first
        super().__init__(path, text, origins, files)
        self.model = model
        self.lines = {layer.name: line for line, layer in flat.lines.items()}

    def line_span(self, line: int) -> Span:
        start = self.offset(line, 1)
        return Span(start, start + len(self.line_text(line)))

    def remark_span(self, number: int) -> Span:
        return self.line_span(self._remarks + number)


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
    remarks += [(f"{call.operation}: {call.error}", call.place) for call in silent]
    if isinstance(recording, RunFailure):
        remarks.append((recording.message, recording.place))
    source = ModelSource(target, model, _files([*_places(model), *_known(remarks)]), remarks)
    report = check_source(source, settings=settings, outputs=_outputs(model))
    said = [one for one in report.diagnostics if one.rule not in _OF_COURSE[model.framework]]
    found = [_in_code(one, source) for one in said]
    found += [*_refused(source, found), *_unsupported(source, whole)]
    for number, call in enumerate(silent, len(model.unsupported)):
        facts = {"framework": model.framework, "name": call.operation, "said": call.error}
        found.append(Diagnostic(SHAPE_MISMATCH, ERROR, _REFUSED, facts, source.remark_span(number)))
    found += _disagreements(source, report, whole)
    if isinstance(recording, RunFailure):
        template, facts = told(target, recording, python)
        span = source.remark_span(len(remarks) - 1)
        found.append(Diagnostic(UNREADABLE_MODEL, ERROR, template, facts, span))
    return report.with_diagnostics(found)


def _plain(remark: str) -> str:
    """What a comment of a spec may hold."""
    return "".join(sign if sign.isprintable() else "?" for sign in on_one_line(remark))


def _disagreements(
    source: ModelSource, report: CheckResult, recording: Recording | KerasRecording
) -> Iterable[Diagnostic]:
    """What Keras makes otherwise than its settings say; of PyTorch the shapes are compared call by call."""
    if not isinstance(recording, KerasRecording):
        return
    for name, why in disagreements(report, source.model, recording, source.lines):
        span = source.line_span(source.lines[name])
        facts = {"operation": name, "why": why}
        yield Diagnostic(UNSUPPORTED_LAYER, ERROR, _NOT_SAID, facts, span, layer=name)


def _known(remarks: Iterable[Remark]) -> Iterable[CodePlace]:
    return (place for _, place in remarks if place is not None)


def _outputs(model: TracedModel) -> dict[str, Shape]:
    known = (layer for layer in model.layers if len(layer.outputs) == len(layer.shapes) == 1)
    return {layer.name: Shape(layer.shapes[0]) for layer in known}


def _in_code(found: Diagnostic, source: ModelSource) -> Diagnostic:
    """A finding in the words of who wrote the model's code, not of a spec."""
    template, facts = found.template, dict(found.facts)
    for ours, theirs in _IN_CODE.items():
        template = template.replace(ours, theirs)
    layer = next((one for one in source.model.layers if one.name == found.layer), None)
    for ours, theirs in layer.written.items() if layer is not None else ():
        template = re.sub(rf"\b{ours}: (?=true|false)", f"{theirs}: ", template)
    if layer is not None and "assertion" in facts:
        facts["assertion"] = layer.written.get(facts["assertion"], facts["assertion"])
    elif layer is not None and found.rule == EXPECT_MISMATCH and "expect" in layer.written:
        # a norm says of how many channels it is, and gives as many as come
        template = "{assertion} says {stated}, but the input {found} has {channels}: write {channels}"
        facts |= {"assertion": layer.written["expect"], "stated": facts["expected"][0]}
        facts["channels"] = facts["found"][0]
        return found._replace(template=template, facts=facts, pointer="the input has {channels}")
    return found._replace(template=template, facts=facts)


def _refused(source: ModelSource, found: list[Diagnostic]) -> Iterable[Diagnostic]:
    """What the framework refuses and we find nothing wrong with: its own words are better than none."""
    names = {one.layer for one in found if one.severity == ERROR}
    told = {layer.call for layer in source.model.layers if not names.isdisjoint(layer.outputs)}
    for layer in source.model.layers:
        if layer.error is not None and layer.call not in told:
            told.add(layer.call)
            span = source.line_span(source.lines[layer.name])
            yield Diagnostic(
                SHAPE_MISMATCH,
                ERROR,
                _REFUSED,
                {"framework": source.model.framework, "name": layer.name, "said": layer.error},
                span,
                fixes=_of_right_rank(source.text[span.start : span.end], layer, span),
                layer=layer.name,
            )


def _of_right_rank(line: str, layer: TracedLayer, span: Span) -> tuple[Fix, ...]:
    """A norm of an image that takes a vector: its class for vectors, which is that for one axis too."""
    word = line.strip(" -").partition(":")[0]
    if not layer.shapes or len(layer.shapes[0]) > 1 or ALIASES.get(word, ("", None))[1] in (None, 1):
        return ()
    right, start = with_rank(word, 1), span.start + line.index(word)
    return (Fix(f"{word} -> {right}", (Edit(Span(start, start + len(word)), right),)),)


def _unsupported(source: ModelSource, recording: Recording | KerasRecording) -> Iterable[Diagnostic]:
    model = source.model
    errors = {call.index: call.error for call in recording.errors}
    told_already = set()  # a loop calls the same line many times
    for number, call in enumerate(model.unsupported):
        if (call.operation, call.why, call.called) in told_already:
            continue
        told_already.add((call.operation, call.why, call.called))
        module = call.modules[-1].path if call.modules else ""
        rule, template = UNSUPPORTED_LAYER, _NOT_SAID
        facts = {"operation": call.operation, "why": call.why}
        if errors.get(call.call) is not None:  # it is no fault of the language
            rule, template = SHAPE_MISMATCH, _REFUSED
            said = str(errors[call.call])
            facts = {"framework": model.framework, "name": call.operation, "said": said}
        after = "1 call after it is" if model.not_reached == 1 else "{count} calls after it are"
        note = Note(f"{after} not reached", {"count": model.not_reached})
        notes = (note,) if model.not_reached and not number else ()
        span = source.remark_span(number)
        yield Diagnostic(rule, ERROR, template, facts, span, layer=module or None, notes=notes)


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
