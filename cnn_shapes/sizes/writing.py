"""Writes the answer: for people, and as JSON. Sizes stand in the order (depth,) height, width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import format_shape, format_sizes, render
from cnn_shapes.shapes import AXIS_NAMES, Shape
from cnn_shapes.sizes.answer import SQUARE, Failing, Sizes
from cnn_shapes.sizes.progressions import Progression

if TYPE_CHECKING:
    from cnn_shapes.check import Report

_MOST_LINES = 12
_MOST_FINITE = 12


def as_json(sizes: Sizes, report: Report) -> dict[str, Any]:
    """The stable form, version 1: `smallest` and `progressions` by axis where each axis decides by itself."""
    apart = SQUARE not in sizes.axes
    lists = {name: [one._asdict() for one in some] for name, some in sizes.axes.items()}
    smallest: Any = list(sizes.smallest) if sizes.smallest else None
    if apart and sizes.smallest:
        smallest = dict(zip(sizes.axes, sizes.smallest, strict=True))
    found = sizes.smallest is not None
    return {
        "version": 1,
        "rounding": sizes.rounding,
        "proved": sizes.proved,
        "smallest": smallest,
        "below": list(sizes.below) if sizes.below else None,
        "above": list(sizes.above) if sizes.above else None,
        "progressions": (lists if apart else lists[SQUARE]) if found else [],
        "failing": [
            {
                "size": list(one.size),
                "layer": one.failure.node.name,
                "rule": one.failure.error.rule,
                "line": _line(one, report),
            }
            for one in sizes.failing
        ],
    }


def text(sizes: Sizes, report: Report) -> str:
    """The answer in lines for a terminal; names out of the spec stand in it as they are."""
    rows = [*_progressions(sizes), ("smallest", _or_none(sizes.smallest))]
    own = format_sizes(sizes.own)
    rows.append((f"this input, {own}", "works" if sizes.works else "does not work"))
    rows += [("nearest below", _or_none(sizes.below)), ("nearest above", _or_none(sizes.above))]
    width = max(len(head) for head, _ in rows)
    title = f"{report.source.path}   {format_shape(report.input, report.layout)}   rounding: {sizes.rounding}"
    lines = [title, "", *(f"  {head:{width}}   {said}".rstrip() for head, said in rows)]
    if sizes.failing:
        lines += ["", "  first layer that fails", *_failures(sizes, report)]
    return "\n".join(lines + [f"  note: {note}" for note in _notes(sizes)]) + "\n"


def describe(found: list[Progression]) -> list[str]:
    """A line for each endless progression or block of them, and one for all finite ones."""
    lines = [_endless(*block) for block in _blocks([one for one in found if one.last is None])]
    finite = [_finite(one) for one in found if one.last is not None]
    hidden = len(lines) - _MOST_LINES
    if hidden > 0:
        lines = [*lines[:_MOST_LINES], f"and {hidden:,} more such lines, which --json lists"]
    if finite:
        more = f" and {len(finite) - _MOST_FINITE:,} more" if len(finite) > _MOST_FINITE else ""
        lines.append(f"{'also ' if lines else ''}{', '.join(finite[:_MOST_FINITE])}{more}")
    return lines or ["none"]


def _progressions(sizes: Sizes) -> list[tuple[str, str]]:
    names = list(sizes.axes)
    listed = list(sizes.axes.values())
    if names == [SQUARE]:
        axes = AXIS_NAMES[len(sizes.own)]
        heads = {" = ".join(axes): listed[0]}
    elif all(one == listed[0] for one in listed):
        heads = {f"{', '.join(names[:-1])} and {names[-1]}, each": listed[0]}
    else:
        heads = sizes.axes
    rows = []
    for head, found in heads.items():
        first, *others = describe(found)
        rows += [(head, first), *(("", other) for other in others)]
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
        return f"{first} to {end}, {first + step} to {end + step}, and so on in steps of {step}, to infinity"
    if step == 1:
        return f"every size from {first} on"
    if first % step == 0:
        return f"every multiple of {step} from {first}, to infinity"
    return f"{first}, {first + step}, {first + 2 * step}, and so on in steps of {step}, to infinity"


def _finite(one: Progression) -> str:
    last = one.last or one.first
    if one.first == last:
        return str(one.first)
    if one.first + one.step == last:
        return f"{one.first}, {last}"
    if one.step == 1:
        return f"{one.first} to {last}"
    return f"{one.first} to {last} in steps of {one.step}"


def _or_none(size: tuple[int, ...] | None) -> str:
    return format_sizes(size) if size else "none"


def _failures(sizes: Sizes, report: Report) -> list[str]:
    rows = []
    for one in sizes.failing:
        node, error = one.failure
        place = f"{node.name}, line {_line(one, report)}"
        facts = {
            name: tuple(
                format_shape(part, report.layout) if isinstance(part, Shape) else part for part in fact
            )
            if isinstance(fact, tuple) and not isinstance(fact, Shape)
            else fact
            for name, fact in error.facts.items()
        }
        said = render(error.template, facts, report.layout)
        rows.append((format_sizes(one.size), place, f"{error.rule}: {said}" if said else error.rule))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"    {size:{widths[0]}}   {place:{widths[1]}}   {said}" for size, place, said in rows]


def _line(one: Failing, report: Report) -> int:
    return report.source.position(one.failure.node.at(one.failure.error.field).start)[0]


def _notes(sizes: Sizes) -> list[str]:
    axes = " and ".join(AXIS_NAMES[len(sizes.own)][-2:])
    notes = []
    if sizes.coupled:
        notes.append(f"the network ties {axes} to each other: equal ones are told")
    if sizes.tested is not None:
        notes.append(f"tested up to {sizes.tested:,}, not proved beyond")
    if sizes.expectations:
        notes.append("expect is left out: it states the sizes of one input")
    return notes
