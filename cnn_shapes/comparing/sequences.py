"""Which items of two lists belong together, in a time that does not grow with the product of their lengths.

`difflib` takes minutes over two lists of ten thousand items that repeat.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

Pairs = list[tuple[int, int]]

_MOST_EXACT = 10_000  # pairs of items of which each is looked at


def aligned(before: Sequence[Hashable], after: Sequence[Hashable]) -> Pairs:
    """The places of equal items that belong together, rising in both lists.

    What both begin and end with, then what is there once in each (patience), then the longest common part
    where that is cheap. None belongs to nothing.
    """
    found: Pairs = []
    waiting = [(0, len(before), 0, len(after))]
    while waiting:
        start, end, begin, stop = waiting.pop()
        while start < end and begin < stop and before[start] == after[begin] and before[start] is not None:
            found.append((start, begin))
            start, begin = start + 1, begin + 1
        while start < end and begin < stop and before[end - 1] == after[stop - 1] is not None:
            found.append((end - 1, stop - 1))
            end, stop = end - 1, stop - 1
        if start == end or begin == stop:
            continue
        ranges = range(start, end), range(begin, stop)
        anchors = _anchors(before, after, *ranges)
        if not anchors:
            found += _longest_common(before, after, *ranges)
            continue
        for place, other in [*anchors, (end, stop)]:
            waiting.append((start, place, begin, other))
            start, begin = place + 1, other + 1
        found += anchors
    return _slid(sorted(found), before, after)


def _slid(pairs: Pairs, before: Sequence[Any], after: Sequence[Any]) -> Pairs:
    """The pairs, where of several that are alike the last ones are those without a partner."""
    found: Pairs = []
    place = other = -1
    for mine, its in pairs:
        if mine == place + 1 and its > other + 1 and after[other + 1] == after[its]:
            its = other + 1
        elif its == other + 1 and mine > place + 1 and before[place + 1] == before[mine]:
            mine = place + 1
        found.append((mine, its))
        place, other = mine, its
    return found


def between(pairs: Iterable[tuple[int, int]], before: int, after: int) -> Iterator[tuple[range, range]]:
    """The places of two lists of these lengths that lie between pairs: gaps that are not empty in both."""
    start = begin = 0
    for place, other in [*pairs, (before, after)]:
        if start < place and begin < other:
            yield range(start, place), range(begin, other)
        start, begin = place + 1, other + 1


def best_pairs(before: range, after: range, likeness: Callable[[int, int], int]) -> Pairs:
    """The pairs, rising in both, that are most alike together; those of no likeness are none.

    Where there are too many to look at each, none.
    """
    if len(before) * len(after) > _MOST_EXACT:
        return []
    rows = [[likeness(place, other) for other in after] for place in before]
    best = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for row in reversed(range(len(before))):
        for column in reversed(range(len(after))):
            alike = rows[row][column]
            together = best[row + 1][column + 1] + alike if alike else 0
            best[row][column] = max(together, best[row + 1][column], best[row][column + 1])
    found: Pairs = []
    row = column = 0
    while row < len(before) and column < len(after):
        alike = rows[row][column]
        if alike and best[row][column] == best[row + 1][column + 1] + alike:
            found.append((before[row], after[column]))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return found


def _anchors(before: Sequence[Any], after: Sequence[Any], ours: range, theirs: range) -> Pairs:
    """The pairs of what is there once in each, else of what is there as often in each, which rise in both."""
    counts = Counter([before[place] for place in ours]), Counter([after[place] for place in theirs])
    for count in (1, 0):
        places = _places(after, theirs)
        pairs = []
        for place in ours:
            item = before[place]
            often = counts[0][item]
            if item is not None and often == counts[1][item] and (count == 0 or often == count):
                pairs.append((place, places[item].pop()))
        if rising := _longest_rising(pairs):
            return rising
        if len(ours) * len(theirs) <= _MOST_EXACT:
            return []
    return []


def _longest_rising(pairs: Pairs) -> Pairs:
    """Of pairs that rise in the first, as many as rise in the second too."""
    ends: list[int] = []  # the least last place of a rising row of each length
    rows: list[int] = []
    before: list[int | None] = []
    for number, (_, other) in enumerate(pairs):
        length = bisect_left(ends, other)
        before.append(rows[length - 1] if length else None)
        if length == len(ends):
            ends.append(other)
            rows.append(number)
        else:
            ends[length], rows[length] = other, number
    found: Pairs = []
    number_: int | None = rows[-1] if rows else None
    while number_ is not None:
        found.append(pairs[number_])
        number_ = before[number_]
    return found[::-1]


def _longest_common(before: Sequence[Any], after: Sequence[Any], ours: range, theirs: range) -> Pairs:
    if len(ours) * len(theirs) <= _MOST_EXACT:
        return best_pairs(ours, theirs, lambda place, other: int(before[place] == after[other] is not None))
    places = _places(after, theirs)
    pairs = [
        (place, places[item].pop())
        for place in ours
        if (item := before[place]) is not None and places.get(item)
    ]
    return _longest_rising(pairs)


def _places(items: Sequence[Any], within: range) -> dict[Any, list[int]]:
    """Where each item is, the first place last."""
    places: dict[Any, list[int]] = {}
    for place in reversed(within):
        places.setdefault(items[place], []).append(place)
    return places
