"""Checks a model: its recording as a flat spec, whose every line knows where the user's code says it."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from linecache import getlines
from math import prod

from cnn_shapes.checking import (
    UNREADABLE_MODEL,
    UNREGISTERED_MODULE,
    UNSUPPORTED_LAYER,
    CheckResult,
    check_source,
)
from cnn_shapes.diagnostics import ERROR, Diagnostic, Fix, Note
from cnn_shapes.importing.failures import told
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Recording, RunFailure, UnregisteredModule
from cnn_shapes.importing.traced_model import TracedLayer, TracedModel
from cnn_shapes.importing.wording.comments import comments_at, of_files, silences
from cnn_shapes.layers import ALIASES, with_rank
from cnn_shapes.settings import DEFAULTS, Settings
from cnn_shapes.shapes import EXPECT_MISMATCH, SHAPE_MISMATCH, Shape, listed
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

_UNUSED_LAYER = "unused-layer"
_UNUSED_SUPPRESSION, _BAD_SUPPRESSION = "unused-suppression", "bad-suppression"
_REFUSED = "PyTorch refuses this call of {name}: {said}"
_NOT_DIVIDED = ", which {groups} groups do not divide"
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
# what a message about a spec says, and what it says about a model's code
_IN_CODE = {
    " or leave {assertion} out": "",
    "say layout: {other} if its channels are meant": "its channels come first, permute it before",
    ", or say layout: {other}": ", or permute it before",
    "expect says {expected}": "the code says {expected}",
    "dense wants a vector": "a Linear wants a vector",
    "put flatten or global_avgpool before it": "put nn.Flatten() before it, perhaps after a global pool",
    "read it in a from, name it under outputs, or leave it out": "use it, return it, or leave it out",
    "read it in a from, or leave it out": "use it, or leave it out",
    "padding: [{padding}] keeps it": "F.pad before it, by one more at one end, keeps it",
    "padding: half": "padding=kernel_size // 2",
    "activation: relu": "insert nn.ReLU() there",
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
        lines = flat.text.split("\n")
        for line, layer in flat.lines.items():
            lines[line - 1] += comments_at((layer.called, layer.constructed), files)
        lines[-1:] = [f"# {on_one_line(remark)}{comments_at([place], files)}" for remark, place in remarks]
        text = "\n".join([*lines, *of_files(files), ""])
        origins = [Origin(None, None)] * (text.count("\n") + 1)
        for line, layer in flat.lines.items():
            made = layer.constructed or layer.called
            origins[line - 1] = Origin(layer.called, made, not layer.is_module)
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
    target: str, recording: Recording | RunFailure, settings: Settings = DEFAULTS, python: str | None = None
) -> CheckResult:
    """What is right and wrong with a recorded model, in full also after its first error."""
    if isinstance(recording, RunFailure) and (recording.recording is None or not recording.recording.errors):
        return _failed(target, recording, settings, python)
    whole = recording.recording if isinstance(recording, RunFailure) else recording
    assert whole is not None
    model = layers_of(whole)
    known = {layer.call for layer in model.layers} | {call.call for call in model.unsupported}
    silent = [call for call in whole.errors if call.index not in known]  # no layer was made of them
    remarks: list[Remark] = [(f"{call.operation}: {call.why}", call.called) for call in model.unsupported]
    remarks += [(f"{one.class_name}: not registered", one.place) for one in model.unregistered]
    remarks += [(f"{call.operation}: {call.error}", call.place) for call in silent]
    if isinstance(recording, RunFailure):
        remarks.append((recording.message, recording.place))
    source = ModelSource(target, model, _files([*_places(model), *_known(remarks)]), remarks)
    report = check_source(source, settings=settings, outputs=declared_outputs(model))
    found = [_in_code(one, source) for one in report.diagnostics]
    # a comment that silences a line of the code is at each layer of the line
    found = _once_a_comment(one for one in found if _is_apt(one, model, whole))
    failed = {node.name for node in report.trace.network.layers if node.error} if report.trace else set()
    others = [*_refused(source, failed, whole), *_unsupported(source, whole), *_unregistered(source)]
    for number, call in enumerate(silent, len(model.unsupported) + len(model.unregistered)):
        facts = {"name": call.operation, "said": call.error}
        others.append(Diagnostic(SHAPE_MISMATCH, ERROR, _REFUSED, facts, source.remark_span(number)))
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
    return {layer.name: Shape(layer.shapes[0]) for layer in model.layers if len(layer.outputs) == 1}


def _in_code(found: Diagnostic, source: ModelSource) -> Diagnostic:
    """A finding in the words of who wrote the model's code, not of a spec."""
    template, facts = found.template, dict(found.facts)
    found = found._replace(notes=(*found.notes, *_other_calls(found, source)))
    template = _words_of_code(template)
    notes = tuple(note._replace(template=_words_of_code(note.template)) for note in found.notes)
    fixes = tuple(fix._replace(title=_words_of_code(fix.title)) for fix in found.fixes)
    found = found._replace(notes=notes, fixes=fixes)
    layer = next((one for one in source.model.layers if one.name == found.layer), None)
    if layer is not None and "assertion" in facts:
        facts["assertion"] = layer.written.get(facts["assertion"], facts["assertion"])
        groups = layer.fields.get("groups", 1)
        if facts.get("channels", 0) % groups:
            facts["groups"] = groups
            template = template.replace(": write {channels}", _NOT_DIVIDED)
    elif layer is not None and layer.kind == "reshape" and "shape" in layer.written and "elements" in facts:
        asked = layer.written["shape"].format(", ".join(map(str, facts["target"])))
        facts["asked"] = asked
        changes = "changes the batch" if "(-1" in asked else "does not fit"
        template = "{asked} " + changes + ": a sample has {input} = {elements} values, not {wanted}"
        facts["wanted"] = prod(facts["target"])
        if layer.fault is not None:  # which of its numbers is wrong, nobody knows
            found = found._replace(
                notes=(*notes, Note("it fits with {right}", {"right": " or ".join(layer.fault.fixes)}))
            )
    elif layer is not None and found.rule == EXPECT_MISMATCH and "expect" in layer.written:
        # a norm says of how many channels it is, and gives as many as come
        template = "{assertion} says {stated}, but the input {found} has {channels}: write {channels}"
        facts |= {"assertion": layer.written["expect"], "stated": facts["expected"][0]}
        facts["channels"] = facts["found"][0]
        return found._replace(template=template, facts=facts, pointer="the input has {channels}")
    return found._replace(template=template, facts=facts)


