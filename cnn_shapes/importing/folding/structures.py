"""Finds the regions of a list that begin at one value and end in a join: residuals, gates, branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnn_shapes.importing.folding.items import GATE, PARALLEL, RESIDUAL, FoldedItem, Values
from cnn_shapes.layers.fields import ACTIVATIONS
from cnn_shapes.shapes import CHANNELS

LAYERS, SHORTCUT = "layers", "shortcut"
_DEEPEST = 10  # structures inside one another, beyond which nobody follows them
_MERGES = ("add", "multiply", "concat")


class Region(NamedTuple):
    """What lies between a value and a join: the place of its first item, and a branch for each input."""

    first: int
    entering: str
    branches: list[list[FoldedItem]]


def structured(items: list[FoldedItem], values: Values) -> list[FoldedItem]:
    """The list with its regions as structures, the innermost first. What is in structures is done already."""
    done: list[FoldedItem] = []
    for item in items:
        done.append(item)
        if item.kind in _MERGES and item.fields.get("axis", CHANNELS) == CHANNELS:
            region = _region(done, values)
            made = None if region is None else _structure(region, item, values)
            if region is not None and made is not None and made.depth <= _DEEPEST:
                done[region.first :] = [made]
        elif item.kind in ACTIVATIONS and not item.fields and len(done) > 1:
            _take_activation(done, values)
    return done


def _take_activation(done: list[FoldedItem], values: Values) -> None:
    item, last = done[-1], done[-2]
    if (
        last.kind == RESIDUAL
        and "activation" not in last.fields
        and item.inputs == last.outputs
        and values.uses[last.outputs[0]] == 1
    ):
        last.fields["activation"] = item.kind
        last.outputs, last.last, last.title = item.outputs, item.last, item.title
        done.pop()


def _region(items: list[FoldedItem], values: Values) -> Region | None:
    """The shortest region that ends in the last of these items."""
    join = items[-1]
    if len({*join.inputs}) != len(join.inputs):
        return None
    inside: dict[str, int] = {}
    wanted = {*join.inputs}
    for first in range(len(items) - 2, -1, -1):
        item = items[first]
        for value in item.outputs:
            inside[value] = first
            if value in wanted:
                wanted.discard(value)
            if values.read_after(value, join.last):
                return None
        if values.shares(item):
            return None  # its name would be seen by nobody outside
        if len(wanted) > 1:
            continue
        entering = next(iter(wanted)) if wanted else item.inputs[0] if item.inputs else None
        if entering is None or entering in inside:
            continue
        branches = _branches(items[first:-1], join, entering)
        if branches is not None:
            return Region(first, entering, branches)
    return None


def _branches(region: list[FoldedItem], join: FoldedItem, entering: str) -> list[list[FoldedItem]] | None:
    """The items of each input of the join, where they lie one branch after the other and do not mix."""
    ends = {value: place for place, value in enumerate(join.inputs)}
    branch_of: dict[str, int] = {}
    branches: list[list[FoldedItem]] = [[] for _ in join.inputs]
    current: list[FoldedItem] = []
    started: list[int] = []
    for item in region:
        inner = {branch_of[value] for value in item.reads if value in branch_of}
        if not current:
            if item.inputs[0] != entering or inner:
                return None
        elif item.inputs[0] == entering and not inner:
            return None  # another branch begins before this one has ended
        number = len(started)
        if inner - {number}:
            return None
        current.append(item)
        for value in item.outputs:
            branch_of[value] = number
        if item.previous in ends and len(item.outputs) == 1:
            branches[ends[item.outputs[0]]] = current
            started.append(ends[item.outputs[0]])
            current = []
    if current:
        return None
    empty = [place for place, branch in enumerate(branches) if not branch]
    if [join.inputs[place] for place in empty] not in ([], [entering]):
        return None
    return branches


def _structure(region: Region, join: FoldedItem, values: Values) -> FoldedItem | None:
    shape = values.shapes[join.outputs[0]]
    keeps = values.shapes[region.entering] == shape
    ordered = [branch for branch in region.branches if branch]
    by_place = sorted(ordered, key=lambda branch: branch[0].first)
    make: Callable[..., FoldedItem] = lambda kind, lists, **fields: FoldedItem(  # noqa: E731
        kind,
        fields,
        [region.entering],
        list(join.outputs),
        lists,
        join.modules,
        join.path,
        join.title,
        by_place[0][0].first,
        join.last,
        depth=1 + max(item.depth for branch in ordered for item in branch),
    )
    ends = [
        values.shapes[branch[-1].outputs[0]] if branch else values.shapes[region.entering]
        for branch in region.branches
    ]
    if join.kind == "add" and len(ends) == 2 and ends[0] == ends[1]:
        main, side = by_place[0], by_place[1] if len(by_place) > 1 else []
        if _weight(main) >= _weight(side):
            return make(RESIDUAL, {LAYERS: main, SHORTCUT: side})
        return make(RESIDUAL, {LAYERS: side, SHORTCUT: main}, shortcut_first=True)
    if join.kind == "multiply" and len(ends) == 2 and len(ordered) == 1 and keeps:
        return make(GATE, {LAYERS: ordered[0]})
    if len(ordered) == 1 and not all(
        values.shapes[value][1:] == shape[1:] for item in ordered[0] for value in item.outputs
    ):
        return None  # an encoder and its decoder: nested branches would hide what is written one by one
    if join.kind == "concat" and [branch for branch in region.branches if branch] != by_place:
        return None
    branches = region.branches if join.kind == "concat" else _in_order(region.branches, by_place)
    return make(PARALLEL, {str(place): branch for place, branch in enumerate(branches)}, merge=join.kind)


def _in_order(branches: list[list[FoldedItem]], by_place: list[list[FoldedItem]]) -> list[list[FoldedItem]]:
    """Branches of a join that does not tell them apart, in the order of computing."""
    return [*([] for branch in branches if not branch), *by_place]


def _weight(branch: list[FoldedItem]) -> int:
    return sum(1 for item in branch for _ in item.everything())
