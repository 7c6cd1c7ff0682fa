"""Checks an ONNX file: its graph as a flat spec, into which all that is found points."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cnn_shapes.checking import NO_OVERRIDES, UNREADABLE_MODEL, UNSUPPORTED_LAYER, CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, Diagnostic, Note
from cnn_shapes.importing.building import Refused
from cnn_shapes.importing.findings.model_source import ModelSource
from cnn_shapes.importing.model_check import declared_outputs
from cnn_shapes.importing.onnx.graph import GraphInput, OnnxGraph, inputs_of
from cnn_shapes.importing.onnx.stored.model_file import NotReadable, printable, read_model
from cnn_shapes.importing.traced_model import TracedModel
from cnn_shapes.language.reading.wording import MISSING_FIELD
from cnn_shapes.language.spec import Overrides
from cnn_shapes.settings import DEFAULTS, Settings
from cnn_shapes.shapes import AXIS_NAMES, listed
from cnn_shapes.source import Source, Span, shown_path

_NOWHERE, _UNUSED = Span(0, 0), "unused-layer"
_MOST_TOLD = 20  # operations that cannot be said, each for a reason of its own
_USUAL = 224  # what a message gives as an example
_BINARY = "{path} is not a text: lines are those of the spec that cnn-shapes import --flat {path} writes"


class OnnxSource(ModelSource):
    """The flat spec of a file, which is nowhere written: its lines are its own."""

    __slots__ = ()

    def line_of(self, offset: int, field: str = "") -> int | str:
        return self.position(offset)[0]


def check_onnx(
    path: str, data: bytes, overrides: Overrides = NO_OVERRIDES, settings: Settings = DEFAULTS
) -> CheckResult:
    """What is right and wrong with the model in a file. Its lines are those of its flat spec."""
    try:
        model = read_model(data)
        inputs = inputs_of(model)
    except NotReadable as error:
        facts = {"path": shown_path(path), **error.facts}
        return _without_spec(path, "", UNREADABLE_MODEL, error.template, facts, settings)
    except Refused as error:
        template = "{path} cannot be said in the language: {why}"
        facts = {"path": shown_path(path), "why": str(error)}
        return _without_spec(path, "", UNSUPPORTED_LAYER, template, facts, settings)
    sizes = _given_sizes(inputs, overrides)
    if any(None in shape for shape in sizes.values()):
        return _of_open_sizes(path, inputs, sizes, settings)
    is_own = all(tuple(sizes[one.name]) == one.sizes for one in inputs)
    graph = OnnxGraph(_name(path), model, inputs, sizes, trusts=is_own)  # type: ignore[arg-type]
    return _checked(path, graph.traced(), overrides, settings)


def _checked(path: str, model: TracedModel, overrides: Overrides, settings: Settings) -> CheckResult:
    remarks = [(printable(f"{one.operation}: {one.why}"), None) for one in model.unsupported]
    source = OnnxSource(path, model, {}, remarks)
    report = check_source(source, overrides, settings, outputs=declared_outputs(model))
    # a slice leaves out what it does not take; what would read a layer may be among what cannot be said
    parts = {name for layer in model.layers if layer.kind == "split" for name in layer.outputs}
    found = [
        one
        for one in report.diagnostics
        if one.rule != _UNUSED or not (model.unsupported or (one.layer or "").rpartition(".")[2] in parts)
    ]
    found += _unsupported(source)
    if found:
        shown = next((place for place, one in enumerate(found) if one.severity == ERROR), 0)
        note = Note(_BINARY, {"path": shown_path(path)})
        found[shown] = found[shown]._replace(notes=(*found[shown].notes, note))
    return report.with_diagnostics(found)


def _unsupported(source: ModelSource) -> Iterable[Diagnostic]:
    model = source.model
    counts = Counter((one.operation, one.why) for one in model.unsupported)
    told: set[tuple[str, str]] = set()
    for number, one in enumerate(model.unsupported):
        if (one.operation, one.why) in told or len(told) == _MOST_TOLD:
            continue
        told.add((one.operation, one.why))
        notes = []
        if (same := counts[one.operation, one.why] - 1) > 0:
            notes.append(Note("so does 1 other" if same == 1 else "so do {count} others", {"count": same}))
        if len(counts) > _MOST_TOLD and len(told) == _MOST_TOLD:
            notes.append(Note("and {count} more, of other kinds", {"count": len(counts) - _MOST_TOLD}))
        if model.not_reached and not number:
            after = "1 operation after it is" if model.not_reached == 1 else "{count} operations after it are"
            notes.append(Note(f"{after} not reached", {"count": model.not_reached}))
        name = one.modules[-1].path if one.modules and one.modules[-1].path != one.operation else ""
        yield Diagnostic(
            UNSUPPORTED_LAYER,
            ERROR,
            "{operation} {name} cannot be said in the language: {why}"
            if name
            else "{operation} cannot be said in the language: {why}",
            {"operation": one.operation, "name": name, "why": one.why},
            source.remark_span(number),
            layer=name or None,
            notes=tuple(notes),
        )


def _given_sizes(inputs: list[GraphInput], overrides: Overrides) -> Mapping[str, tuple[int | None, ...]]:
    """The sizes of each input, those of the options before those of the file."""
    given = dict(overrides.inputs)
    if overrides.input is not None:
        given.setdefault(inputs[0].name, overrides.input)
    return {
        one.name: shape
        if (shape := given.get(one.name)) is not None and len(shape) == len(one.sizes)
        else one.sizes
        for one in inputs
    }


def _of_open_sizes(
    path: str, inputs: list[GraphInput], sizes: Mapping[str, tuple[int | None, ...]], settings: Settings
) -> CheckResult:
    """The report of a file whose input has sizes that only a user knows."""
    shown = {
        name: f"[{', '.join('null' if size is None else str(size) for size in shape)}]"
        for name, shape in sizes.items()
    }
    several = len(shown) > 1
    pairs = "{" + ", ".join(f"{name}: {text}" for name, text in shown.items()) + "}"
    text = f"input: {pairs if several else next(iter(shown.values()))}\nlayout: channels_first\n"
    open_ones = {name: shape for name, shape in sizes.items() if None in shape}
    name, shape = next(iter(open_ones.items()))
    options = [f"--input {f'{one}=' * several}{_example(sizes)}" for one, sizes in open_ones.items()]
    missing = [axis for axis, size in zip(_axes(shape), shape, strict=True) if size is None]
    facts = {"what": listed(missing), "name": name, "option": " ".join(options)}
    template = "the file leaves {what} of the input {name} open: give {option}"
    start = text.index(shown[name])
    return _without_spec(
        path, text, MISSING_FIELD, template, facts, settings, Span(start, start + len(shown[name]))
    )


def _axes(shape: Sequence[int | None]) -> tuple[str, ...]:
    return ("channels", *AXIS_NAMES[len(shape) - 1])


def _example(shape: Sequence[int | None]) -> str:
    """The sizes of an input as an option says them, with usual ones for what is open."""
    usual = {"channels": 3}
    pairs = zip(_axes(shape), shape, strict=True)
    return "x".join(str(usual.get(axis, _USUAL) if size is None else size) for axis, size in pairs)


def _without_spec(
    path: str,
    text: str,
    rule: str,
    template: str,
    facts: dict[str, Any],
    settings: Settings,
    span: Span = _NOWHERE,
) -> CheckResult:
    found = Diagnostic(rule, ERROR, template, facts, span)
    return CheckResult(Source(path, text), None, None, [found], settings=settings)


def _name(path: str) -> str:
    stem = os.path.splitext(os.path.basename(path))[0]
    return re.sub(r"[^\w .-]+", "-", stem)[:60] or "model"