def _words_of_code(template: str) -> str:
    for ours, theirs in _IN_CODE.items():
        template = template.replace(ours, theirs)
    return template


def _is_apt(found: Diagnostic, model: TracedModel, recording: Recording) -> bool:
    """Whether a finding is true of the code: a slice leaves out what it does not take."""
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


def _other_calls(found: Diagnostic, source: ModelSource) -> Iterable[Note]:
    """Where else the module of an error is called with an input that it does not take."""
    if found.severity == ERROR and found.layer is not None:
        lines = [
            source.line_of(source.line_span(source.lines[layer.name]).start)
            for layer in source.model.layers
            if layer.error is not None and layer.fields.get("share") == found.layer
        ]
        if lines:
            calls = "call" if len(lines) == 1 else "calls"
            where = listed([f"line {line}" for line in dict.fromkeys(lines)])
            yield Note(f"the same in the other {calls} on {{where}}", {"where": where})


def _refused(source: ModelSource, names: Container[str], recording: Recording) -> Iterable[Diagnostic]:
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
            facts = {"name": layer.name if layer.is_module else operation, "said": layer.error or ""}
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


def _unregistered(source: ModelSource) -> Iterable[Diagnostic]:
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
    if len(layer.shapes[0]) > 1 or ALIASES.get(word, ("", None))[1] in (None, 1):
        return ()
    right, start = with_rank(word, 1), span.start + line.index(word)
    return (Fix(f"{word} -> {right}", (Edit(Span(start, start + len(word)), right),)),)


def _whereabouts(module: UnregisteredModule) -> tuple[str, CodePlace | None]:
    if module.container:
        return module.path.rpartition(".")[0], None
    return "", module.place


def _unsupported(source: ModelSource, recording: Recording) -> Iterable[Diagnostic]:
    model = source.model
    errors = {call.index: call.error for call in recording.errors}
    told_already = set()  # a loop calls the same line many times
    for number, call in enumerate(model.unsupported):
        if (call.operation, call.why, call.called) in told_already:
            continue
        told_already.add((call.operation, call.why, call.called))
        module = call.modules[-1].path if call.modules else ""
        rule, template = UNSUPPORTED_LAYER, "{operation} cannot be said in the language: {why}"
        facts = {"operation": call.operation, "why": call.why}
        if errors.get(call.call) is not None:  # it is no fault of the language
            rule, template = SHAPE_MISMATCH, _REFUSED
            facts = {"name": call.operation, "said": str(errors[call.call])}
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
