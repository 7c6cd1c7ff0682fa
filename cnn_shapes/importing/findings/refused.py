"""What is wrong with the calls of a model though its layers fit: refused, unsupported, not registered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable

from cnn_shapes.checking import UNREGISTERED_MODULE, UNSUPPORTED_LAYER, CheckResult
from cnn_shapes.diagnostics import ERROR, Diagnostic, Fix, Note
from cnn_shapes.importing.findings.model_source import ModelSource
from cnn_shapes.importing.keras_models.agreement import disagreements
from cnn_shapes.importing.keras_models.recording import KerasRecording, RecordedLayer
from cnn_shapes.importing.recording import RecordedCall, Recording, UnregisteredModule
from cnn_shapes.importing.traced_model import TracedLayer
from cnn_shapes.layers import ALIASES, with_rank
from cnn_shapes.shapes import SHAPE_MISMATCH
from cnn_shapes.source import CodePlace, Edit, Span

_REFUSED = "{framework} refuses this call of {name}: {said}"
_NOT_SAID = "{operation} cannot be said in the language: {why}"
_IN_PLAIN_PLACE = (
    "{module}{more} is in a plain {kind}, {name}, so that its parameters are not registered: no optimizer "
    "gets them: put it in an {instead}"
)
_NOT_AN_ATTRIBUTE = (
    "{module}{more} is not a submodule of the model, so that its parameters are not registered: no optimizer "
    "gets them: make it in __init__ and keep it as an attribute"
)
_REGISTERED = {
    "list": "self.{name} = nn.ModuleList([...])",
    "tuple": "self.{name} = nn.ModuleList([...])",
    "dict": "self.{name} = nn.ModuleDict({{...}})",
    "": "self.layer = {module}(...) in __init__, and self.layer(...) here",
}


def refused(
    source: ModelSource, names: Container[str], recording: Recording | KerasRecording
) -> Iterable[Diagnostic]:
    """What is wrong with calls that as layers are right: all but the `names`, which fail as layers.

    What the framework refuses and we find nothing wrong with is told in its own words.
    """
    told = {
        layer.call
        for layer in source.model.layers
        if any(name in names for name in layer.outputs) or layer.fields.get("share", "") in names
    }
    for layer in source.model.layers:
        if (layer.error is None and layer.fault is None) or layer.call in told:
            continue
        told.add(layer.call)
        span = source.line_span(source.lines[layer.name])
        if layer.fault is not None:
            name = _receiver(source, layer)
            template, facts = layer.fault.message, {"x": name or "x", "of_x": f"{name}." if name else ""}
            fixes = tuple(Fix(title.format_map(facts), ()) for title in layer.fault.fixes)
        else:
            operation = recording.calls[layer.call].operation
            template = _REFUSED
            facts = {"framework": source.model.framework, "said": layer.error or ""}
            facts["name"] = layer.name if layer.is_module else operation
            fixes = _of_right_rank(source.text[span.start : span.end], layer, span)
        yield Diagnostic(SHAPE_MISMATCH, ERROR, template, facts, span, fixes=fixes, layer=layer.name)


_METHOD = re.compile(r"([A-Za-z_][\w.]*)\.[a-z_]+\(")
_FUNCTION = re.compile(r"(?:torch|F|nn|functional|self)\.[\w.\[\]]+\(\s*([A-Za-z_][\w.]*)\s*[,)]")


def _receiver(source: ModelSource, layer: TracedLayer) -> str:
    """The name of the tensor that a call takes; empty where it has none."""
    place = layer.called
    if place is None or not place.column or place.path not in source.files:
        return ""
    text = source.files[place.path].line_text(place.line)[place.column - 1 :]
    found = _FUNCTION.match(text) or _METHOD.match(text)
    return found[1] if found and found[1].partition(".")[0] not in ("self", "torch", "F", "nn") else ""


def unregistered(source: ModelSource) -> Iterable[Diagnostic]:
    """Modules that run though the model does not know of them: their weights would never be learned.

    Those of one list, or that are made at one place, are told once.
    """
    model = source.model
    first = len(model.unsupported)
    counts = Counter(map(_whereabouts, model.unregistered))
    for number, one in enumerate(model.unregistered, first):
        count = counts.pop(_whereabouts(one), 0)
        if not count:
            continue
        kind, _, name = one.container.partition(" ")
        instead = {"list": "nn.ModuleList", "tuple": "nn.ModuleList", "dict": "nn.ModuleDict"}.get(kind, "")
        facts = {"module": one.class_name, "kind": kind, "name": name, "instead": instead}
        facts["more"] = f" with {count - 1} more" if count > 1 else ""
        yield Diagnostic(
            UNREGISTERED_MODULE,
            ERROR,
            _IN_PLAIN_PLACE if kind else _NOT_AN_ATTRIBUTE,
            facts,
            source.remark_span(number),
            fixes=(Fix(_REGISTERED[kind].format_map(facts), ()),),
            layer=one.path,
        )


def _of_right_rank(line: str, layer: TracedLayer, span: Span) -> tuple[Fix, ...]:
    """A norm of an image that takes a vector: its class for vectors, which is that for one axis too."""
    word = line.strip(" -").partition(":")[0]
    if not layer.shapes or len(layer.shapes[0]) > 1 or ALIASES.get(word, ("", None))[1] in (None, 1):
        return ()
    right, start = with_rank(word, 1), span.start + line.index(word)
    return (Fix(f"{word} -> {right}", (Edit(Span(start, start + len(word)), right),)),)


def _whereabouts(module: UnregisteredModule) -> tuple[str, CodePlace | None]:
    if module.container:
        return module.path.rpartition(".")[0], None
    return "", module.place


def unsupported(source: ModelSource, recording: Recording | KerasRecording) -> Iterable[Diagnostic]:
    """The calls that the language cannot say, each where it is first."""
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


def silent_errors(source: ModelSource, calls: Iterable[RecordedCall | RecordedLayer]) -> Iterable[Diagnostic]:
    """What the framework says of `calls` of which no layer is made, whose remarks are after all others."""
    first = len(source.model.unsupported) + len(source.model.unregistered)
    for number, call in enumerate(calls, first):
        facts = {"framework": source.model.framework, "name": call.operation, "said": call.error or ""}
        yield Diagnostic(SHAPE_MISMATCH, ERROR, _REFUSED, facts, source.remark_span(number))


def disagreeing(
    source: ModelSource, report: CheckResult, recording: Recording | KerasRecording
) -> Iterable[Diagnostic]:
    """What Keras makes otherwise than its settings say; of PyTorch the shapes are compared call by call."""
    if not isinstance(recording, KerasRecording):
        return
    for name, why in disagreements(report, source.model, recording, source.lines):
        span = source.line_span(source.lines[name])
        facts = {"operation": name, "why": why}
        yield Diagnostic(UNSUPPORTED_LAYER, ERROR, _NOT_SAID, facts, span, layer=name)
