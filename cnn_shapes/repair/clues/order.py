"""Which clues are looked for, in which order: what is most like a slip of the hand comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import Diagnostic, Note
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.reading.wording import MISSING_FIELD
from cnn_shapes.network import Node
from cnn_shapes.repair.clues import blocks, lost, names, needs, numbers
from cnn_shapes.repair.clues.case import Case
from cnn_shapes.repair.clues.lines import SIZE_RULES, doubled, swapped
from cnn_shapes.repair.clues.moves import LIKELY_LAYOUT
from cnn_shapes.repair.clues.whole import missing_default, other_defaults, other_input
from cnn_shapes.shapes import WINDOW_TOO_LARGE
from cnn_shapes.source import Edit


class Clues(NamedTuple):
    """What in the text may have led to the first error of a report.

    `about`: the error that they are clues to. `mended`: the report of the text with the change that they
    name, None where that is not proved; `edits`: that change. `others`: further changes that a slip may have
    undone. The costs of a change are those of a repair. `about_number`: a search for numbers finds it, too.
    """

    notes: list[Note]
    about: Diagnostic
    mended: CheckResult | None = None
    edits: Sequence[Edit] = ()
    cost: int = 0
    others: Sequence[Mending] = ()
    about_number: bool = False


class Mending(NamedTuple):
    """The edits of a clue and what they cost as a repair."""

    edits: Sequence[Edit]
    cost: int


def clues(
    report: CheckResult,
    first: Diagnostic,
    failed: Node | None,
    most: int = 1,
    share: float = 1,
    of_numbers: bool = True,
) -> Clues:
    """The clues to the first error of a report, of which `failed` is the first layer that fails.

    `most`: how many families of them are wanted. `share`: of the texts that may be read. `of_numbers`:
    whether clues about numbers are looked for.
    """
    if report.spec is None:
        return Clues([], first)
    # what does not fit beside a name that is lost may follow from that
    unknown = next((one for one in report.errors if one.rule == UNKNOWN_NAME and "name" in one.facts), first)
    case = Case(report, report.spec, unknown, failed, share)
    layout = any(one.rule == LIKELY_LAYOUT for one in report.diagnostics)
    found: list[Clues] = []
    for family in [doubled] if layout else [doubled, *_families(case)]:
        kind = getattr(family, "func", family)
        if kind in _OF_NUMBERS and not of_numbers:
            continue
        case.forget()
        notes = family(case)
        if notes:
            cost = _COSTS.get(kind, _COST)
            also = [Mending(edits, cost + place) for place, edits in enumerate(case.also, 1)]
            found.append(Clues(notes, unknown, case.mended, case.edits, cost, also, kind in _OF_NUMBERS))
        if len(found) == most:
            break
    if found:
        others = [Mending(one.edits, one.cost) for one in found[1:] if one.mended is not None]
        return found[0]._replace(others=[*found[0].others, *others])
    # a name that is missing has nothing to do with a join
    twice = names.same_twice(case) if case.rule and not case.unknown else []
    return Clues(twice or names.without_from(case), first)


_Family = Callable[[Case], list[Note]]
_OF_A_NAME_ELSEWHERE: tuple[_Family, ...] = (
    partial(names.meant, unread=True),
    blocks.lost_as_elsewhere,
    swapped,
    names.meant,
)
_OF_A_NAME: tuple[_Family, ...] = (
    partial(names.numbered, proved=True),
    lost.lost_between,
    names.without_name,
    names.lost_line_of_a_name,
    lost.lost_split,
    partial(names.meant, unread=True),
    names.numbered,
    lost.lost_after,
    swapped,
)
_OF_A_FIELD: tuple[_Family, ...] = (missing_default, names.lost_sources, needs.lost_argument)
_OF_READING: tuple[_Family, ...] = (blocks.idle_channels, lost.lost_anywhere, swapped)
_BEFORE: tuple[_Family, ...] = (
    blocks.idle_params,
    blocks.idle_channels,
    other_input,
    other_defaults,
    names.unread_elsewhere,
    partial(names.meant, alike=True),
    numbers.even_window,
)
_OF_SIZES: tuple[_Family, ...] = (numbers.unusual, numbers.unlike)
_AFTER: tuple[_Family, ...] = (
    partial(swapped, least=1),
    lost.lost_between,
    swapped,
    numbers.unlike,
    numbers.unusual,
    names.lost_from,
    names.lost_join,
    names.from_like_others,
    blocks.lost_neighbour,
    numbers.unlike_one,
    blocks.lost_next,
    lost.lost_key,
    lost.lost_padding,
    names.meant,
    lost.stride_too_many,
    lost.lost_anywhere,
    lost.lost_after,
    blocks.lost_call,
    blocks.lost_twin,
)
_OF_LINES: tuple[_Family, ...] = (lost.lost_between, lost.lost_anywhere, lost.lost_after)


_COST = 19
_COSTS: dict[object, int] = {
    doubled: 10,
    needs.undeclared_param: 3,
    needs.lost_argument: 13,
    swapped: 14,
    lost.lost_key: 16,
    lost.lost_between: 17,
    numbers.even_window: 20,  # of what the search finds, it says more
    numbers.unusual: 20,
    numbers.unlike: 20,
    numbers.unlike_one: 20,
    other_input: 30,
    other_defaults: 26,
}


_OF_NUMBERS = (numbers.even_window, numbers.unusual, numbers.unlike, numbers.unlike_one)


def _families(case: Case) -> Iterator[_Family]:
    """The families of clues for an error, as long as texts may be read."""
    if case.unknown and "block" in case.first.facts:
        yield needs.undeclared_param
    if case.unknown:
        elsewhere = any(item.name == case.unknown for item in case.spec.entries)
        yield from _OF_A_NAME_ELSEWHERE if elsewhere else _OF_A_NAME
    elif case.first.rule == MISSING_FIELD:
        yield from _OF_A_FIELD
    elif case.failed is None:
        yield from _OF_READING
    else:
        sizes = _OF_SIZES if case.rule in SIZE_RULES else ()
        families = (*_BEFORE, *sizes, *_AFTER)
        if case.rule not in SIZE_RULES:
            families = tuple(family for family in families if family is not numbers.unlike_one)
        if case.rule == WINDOW_TOO_LARGE:  # with a line more, the map would be no larger
            families = tuple(family for family in families if family not in _OF_LINES)
        yield from takewhile(lambda family: case.left > 0, families)
