"""Problems in words: with their reasons, what a beginner most likely had in mind, and the repairs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import ERROR, WARNING, Diagnostic, Fix, render
from cnn_shapes.formats.parts.terminal_text import clean, fix_text
from cnn_shapes.network import Node
from cnn_shapes.prompt.session.replies import (
    FIX,
    WARN,
    WRONG,
    FixesOffered,
    FixMade,
    NewWarnings,
    ProblemFound,
    ReplyLine,
)
from cnn_shapes.prompt.session.state import report_of
from cnn_shapes.shapes import Shape
from cnn_shapes.words import KOREAN, say, spoken, told

_PLACE = re.compile(r"( ?)\b(on |before )?line (\d+)\b")
_TWO_PLACES = re.compile(r"\blines (\d+) and (\d+)\b")
_KOREAN_PLACE = re.compile(r"(?<![\d~])(\d+)행(?! \d)")


def entry_at(report: CheckResult, place: int) -> int:
    """The number of the layer that a place of the text belongs to; 0 where it is before all."""
    starts = [item.key.start for item in report.spec.items] if report.spec else []
    return sum(start <= place for start in starts)


def _entries_on(report: CheckResult, line: int) -> list[int]:
    """The numbers of the layers that begin on a line; where none does, of the one around it."""
    lines = [report.source.position(item.key.start)[0] for item in report.spec.items] if report.spec else []
    begun = [number for number, own in enumerate(lines, 1) if own == line]
    return begun or [sum(own < line for own in lines)]


def by_layers(text: str, report: CheckResult, places: Iterable[int] = ()) -> str:
    """A message whose lines of a file are layers of the session instead.

    `places` are where it changes the text: they tell which of several layers on one line is meant.
    """
    changed = {entry_at(report, place) for place in places}

    def layer(match: re.Match[str]) -> str:
        found = _entries_on(report, int(match[3]))
        if len(found) > 1 and len(changed & {*found}) == 1:
            found = [*changed & {*found}]
        if found == [0]:
            return "" if match[2] == "on " else match[0]
        if len(found) > 1:
            return match[0]
        return f"{match[1]}{(match[2] or '').replace('on', 'in')}layer {found[0]}"

    def layers(match: re.Match[str]) -> str:
        found = [_entries_on(report, int(line)) for line in match.groups()]
        if any(len(numbers) > 1 or numbers == [0] for numbers in found):
            return match[0]
        return f"layers {found[0][0]} and {found[1][0]}"

    def korean_layer(match: re.Match[str]) -> str:
        found = _entries_on(report, int(match[1]))
        return match[0] if len(found) > 1 or found == [0] else f"레이어 {found[0]}번"

    if spoken() == KOREAN:
        return _KOREAN_PLACE.sub(korean_layer, text)
    return _PLACE.sub(layer, _TWO_PLACES.sub(layers, text))


def problem(fact: ProblemFound) -> list[ReplyLine]:
    """A problem: its message, where the size came from, the notes."""
    session, report, found, _ = fact
    layout, encoding = report.layout, session.options.encoding

    def in_layers(template: str, facts: Any) -> str:
        return clean(by_layers(render(template, facts, layout), report), encoding)

    message = clean(by_layers(found.message(layout), report), encoding)
    if not fact.heads:
        message = f"  {_where(fact)}{message}"
    lines = [ReplyLine(message, WRONG if found.severity == ERROR else WARN)]
    pointer = in_layers(found.pointer, found.facts)
    lines += [ReplyLine(f"  {pointer}")] if pointer and pointer not in message else []
    for label in found.labels:
        text = in_layers(label.template, label.facts)
        number = entry_at(report, label.span.start)
        if number and label.template.startswith("gives"):
            text = say("layer {number} {text}", number=number, text=text)
        lines.append(ReplyLine(f"  {text}"))
    lines += [ReplyLine(f"  {in_layers(note.template, note.facts)}") for note in found.notes]
    said = [line.text for line in lines]  # the arithmetic may be in a label already
    hints = [hint for hint in _hints(report, found) if not any(text.endswith(hint) for text in said)]
    return lines + [ReplyLine(f"  {hint}") for hint in hints]


def _where(fact: ProblemFound) -> str:
    """`layer 3: ` where a problem is in a layer, `line 3: ` elsewhere in a file that the user can look at."""
    report, start = fact.report, fact.problem.span.start
    number = entry_at(report, start)
    root = report.spec.root if report.spec else None
    layers = root.get("layers") if root is not None else None
    if number and layers is not None and layers.start <= start <= layers.end:
        return say("layer {number}: ", number=number)
    if fact.session.saved is None:
        return ""
    return say("line {number}: ", number=report.source.position(start)[0])


def _hints(report: CheckResult, found: Diagnostic) -> Iterator[str]:
    """Lines of arithmetic for a message, in the numbers of the layer that it is about."""
    if report.trace is None or found.rule != "expect-mismatch":
        return
    yield from _batch_hint(found.facts)
    node = next((node for node in report.trace.network.layers if node.name == found.layer), None)
    if node is None:
        return
    expected, given = found.facts.get("expected"), found.facts.get("found")
    node = node.owner or node  # what is expected of an activation is so of the layer that it is written on
    x = node.inputs[0].output if node.inputs else None
    if isinstance(expected, Shape) and isinstance(given, Shape) and x is not None and x.known:
        yield from _size_hints(node, x, expected, given)


def _batch_hint(facts: Any) -> Iterator[str]:
    """A stated number that is a multiple of the right one holds the batch too."""
    stated, channels = facts.get("stated"), facts.get("channels")
    if facts.get("assertion") != "in_features" or not stated or not channels:
        return
    if stated > channels and stated % channels == 0:
        yield say(
            "{stated} = {batch}*{channels}: flatten keeps the batch apart, it is never part of a shape",
            stated=stated,
            batch=stated // channels,
            channels=channels,
        )


def _size_hints(node: Node, x: Shape, expected: Shape, given: Shape) -> Iterator[str]:
    """How the size comes about, and why something else comes out than a reader expected."""
    layer: Any = node.layer
    if layer is None:
        return
    formula = layer.formula((x,), given)
    if formula:
        yield formula
    if not layer.has_windows or x.rank != len(layer.kernel_size) or len(expected) != len(given):
        return
    sizes = list(zip(expected.sizes, x.sizes, strict=True))
    hints = (_same_hint,) if layer.padding == "same" else _SIZE_HINTS
    yield from list(filter(None, (hint(layer, x, sizes) for hint in hints)))[:1]


def _same_hint(layer: Any, x: Shape, sizes: list[tuple[int, int]]) -> str:
    strided = set(layer.stride) != {1}
    return say("same keeps a size at stride 1 only: otherwise it gives ceil(size/stride)") if strided else ""


def _keeping_hint(layer: Any, x: Shape, sizes: list[tuple[int, int]]) -> str:
    """The padding that keeps a size, where a kept size is expected."""
    windows = layer.windows(x)
    kept = any(wanted == size for wanted, size in sizes)
    if not kept or set(layer.stride) != {1} or not all(window.extent % 2 for window in windows):
        return ""
    extent = windows[0].extent
    text = "a kernel of {extent} keeps the size with padding ({extent} - 1)/2 = {padding}"
    return say(text, extent=extent, padding=(extent - 1) // 2)


def _dilation_hint(layer: Any, x: Shape, sizes: list[tuple[int, int]]) -> str:
    if set(layer.per_axis_dilation) == {1}:
        return ""
    window = layer.windows(x)[0]
    return say(
        "with dilation {dilation} a kernel of {kernel} covers {dilation}*({kernel} - 1) + 1 = {extent}",
        dilation=window.dilation,
        kernel=window.kernel_size,
        extent=window.extent,
    )


def _halving_hint(layer: Any, x: Shape, sizes: list[tuple[int, int]]) -> str:
    halved = all(wanted and wanted <= size // 2 + 1 for wanted, size in sizes)
    if not halved or set(layer.stride) != {1}:
        return ""
    return say("the stride is 1 here, so nothing is halved: the formula divides by the stride")


# of these the first that applies is shown
_SIZE_HINTS: tuple[Callable[[Any, Shape, list[tuple[int, int]]], str], ...] = (
    _keeping_hint,
    _dilation_hint,
    _halving_hint,
)


def fixes(fact: FixesOffered) -> Iterator[ReplyLine]:
    """The repairs with the sizes that follow from each."""
    for number, fix in enumerate(fact.fixes[: fact.most], 1):
        head = say("fix {number}", number=number)
        yield ReplyLine(f"  {head}: {_fix_by_layers(fact.report, fix)}", FIX)


def fix_made(fact: FixMade) -> Iterator[ReplyLine]:
    """The repair that was made."""
    yield ReplyLine(f"  {_fix_by_layers(fact.report, fact.fix)}")


def _fix_by_layers(report: CheckResult, fix: Fix) -> str:
    title = by_layers(told(fix.title), report, [edit.span.start for edit in fix.edits])
    others = tuple(by_layers(told(other), report) for other in fix.others)
    return fix_text(fix._replace(title=title, outcome=by_layers(told(fix.outcome), report), others=others))


def new_warnings(fact: NewWarnings) -> Iterator[ReplyLine]:
    """Warnings that the last change brought."""
    session, before, grown = fact
    if grown is None:
        known = {(one.rule, one.layer) for one in report_of(before).warnings} if before is not None else set()
        fresh = [one for one in session.report.warnings if (one.rule, one.layer) not in known]
    else:
        fresh = [*grown.warnings]
    for one in fresh[:2]:
        text = one.message(grown.layout if grown is not None else session.report.layout)
        text = by_layers(text, session.report) if _PLACE.search(text) or _KOREAN_PLACE.search(text) else text
        message = clean(text, session.options.encoding)
        yield ReplyLine(f"  {say(WARNING)}: {message}", WARN)
