"""The fixes of a model: each error's as if the others were mended, in the words of the code."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import replace
from math import isqrt

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import CHANNELS_FIRST, ERROR, Diagnostic, Fix, Note
from cnn_shapes.importing.findings.model_source import ModelSource
from cnn_shapes.importing.remedies.inserted import insertions
from cnn_shapes.importing.traced_model import TracedLayer
from cnn_shapes.importing.wording.fix_words import in_pytorch
from cnn_shapes.importing.wording.keras_fix_words import edit_in_keras, in_keras
from cnn_shapes.repair import Options, advise
from cnn_shapes.repair.report.repairs import NONE_EXISTS, NONE_FOUND
from cnn_shapes.settings import Settings
from cnn_shapes.shapes import EXPECT_MISMATCH, SHAPE_MISMATCH, listed
from cnn_shapes.source import DerivedSource, Edit, Source, Span
from cnn_shapes.source.flow_style import listed as flow_list

_MOST_MENDED = 8  # errors for each of which a repair is looked for
_MOST_FIXES = 3
_MOST_FOLLOWED = 4  # numbers that say what comes in, one after the other
# another source of a layer would be another line of code: no number that is written
_OPTIONS = {
    "PyTorch": Options(keep=frozenset(("from",)), bound=200_000),
    # its pools have no dilation, and its paddings are few
    "Keras": Options(keep=frozenset(("from", "dilation")), most=8, bound=200_000),
}
_TITLES = {"PyTorch": in_pytorch, "Keras": in_keras}
# how a vector is made a map, and axes are turned
_AS_CALL = {
    "PyTorch": ("view(-1, {sizes})", "permute(0, {order})"),
    "Keras": ("Reshape(({sizes}))", "Permute(({order}))"),
}


def advised(report: CheckResult) -> CheckResult:
    """The report with the repairs of each error, as if the others were mended.

    What mends all of them with fewer changes than there are errors comes first: they have one cause.
    """
    source = report.source
    if not isinstance(source, ModelSource):
        return report
    nodes = report.trace.network.layers if report.trace is not None else []
    by_sizes = {node.name for node in nodes if node.error}
    faulty = {layer.name for layer in source.model.layers if layer.fault is not None}
    failing = [one.layer for one in report.errors if one.layer in by_sizes]
    together: tuple[Fix, ...] = ()
    notes: tuple[Note, ...] = ()
    others = len(report.errors) - len(failing)
    if len(failing) > 1:
        bare = check_source(source, settings=report.settings)
        whole = advise(bare, _OPTIONS[source.model.framework])
        known = [note for one in bare.errors for note in one.notes]
        notes = tuple(
            note for one in whole.errors for note in one.notes if note not in known and _is_of_all(note)
        )
        fixes = _in_words((fix for one in whole.errors for fix in one.fixes if fix.valid), source)
        together = tuple(
            fix._replace(valid=not others, remaining=others) for fix in fixes if len(fix.edits) < len(failing)
        )
    inserted = insertions(report, source, [name for name in failing if name is not None])
    together = (*_channels_first(report, source, others), *together)
    diagnostics: list[Diagnostic] = []
    mended = 0
    for found in report.diagnostics:
        if found.severity == ERROR and found.layer in failing and mended < _MOST_MENDED:
            found = _with_repairs(report, source, found, [one for one in failing if one != found.layer])
            if found.layer in faulty:  # what is right is told, and what changes only the error is not
                found = found._replace(
                    fixes=tuple(fix for fix in found.fixes if fix.remaining < len(failing))
                )
            more = inserted.get(found.layer or "", [])
            more = [fix for fix in more if fix.valid] or more
            titles = [fix.title for fix in (*together, *more)]
            own = [fix for fix in found.fixes if fix.title not in titles]
            if len(failing) > 1:
                fixes = (*more, *together, *own)[:_MOST_FIXES]
            else:
                first = 1 if own and "in_features" in own[0].title else 0  # the wrong number before a pool
                fixes = (*together, *own[:first], *more, *own[first:])[:_MOST_FIXES]
            found = found._replace(
                fixes=fixes, notes=(*found.notes, *(one for one in notes if one not in found.notes))
            )
            together, notes = (), ()
            mended += 1
        elif found.severity == ERROR and found.layer not in failing:
            left = len(report.errors) - 1
            mends = tuple(fix._replace(valid=not left, remaining=left) for fix in found.fixes)
            found = found._replace(fixes=mends)
        diagnostics.append(found)
    return report.with_diagnostics(diagnostics)


def _is_apt(note: Note) -> bool:
    """Whether a note is true of a model: there is no `fix` that would search longer."""
    return not note.template.startswith(NONE_FOUND)


def _is_of_all(note: Note) -> bool:
    """The same of what is said of all errors together: other lines of code could mend them."""
    return _is_apt(note) and note.template != NONE_EXISTS


def _channels_first(report: CheckResult, source: ModelSource, others: int) -> Iterable[Fix]:
    """That the axes of the input are in another order by mistake, where the model works in the right one.

    So are channels that come last, frames that come before them, and a vector that is meant as a map.
    `others` count the errors that are none of sizes.
    """
    if len(source.model.inputs) > 1 or source.model.layout != CHANNELS_FIRST:
        return
    _, sizes = source.model.inputs[0]
    first = {layer.name for layer in source.model.layers if layer.inputs[:1] == ("input",)}
    wanted = [
        found.facts.get("stated")
        for found in report.errors
        if found.rule == EXPECT_MISMATCH and found.layer in first
    ]
    if any(found.rule == "likely-layout" for found in report.diagnostics):
        wanted.append(sizes[-1])
    axes = [axis for axis, size in enumerate(sizes) if axis and size in wanted]
    orders = [(axis, *(one for one in range(len(sizes)) if one != axis)) for axis in axes]
    ways = [(tuple(sizes[axis] for axis in order), order) for order in orders]
    if len(sizes) == 1 and any(found.rule == "wrong-rank" for found in report.errors):
        ways.append(((sizes[0], 1, 1), (0,)))
    text = source.line_text(2)
    for right, order in ways:
        changed = text.replace(flow_list(map(str, sizes)), flow_list(map(str, right)), 1)
        edit = Edit(source.line_span(2), changed)
        after = check_source(source.edited([edit]), settings=report.settings, rules=False)
        left = len(after.errors) + others
        if left < len(report.errors):
            given = "x".join(map(str, right))
            other = _AS_CALL[source.model.framework][len(sizes) > 1].format(
                order=", ".join(str(axis + 1) for axis in order), sizes=", ".join(map(str, right))
            )
            yield Fix(
                f"--input {given}, or {other} where it comes in", (edit,), valid=not left, remaining=left
            )
            return


def _with_repairs(
    report: CheckResult, source: ModelSource, found: Diagnostic, others: Container[str | None]
) -> Diagnostic:
    """A finding with its repairs in a network in which the other layers that fail give what they declare."""
    layers = tuple(
        _taken_on_trust(one) if one.name in others and one.shapes else one for one in source.model.layers
    )
    alone = type(source)(source.path, replace(source.model, layers=layers), source.files)
    bare = check_source(alone, settings=report.settings)
    repaired = advise(bare, _OPTIONS[source.model.framework])
    same = next((one for one in repaired.errors if one.layer == found.layer), None)
    known = next((one for one in bare.errors if one.layer == found.layer), None)
    if same is None or known is None:
        left = len(report.errors) - 1
        return found._replace(
            fixes=tuple(fix._replace(valid=not left, remaining=left) for fix in found.fixes)
        )
    left = len(report.errors) - 1
    fixes = tuple(
        fix._replace(
            edits=tuple(_moved(edit, alone, source) for edit in fix.edits),
            valid=fix.valid and not left,
            remaining=fix.remaining + left,
        )
        for fix in same.fixes
        if not _stretches(bare, fix, found.layer)
    )
    if (stated := _stating_what_comes(alone, report.settings)) is not None:
        edits = tuple(_moved(edit, alone, source) for edit in stated.edits)
        if edits not in [fix.edits for fix in fixes]:
            fixes = (stated._replace(edits=edits, valid=not left, remaining=left), *fixes)
    fixes = _in_words(fixes, source)
    idle = (NONE_EXISTS,) if fixes or left else ()
    notes = tuple(
        note
        for note in same.notes
        if note not in known.notes and _is_apt(note) and not note.template.startswith(idle)
    )
    return found._replace(fixes=fixes, notes=(*found.notes, *notes))


def _stretches(report: CheckResult, fix: Fix, name: str | None) -> bool:
    """Whether a fix leaves one pixel of a map, which a join then stretches: nobody means that."""
    sizes = _largest_inputs(report, name)
    after = check_source(report.source.edited(fix.edits), settings=report.settings, rules=False)
    return any(size > 1 and now == 1 for size, now in zip(sizes, _largest_inputs(after, name), strict=False))


def _largest_inputs(report: CheckResult, name: str | None) -> list[int]:
    """The largest spatial size of each input of a layer that joins several."""
    nodes = report.trace.network.layers if report.trace is not None else []
    for node in nodes:
        if node.name == name and node.layer is not None and node.layer.joins:
            return [max((size or 0 for size in x[1:]), default=0) if x else 0 for x in node.input_shapes]
    return []


def _in_words(fixes: Iterable[Fix], source: ModelSource) -> tuple[Fix, ...]:
    """The fixes in words of the framework; those that it has no argument for are left out."""
    layers = {layer.name: layer for layer in source.model.layers}
    rank = max(1, len(source.model.inputs[0][1]) - 1)
    said: dict[str, Fix] = {}
    for fix in fixes:
        title = _TITLES[source.model.framework](fix.title, layers, rank)
        if title is None:
            continue
        if source.model.framework == "Keras":
            fix = fix._replace(edits=tuple(edit_in_keras(edit, source.text) for edit in fix.edits))
        said.setdefault(title, fix._replace(title=title))
    return tuple(said.values())


def _stating_what_comes(source: ModelSource, settings: Settings) -> Fix | None:
    """What most people do: the numbers that say what comes in are set to what does, one after the other."""
    text: DerivedSource = source
    edits: list[Edit] = []
    titles: list[str] = []
    for _ in range(_MOST_FOLLOWED):
        errors = check_source(text, settings=settings, rules=False).errors
        if not errors:
            return Fix(listed(titles), tuple(edits)) if edits else None
        stated = _belief(text, errors[0], source)
        if stated is None:
            return None
        edit, title = stated
        place = _moved(edit, text, source)
        if source.text[slice(*place.span)] != text.text[slice(*edit.span)]:
            return None  # its line is changed already
        edits.append(place)
        titles.append(title)
        text = text.edited([edit])
    return None


def _belief(text: DerivedSource, error: Diagnostic, source: ModelSource) -> tuple[Edit, str] | None:
    """The edit that sets what an erring layer says of its input right, and how it is told."""
    layer = next((one for one in source.model.layers if one.name == error.layer), None)
    facts, start = error.facts, error.span.start
    if layer is None:
        return None
    if error.rule == EXPECT_MISMATCH and "assertion" in facts:
        new, word = str(facts["channels"]), layer.written.get(facts["assertion"], facts["assertion"])
        return Edit(error.span, new), f"{word}: {new} of {layer.name} on line {text.line_of(start)}"
    if error.rule == EXPECT_MISMATCH and "expect" in layer.written:
        sizes = text.text[slice(*error.span)]
        new = str(facts["found"][0])
        title = f"{layer.written['expect']}: {new} of {layer.name} on line {text.line_of(start)}"
        return Edit(error.span, re.sub(r"\d+", new, sizes, count=1)), title
    shape = _of_all_elements(layer, facts.get("elements"))
    if error.rule == SHAPE_MISMATCH and shape is not None:
        sizes = flow_list(map(str, shape))
        found = re.search(r"\bshape: (\[[^\]]*\])", text.line_text(text.position(start)[0]))
        if found is not None:
            begin = text.offset(text.position(start)[0], found.start(1) + 1)
            title = f"a shape of {sizes.strip('[]')} on line {text.line_of(start, 'from')}"
            return Edit(Span(begin, begin + len(found[1])), sizes), title
    return None


def _of_all_elements(layer: TracedLayer, elements: int | None) -> tuple[int, ...] | None:
    """The shape that a reshape would have for so many elements: the channels stay, a square map a square."""
    if layer.kind != "reshape" or elements is None or not layer.shapes:
        return None
    channels, *sizes = layer.shapes[0]
    if not sizes:
        return (elements,)
    side = isqrt(elements // channels)
    square = elements == channels * side**2 and len(sizes) == 2 and sizes[0] == sizes[1]
    return (channels, side, side) if square else None


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
