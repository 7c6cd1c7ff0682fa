"""Checks a model: its recording as a flat spec, whose every line knows where the user's code says it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from linecache import getlines

from cnn_shapes.checking import UNREADABLE_MODEL, UNSUPPORTED_LAYER, CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, Diagnostic, Note
from cnn_shapes.importing.failures import told
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Recording, RunFailure
from cnn_shapes.importing.traced_model import TracedLayer, TracedModel
from cnn_shapes.repair import advise
from cnn_shapes.settings import DEFAULTS, Settings
from cnn_shapes.shapes import Shape
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

_MOST_MENDED = 8  # errors for each of which a repair is looked for


class ModelSource(DerivedSource):
    """The flat spec of a model."""

    __slots__ = ("model",)

    def __init__(self, path: str, model: TracedModel, files: Mapping[str, Source]) -> None:
        flat = flat_spec(model)
        text = flat.text + "".join(
            f"# {on_one_line(call.operation)}: {on_one_line(call.why)}\n" for call in model.unsupported
        )
        origins = [Origin(None, None)] * (text.count("\n") + 1)
        for line, layer in flat.lines.items():
            origins[line - 1] = Origin(layer.called, layer.constructed or layer.called)
        for line, call in enumerate(model.unsupported, flat.text.count("\n")):
            origins[line] = Origin(call.called, None)
        super().__init__(path, text, origins, files)
        self.model = model


def check_model(target: str, recording: Recording | RunFailure, settings: Settings = DEFAULTS) -> CheckResult:
    """What is right and wrong with a recorded model, in full also after its first error."""
    if isinstance(recording, RunFailure):
        return _failed(target, recording, settings)
    model = layers_of(recording)
    source = ModelSource(target, model, _files(_places(model)))
    outputs = {layer.name: Shape(layer.shapes[0]) for layer in model.layers if len(layer.outputs) == 1}
    report = check_source(source, settings=settings, outputs=outputs)
    return report.with_diagnostics([*report.diagnostics, *_unsupported(source)])


def advised(report: CheckResult) -> CheckResult:
    """The report with the repairs of each error, as if the others were mended."""
    source = report.source
    assert isinstance(source, ModelSource)
    failing = {one.layer for one in report.errors} & {layer.name for layer in source.model.layers}
    mended = 0
    diagnostics: list[Diagnostic] = []
    for found in report.diagnostics:
        if found.severity == ERROR and found.layer in failing and mended < _MOST_MENDED:
            mended += 1
            found = _with_repairs(report, source, found, failing - {found.layer})
        diagnostics.append(found)
    return report.with_diagnostics(diagnostics)


def _with_repairs(
    report: CheckResult, source: ModelSource, found: Diagnostic, others: set[str | None]
) -> Diagnostic:
    """A finding with its repairs in a network in which the other layers that fail give what they declare."""
    layers = tuple(_taken_on_trust(one) if one.name in others else one for one in source.model.layers)
    alone = ModelSource(source.path, replace(source.model, layers=layers), source.files)
    repaired = advise(check_source(alone, settings=report.settings))
    same = next((one for one in repaired.errors if one.layer == found.layer), None)
    if same is None:
        return found
    left = len(report.errors) - 1
    fixes = tuple(
        fix._replace(
            edits=tuple(_moved(edit, alone, source) for edit in fix.edits),
            valid=fix.valid and not left,
            remaining=fix.remaining + left,
        )
        for fix in same.fixes
    )
    return found._replace(fixes=fixes)


def _taken_on_trust(layer: TracedLayer) -> TracedLayer:
    return replace(
        layer,
        kind="custom",
        fields={"output": list(layer.shapes[0])},
        beliefs={},
        inputs=layer.inputs[:1],
    )


def _moved(edit: Edit, before: Source, after: Source) -> Edit:
    """An edit at the same line and column of another text."""
    start, end = (after.offset(*before.position(offset)) for offset in edit.span)
    return Edit(Span(start, end), edit.text)


def _unsupported(source: ModelSource) -> Iterable[Diagnostic]:
    model = source.model
    first = source.line_count - len(model.unsupported)
    for number, call in enumerate(model.unsupported):
        span = Span(source.offset(first + number, 1), source.offset(first + number, 1))
        module = call.modules[-1].path if call.modules else ""
        yield Diagnostic(
            UNSUPPORTED_LAYER,
            ERROR,
            "{operation} cannot be said in the language: {why}",
            {"operation": call.operation, "why": call.why},
            span,
            layer=module or None,
            notes=(Note("{count} calls after it are not reached", {"count": model.not_reached}),)
            if model.not_reached and not number
            else (),
        )


def _failed(target: str, failure: RunFailure, settings: Settings) -> CheckResult:
    place = failure.place
    source = Source(target, "")
    if place is not None:
        source = DerivedSource(target, "", [Origin(place, None)], _files([place]))
    template, facts = told(target, failure)
    found = Diagnostic(UNREADABLE_MODEL, ERROR, template, facts, Span(0, 0))
    return CheckResult(source, None, None, [found], settings=settings)


def _places(model: TracedModel) -> Iterable[CodePlace]:
    for one in (*model.layers, *model.unsupported):
        if one.called is not None:
            yield one.called
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
