"""Clues about the order of lines: one that is doubled, two that changed places."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from cnn_shapes.diagnosis.labels import block_call
from cnn_shapes.diagnostics import Note
from cnn_shapes.language.entry import Item, at_any_depth
from cnn_shapes.repair.clues.case import Case
from cnn_shapes.repair.clues.series import counts_up
from cnn_shapes.shapes import GROUPS_NOT_DIVISIBLE, NEEDS_FLATTEN, NOT_WHOLE, WINDOW_TOO_LARGE, WRONG_RANK
from cnn_shapes.source import Edit, Span

SIZE_RULES = (*NOT_WHOLE, WINDOW_TOO_LARGE, GROUPS_NOT_DIVISIBLE)
_RANKS = (NEEDS_FLATTEN, WRONG_RANK)
_MOST = 30  # texts read for each of these clues


def doubled(case: Case) -> list[Note]:
    """A line that is written twice, where once is right."""
    pairs = [
        (before, after)
        for items in case.lists
        for before, after in pairwise(items)
        if not after.is_alias and case.text(before) == case.text(after)
    ]
    case.at_most(_MOST)
    for before, after in pairs:
        if case.mends([Edit(Span(before.node.end, after.node.end), "")]):
            facts = {"line": case.line(after), "other": case.line(before)}
            return [Note("line {line} repeats line {other}: without it the network has no error", facts)]
    return []


def swapped(case: Case, least: int | None = None) -> list[Note]:
    """Two neighbours that the other way round leave no error; `least`: so much more usual the other way."""
    case.at_most(_MOST)
    gains = [(_unusual(case, *pair), pair) for pair in case.near]
    # the sort is stable: of those that are as unusual the nearest
    for gain, (before, after) in sorted(gains, key=lambda one: -one[0]):
        if before.is_alias or after.is_alias or case.line(before) == case.line(after):
            continue
        if (least is not None and gain < least) or _works_elsewhere(case, before, gain):
            continue
        # of two alike, or where a size is wrong, a number would be as likely a slip as the order
        matters = _order_matters(before, after, case.rule in SIZE_RULES) or _is_lost(case, after)
        numbers = gain <= 0 and not matters
        if before.kind == after.kind:
            numbers = _are_alike(before, after) or counts_up(before, after, case.list_of(before))
        if numbers and case.failed is not None and case.rule not in _RANKS:
            continue
        if gain <= 0 and case.failed is not None and _rename_each_other(before, after):
            continue
        texts = case.text(before), case.text(after)
        if case.mends([Edit(before.node.span, texts[1]), Edit(after.node.span, texts[0])]):
            facts = {"line": case.line(before), "other": case.line(after)}
            template = "lines {line} and {other} look swapped: the other way round the network has no error"
            return [Note(template, facts)]
    return []


def _is_lost(case: Case, item: Item) -> bool:
    """Whether what an entry gives is read by nothing: it has no name, and the next one reads names alone."""
    items = case.list_of(item)
    place = next((number for number, one in enumerate(items) if one is item), len(items))
    if item.name is not None or item.into or place + 1 >= len(items):
        return False
    sources = items[place + 1].sources
    return bool(sources) and all(source.text != "prev" for source in sources or ())


def _rename_each_other(before: Item, after: Item) -> bool:
    """Whether either of two lines has a name, which would mean something else the other way round."""
    if before.kind == after.kind or before.name is None or after.name is None:
        return False
    return after.sources is None or any(source.text == "prev" for source in after.sources)


def _works_elsewhere(case: Case, item: Item, gain: int) -> bool:
    """Whether an entry is in a block that was called before without an error: its order is no slip, then."""
    call = block_call(case.failed.group) if case.failed is not None else None
    if gain > 0 or call is None or case.report.trace is None:
        return False
    block = case.spec.blocks[call.kind]
    if not block.key.start <= item.node.start or item not in at_any_depth(block.items):
        return False
    for node in case.report.trace.network.layers:
        other = block_call(node.group)
        if other is call:
            return False
        if other is not None and other.kind == call.kind:
            return True
    return False


def _order_matters(before: Item, after: Item, about_sizes: bool) -> bool:
    """Whether another order of two entries is a slip of the hand rather than a number: one joins or cuts."""
    layers = [item.layer for item in (before, after) if item.layer is not None]
    if any(layer.adds_margins for layer in layers) or before.sources or after.sources:
        return True
    return not about_sizes and any(layer.joins or layer.splits or layer.flattens for layer in layers)


def _unusual(case: Case, before: Item, after: Item) -> int:
    """How many more kinds that follow one another would do so elsewhere too, were these two swapped."""
    items = case.list_of(before)
    place = next((place for place, item in enumerate(items) if item is before), -1)
    if place < 0:
        return 0
    kinds = [item.kind for item in items[max(0, place - 1) : place + 3]]
    here = place - max(0, place - 1)
    swapped_kinds = [*kinds[:here], after.kind, before.kind, *kinds[here + 2 :]]
    now, then = Counter(pairwise(kinds)), Counter(pairwise(swapped_kinds))

    def elsewhere(pair: tuple[str, str]) -> bool:
        return case.orders[pair] > now[pair]

    return sum(map(elsewhere, then)) - sum(map(elsewhere, now))


def _are_alike(before: Item, after: Item) -> bool:
    """Whether two entries of a kind differ in numbers alone, and have no names that count up."""
    if before.settings.keys() != after.settings.keys() or (before.sources is None) != (after.sources is None):
        return False
    return before.name is None or after.name is None or before.name < after.name
