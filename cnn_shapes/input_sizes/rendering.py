"""The answer as text for people, and as JSON. Sizes are in the order (depth,) height, width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import format_shape, format_sizes, render, short_path
from cnn_shapes.input_sizes.answer import SQUARE, Blocking, Coupling, FailingSize, Question, Sizes
from cnn_shapes.input_sizes.progressions import Progression
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.network import Node
from cnn_shapes.shapes import AXIS_NAMES, Shape, ShapeError, listed
from cnn_shapes.shown_text import cells, padded
from cnn_shapes.source import on_one_line, shown_path
from cnn_shapes.words import both, say

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

_MOST_LINES = 12
_MOST_FINITE = 12
_MOST_FURTHER = 6


def as_json(sizes: Sizes, report: CheckResult) -> dict[str, Any]:
    """The stable form, version 1: `smallest` and `progressions` by axis where each axis decides by itself."""
    smallest, below, above = (list(size) if size else None for size in sizes.nearest)
    axes = {name: _listed(some) for name, some in sizes.axes.items()}
    independent = SQUARE not in axes
    answer: dict[str, Any] = {
        "version": 1,
        "rounding": sizes.question.rounding,
        "proved": sizes.proved,
        "smallest": dict(zip(axes, smallest, strict=True)) if independent and smallest else smallest,
        "below": below,
        "above": above,
        "progressions": (axes if independent else axes[SQUARE]) if sizes.found else [],
        "failing": [
            {"size": list(one.size), **_culprit(one.failure.node, one.failure.error, report)}
            for one in sizes.failing
        ],
    }
    if sizes.question.varying:
        answer["inputs"] = list(sizes.question.varying)
    if sizes.coupling is not None:
        answer["varied"] = [
            {"axis": one.axis, "held": one.held, "progressions": _listed(one.progressions)}
            for one in sizes.coupling.varied
        ]
        if sizes.coupling.further is not None:
            answer["others"] = [list(size) for size in sizes.coupling.further.sizes[:_MOST_FINITE]]
    if sizes.blocking is not None:
        answer["blocking"] = _culprit(sizes.blocking.node, sizes.blocking.error, report)
    return answer


def _listed(found: Sequence[Progression]) -> list[dict[str, Any]]:
    return [one._asdict() for one in found]


def _culprit(node: Node, error: ShapeError, report: CheckResult) -> dict[str, Any]:
    return {"layer": node.name, "rule": error.rule, "line": _line(node, error, report)}


def text(sizes: Sizes, report: CheckResult) -> str:
    """The answer in lines for a terminal."""
    path, shape = shown_path(report.source.path), report.inputs_text()
    blocking, further = sizes.blocking, sizes.coupling.further if sizes.coupling is not None else None
    lines = [f"{path}   {shape}   rounding: {sizes.question.rounding}", ""]
    if blocking is not None:
        lines += _blocked(blocking, sizes.question, report)
    elif further is not None and not further.sizes:
        lines += _not_found(further.tried, sizes.tested, AXIS_NAMES[len(sizes.question.own)])
    else:
        lines += _rows(sizes)
    failing = [one for one in sizes.failing if blocking is None or one.failure.node is not blocking.node]
    if failing:
        lines += ["", f"  {say('first layer that fails')}", *_failures(failing, report)]
    lines += (f"  {say('note')}: {note}" for note in _notes(sizes, report))
    return "".join(f"{on_one_line(line)}\n" for line in lines)


def _rows(sizes: Sizes) -> list[str]:
    own, nearest = sizes.question.own, sizes.nearest
    none = say("none") if sizes.tested is None else say("none up to {size:,}", size=sizes.tested)
    works = say("works" if sizes.works else "does not work")
    if sizes.question.square and len(set(own)) > 1:
        works = say("{works}, and is not square", works=works)
    above = none if sizes.tested is None or sizes.tested > max(own) else say("not known")
    rows = [
        *_progressions(sizes, none),
        (say("smallest"), _or(none, nearest.smallest)),
        (say("this input, {size}", size=format_sizes(own)), works),
        (say("nearest below"), _or(say("none"), nearest.below)),
        (say("nearest above"), _or(above, nearest.above)),
    ]
    width = max(cells(head) for head, _ in rows)
    return [f"  {padded(head, width)}   {said}".rstrip() for head, said in rows]


def _blocked(blocking: Blocking, question: Question, report: CheckResult) -> list[str]:
    node, error, at_every_size = blocking
    square = question.square and len(question.own) > 1 and not at_every_size
    fails = "{layer}, line {line}, fails at every size that gets as far"
    if at_every_size:
        fails = "{layer}, line {line}, fails whatever the size"
    place = say(fails, layer=short_path(node.name), line=_line(node, error, report))
    said = _said(error, report)
    return [
        f"  {say('no square input size works' if square else 'no input size works')}",
        f"  {place if square else say('{place}: fix it first', place=place)}",
        *([f"    {said}"] if said else []),
    ]


def _not_found(tried: int, tested: int | None, names: Sequence[str]) -> list[str]:
    shape = say("squares" if len(names) == 2 else "cubes")
    if tested is not None:
        shape = say("{shapes} up to {size:,}", shapes=shape, size=tested)
    text = "all {shapes} were tried, and every {axis} with each {others}, up to {size:,}"
    others = both(say(name) for name in names[1:])
    return [
        f"  {say('no input size that works was found')}",
        f"  {say(text, shapes=shape, axis=say(names[0]), others=others, size=tried)}",
    ]


def describe(found: Sequence[Progression], none: str = "", only: str = "only {sizes}") -> list[str]:
    """A line for each endless progression or block of them, and one for all finite ones.

    `only` begins that where no other is there: not all may be known.
    """
    lines = [_endless(*block) for block in _blocks([one for one in found if one.last is None])]
    finite = [_finite(one) for one in found if one.last is not None]
    hidden = len(lines) - _MOST_LINES
    if hidden > 0:
        lines = [*lines[:_MOST_LINES], say("and {count:,} more such lines, which --json lists", count=hidden)]
    if finite:
        shown = _and_more(", ".join(finite[:_MOST_FINITE]), len(finite) - _MOST_FINITE)
        lines.append(say("also {sizes}" if lines else only, sizes=shown))
    return lines or [none or say("none")]


def _and_more(shown: str, count: int) -> str:
    return say("{shown} and {count:,} more", shown=shown, count=count) if count > 0 else shown


def _progressions(sizes: Sizes, none: str) -> list[tuple[str, str]]:
    names = list(sizes.axes)
    found_sizes = list(sizes.axes.values())
    heads: dict[str, Sequence[Progression]] = {say(axis): found for axis, found in sizes.axes.items()}
    if names == [SQUARE]:
        heads = {" = ".join(map(say, AXIS_NAMES[len(sizes.question.own)])): found_sizes[0]}
    elif all(one == found_sizes[0] for one in found_sizes):
        heads = {say("{axes}, each", axes=listed([say(name) for name in names])): found_sizes[0]}
    for one in sizes.coupling.varied if sizes.coupling is not None else ():
        held = ", ".join(say("{axis} {size}", axis=say(name), size=size) for name, size in one.held.items())
        heads[say("{axis} with {held}", axis=say(one.axis), held=held)] = one.progressions
    rows = []
    for head, found in heads.items():
        first, *others = describe(found, none, "only {sizes}" if sizes.tested is None else "at least {sizes}")
        rows += [(head, first), *(("", other) for other in others)]
    if sizes.coupling is not None and sizes.coupling.further is not None:
        further = sizes.coupling.further.sizes
        shown = ", ".join(map(format_sizes, further[:_MOST_FURTHER])) or say("none")
        rows.append((say("others"), _and_more(shown, len(further) - _MOST_FURTHER)))
    return rows


def _blocks(endless: list[Progression]) -> list[tuple[Progression, int]]:
    """Neighbours with the same step, as the first of them and the first size of the last."""
    blocks: list[tuple[Progression, int]] = []
    for one in endless:
        if blocks and one.step == blocks[-1][0].step and one.first == blocks[-1][1] + 1:
            blocks[-1] = (blocks[-1][0], one.first)
        else:
            blocks.append((one, one.first))
    return blocks


def _endless(one: Progression, end: int) -> str:
    first, step = one.first, one.step
    if end > first:
        text = "{first} to {end}, {second} to {second_end}, and so on in steps of {step}, to infinity"
        return say(text, first=first, end=end, second=first + step, second_end=end + step, step=step)
    if step == 1:
        return say("every size from {first} on", first=first)
    if first % step == 0:
        return say("every multiple of {step} from {first}, to infinity", step=step, first=first)
    text = "{first}, {second}, {third}, and so on in steps of {step}, to infinity"
    return say(text, first=first, second=first + step, third=first + 2 * step, step=step)


def _finite(one: Progression) -> str:
    last = one.last or one.first
    if one.first == last:
        return str(one.first)
    if one.first + one.step == last:
        return f"{one.first}, {last}"
    if one.step == 1:
        return say("{first} to {last}", first=one.first, last=last)
    return say("{first} to {last} in steps of {step}", first=one.first, last=last, step=one.step)


def _or(none: str, size: tuple[int, ...] | None) -> str:
    return format_sizes(size) if size else none


def _failures(failing: Sequence[FailingSize], report: CheckResult) -> list[str]:
    rows = []
    for one in failing:
        node, error = one.failure
        place = say("{layer}, line {line}", layer=short_path(node.name), line=_line(node, error, report))
        rows.append((format_sizes(one.size), place, _said(error, report)))
    widths = [max(cells(row[column]) for row in rows) for column in (0, 1)]
    return [
        f"    {padded(size, widths[0])}   {padded(place, widths[1])}   {said}" for size, place, said in rows
    ]


def _said(error: ShapeError, report: CheckResult) -> str:
    facts = {
        name: tuple(format_shape(part, report.layout) if isinstance(part, Shape) else part for part in fact)
        if isinstance(fact, tuple) and not isinstance(fact, Shape)
        else fact
        for name, fact in error.facts.items()
    }
    said = render(error.template, facts, report.layout)
    return f"{error.rule}: {said}" if said else error.rule


def _line(node: Node, error: ShapeError, report: CheckResult) -> int | str:
    return report.source.line_of(node.at(error.field).start)


def _notes(sizes: Sizes, report: CheckResult) -> list[str]:
    question, smallest = sizes.question, sizes.nearest.smallest
    at_every_size = sizes.blocking is not None and sizes.blocking.at_every_size
    notes = _varied(question, report) if question.varying else []
    if sizes.coupling is not None and (sizes.found or sizes.coupling.further is None):
        notes.append(_coupled(sizes.coupling, question, report))
    if sizes.tested is not None:
        notes.append(say("tested up to {size:,}, not proved beyond", size=sizes.tested))
    if question.square and smallest is None and len(question.own) > 1 and not at_every_size:
        text = "without --square, other sizes are shown too"
        if sizes.works:
            text = "{size} works and is not square: without --square, other sizes are shown too"
        notes.append(say(text, size=format_sizes(question.own)))
    if smallest is not None and max(smallest) > LARGEST:
        notes.append(say("sizes end at 2**31-1, as in every framework: check takes none of these"))
    if question.leaves_out_expect:
        notes.append(say("expect is left out: it states the sizes of one input"))
    for node, rule in report.silenced:
        text = "check does not report {rule} at {layer}, which is silenced"
        notes.append(say(text, rule=rule, layer=short_path(node.name)))
    return notes


def _varied(question: Question, report: CheckResult) -> list[str]:
    """Which of several inputs vary, and how to ask for one that does not."""
    varying, fixed = question.varying, question.fixed
    said = say("{inputs} varies" if len(varying) == 1 else "{inputs} vary together", inputs=listed(varying))
    if fixed:
        stays = say(
            "{inputs} stays as given" if len(fixed) == 1 else "{inputs} stay as given", inputs=listed(fixed)
        )
        said = say("{varying}; {fixed}", varying=said, fixed=stays)
    inputs = report.spec.inputs if report.spec is not None else {}
    others = [name for name in fixed if inputs[name].shape.rank]
    return [say("{said}: --vary {other} asks for {other}", said=said, other=others[0]) if others else said]


def _coupled(coupling: Coupling, question: Question, report: CheckResult) -> str:
    names = AXIS_NAMES[len(question.own)]
    axes = listed([say(name) for name in names])
    why = say("{axes} may depend on each other", axes=axes)
    if coupling.node is not None:
        line = report.source.line_of(coupling.node.at("").start)
        why = say(
            "{layer}, line {line}, ties {axes} together",
            layer=short_path(coupling.node.name),
            line=line,
            axes=axes,
        )
    text = "{why}: shown are equal sizes, and each axis with the others as in this input; more may work"
    if len(names) == 2:
        text = "{why}: shown are equal sizes, and each axis with the other as in this input; more may work"
    return say(text, why=why)
