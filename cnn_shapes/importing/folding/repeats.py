"""Runs: the same call of a block again and again, or the same few entries, each reading the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn_shapes.importing.folding.items import CALL, REFERENCES, REPEAT, FoldedItem, Values
from cnn_shapes.importing.folding.patterns import REST, TIMES
from cnn_shapes.importing.folding.structures import LAYERS

COLLECT = "collect"
_LONGEST_PERIOD = 6
_OF_FIRST = ("stride", "if", "dilation", "expansion")  # what the first block of a stage may have of its own


def with_runs(items: list[FoldedItem], values: Values) -> list[FoldedItem]:
    """The list with its runs as one entry each, in the lists of structures too."""
    for item in items:
        if item.kind != REPEAT:
            item.lists = {label: with_runs(inside, values) for label, inside in item.lists.items()}
    return _tandems(_calls(items, values), values)


def collected(items: list[FoldedItem], values: Values) -> list[FoldedItem]:
    """The same entry again and again, whose input and whose every output a concat joins."""
    made: list[FoldedItem] = []
    for join in items:
        count = len(join.inputs) - 1
        passes = made[-count:]
        if (
            join.kind == "concat"
            and not join.fields
            and 1 < count <= len(made)
            and join.inputs == [passes[0].inputs[0], *(one.outputs[0] for one in passes)]
            and all(_goes_on(one, value) for one, value in zip(passes, join.inputs[:-1], strict=True))
            and not any(values.read_after(value, join.last) for value in join.inputs[1:])
            and len({_key(one) for one in passes}) == 1
            and _key(passes[0]) is not None
        ):
            run = _covering(passes[0], join, REPEAT, {TIMES: count, COLLECT: "concat"})
            run.block, run.modules, run.lists = None, join.modules, {LAYERS: passes[:1]}
            made[-count:] = [run]
        else:
            made.append(join)
    return made


def _goes_on(item: FoldedItem, value: str) -> bool:
    return item.inputs == [value] and len(item.outputs) == 1


def _follows(item: FoldedItem, before: FoldedItem, values: Values) -> bool:
    """Whether an item reads the one before it alone, which nothing else reads."""
    return (
        item.inputs == before.outputs
        and len(item.outputs) == 1
        and not values.read_after(before.outputs[0], item.last)
        and not any(name in item.fields for name in REFERENCES)
    )


def _calls(items: list[FoldedItem], values: Values) -> list[FoldedItem]:
    """Runs of calls of one block, of which the first may have a stride of its own."""
    made: list[FoldedItem] = []
    place = 0
    while place < len(items):
        first = items[place]
        place += 1
        if first.kind == CALL and len(first.inputs) == 1 and len(first.outputs) == 1 and _is_plain(first):
            rest: dict[str, Any] | None = None
            last, times = first, 1
            while place < len(items):
                item = items[place]
                if item.block is not first.block or not _is_plain(item) or not _follows(item, last, values):
                    break
                if rest is None and not _may_differ(first, item):
                    break
                if rest is not None and not _equal(item.fields, rest):
                    break
                rest = item.fields
                last, times, place = item, times + 1, place + 1
            if rest is not None:
                fields = {
                    **first.fields,
                    **{name + REST: value for name, value in rest.items()},
                    TIMES: times,
                }
                first = _covering(first, last, CALL, fields)
        made.append(first)
    return made


def _is_plain(item: FoldedItem) -> bool:
    return TIMES not in item.fields and not any(name in item.fields for name in REFERENCES)


def _may_differ(first: FoldedItem, item: FoldedItem) -> bool:
    if first.fields.keys() != item.fields.keys():
        return False
    assert first.block is not None
    fields = {param.name: param.field for param in first.block.params}
    return all(
        repr(value) == repr(item.fields[name])
        or (fields[name] in _OF_FIRST and not (fields[name] == "stride" and item.fields[name] != 1))
        for name, value in first.fields.items()
    )


def _equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(repr(one[name]) == repr(other[name]) for name in one)


def _covering(first: FoldedItem, last: FoldedItem, kind: str, fields: dict[str, Any]) -> FoldedItem:
    return FoldedItem(
        kind,
        fields,
        first.inputs,
        last.outputs,
        first.lists if kind == CALL else {},
        first.modules,
        first.path,
        last.title,
        first.first,
        last.last,
        first.block,
    )


def _tandems(items: list[FoldedItem], values: Values) -> list[FoldedItem]:
    """Runs of the same entries, where that is shorter than to write them out."""
    keys = [_key(item) for item in items]
    linked = [place > 0 and _follows(items[place], items[place - 1], values) for place in range(len(items))]
    made: list[FoldedItem] = []
    place = 0
    while place < len(items):
        best = (0, 0, 0)
        for period in range(1, _LONGEST_PERIOD + 1):
            times = _times(keys, linked, items, place, period, values)
            lines = sum(_lines(item) for item in items[place : place + period])
            saved = (times - 1) * lines - (1 if period == 1 and lines == 1 else 3)
            if saved > best[0]:
                best = (saved, period, times)
        saved, period, times = best
        if saved > 0:
            last = items[place + period * times - 1]
            run = _covering(items[place], last, REPEAT, {TIMES: times})
            run.block = None
            run.lists = {LAYERS: items[place : place + period]}
            made.append(run)
            place += period * times
        else:
            made.append(items[place])
            place += 1
    return made


def _times(
    keys: Sequence[Any],
    linked: Sequence[bool],
    items: Sequence[FoldedItem],
    place: int,
    period: int,
    values: Values,
) -> int:
    """How often the entries from a place on come one after the other."""
    if len(items[place].inputs) != 1 or place + period > len(items):
        return 0
    first = [keys[one] for one in range(place, place + period)]
    if None in first or any(not linked[one] for one in range(place + 1, place + period)):
        return 0
    if len(items[place].outputs) != 1:
        return 0
    times, end = 1, place + period
    while end + period <= len(items) and linked[end] and keys[end : end + period] == first:
        if not all(linked[end : end + period]):
            break
        times, end = times + 1, end + period
    return times


def _lines(item: FoldedItem) -> int:
    if not item.lists:
        return 1
    return 1 + sum(1 + sum(map(_lines, inside)) for inside in item.lists.values() if inside)


def _key(item: FoldedItem) -> Any:
    """What two entries that say the same have in common; None where one reads what is named elsewhere."""
    return _said(item, item.inputs[0] if item.inputs else "", {})


def _said(item: FoldedItem, begin: str, known: dict[str, int]) -> Any:
    if any(name in item.fields for name in REFERENCES):
        return None
    read = []
    for value in item.inputs:
        if value == begin:
            read.append(-1)
        elif value in known:
            read.append(known[value])
        else:
            return None
    lists = []
    for label, inside in item.lists.items():
        seen = dict(known)
        said: list[Any] = []
        for one in inside:
            key = _said(one, item.inputs[0] if not said else begin, {**seen, item.inputs[0]: -2})
            if key is None:
                return None
            said.append(key)
            seen |= {value: len(seen) for value in one.outputs}
        lists.append((label, tuple(said)))
    fields = tuple(sorted((name, repr(value)) for name, value in item.fields.items()))
    return (item.kind, id(item.block), fields, tuple(read), len(item.outputs), tuple(lists))
