"""Which rows of a sweep are shown: in which order, how many, and those that no other beats."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import closest
from cnn_shapes.sweeps.condition import RECEPTIVE_FIELD
from cnn_shapes.sweeps.job import COLUMNS, SweepRow
from cnn_shapes.sweeps.space import BadSpace, VariedAxis

_LARGEST = ":max"


class Aim(NamedTuple):
    """A column whose smallest values are wanted, or its largest: as `macs`, or `receptive_field:max`."""

    column: str
    place: int
    largest: bool

    def key(self, row: SweepRow) -> float:
        """Smaller for a better row."""
        return -self.amount(row) if self.largest else self.amount(row)

    def amount(self, row: SweepRow) -> float:
        """The value of a row. Sizes count by their product, a receptive field by its smallest axis."""
        value = row.values[self.place] if self.place >= 0 else row.figures.get(self.column)
        if isinstance(value, tuple):
            value = min(value) if self.column == RECEPTIVE_FIELD else _product(value)
        return value if isinstance(value, int | float) else 0


def _product(sizes: Sequence[Any]) -> int:
    product = 1
    for size in sizes:
        product *= size or 1
    return product


def aims(text: str, axes: Sequence[VariedAxis], option: str) -> list[Aim]:
    """The aims of `params,receptive_field:max`. Raises BadSpace for a column that rows have not."""
    columns = [axis.column for axis in axes]
    found = []
    for word in text.split(","):
        name = word.strip().removesuffix(_LARGEST)
        if name not in columns and name not in COLUMNS:
            known = [*columns, *COLUMNS]
            near = closest(name, known)
            hint = f"did you mean {near}?" if near else f"they have {', '.join(known)}"
            raise BadSpace(f"rows have no column {name or '(empty)'}: {hint}", option)
        place = columns.index(name) if name in columns else -1
        found.append(Aim(name, place, word.strip().endswith(_LARGEST)))
    return found


class Picked:
    """The rows that are kept of all that come: sorted, the first so many, or those that no other beats.

    `left_out` counts the others. Rows with an error are last, and never in a front.
    """

    def __init__(self, order: Sequence[Aim], top: int | None, front: Sequence[Aim]) -> None:
        self.order, self.top, self.front = order, top, front
        self.left_out = 0
        self._number = 0
        self._rows: list[tuple[tuple[Any, ...], SweepRow]] = []
        self._front: list[tuple[tuple[float, ...], SweepRow]] = []

    def add(self, rows: Iterable[SweepRow]) -> None:
        for row in rows:
            if self.front:
                self._add_to_front(row)
                continue
            self._number += 1
            key = (bool(row.rule), *(aim.key(row) for aim in self.order), self._number)
            if self.top is None:
                self._rows.append((key, row))
                continue
            if len(self._rows) == self.top and key > self._rows[-1][0]:
                self.left_out += 1
                continue
            insort(self._rows, (key, row), key=lambda pair: pair[0])
            if len(self._rows) > self.top:
                self._rows.pop()
                self.left_out += 1

    def _add_to_front(self, row: SweepRow) -> None:
        if row.rule:
            self.left_out += 1
            return
        key = tuple(aim.key(row) for aim in self.front)
        for other, _ in self._front:
            if other != key and all(one <= own for one, own in zip(other, key, strict=True)):
                self.left_out += 1
                return
        before = len(self._front)
        self._front = [
            (other, one)
            for other, one in self._front
            if other == key or not all(own <= its for own, its in zip(key, other, strict=True))
        ]
        self.left_out += before - len(self._front)
        self._front.append((key, row))

    def rows(self) -> list[SweepRow]:
        """What is kept, in its order."""
        if not self.front:
            if self.order:
                self._rows.sort(key=lambda pair: pair[0])
            return [row for _, row in self._rows]
        found = self.whole_front()
        self.left_out += len(found[self.top :]) if self.top is not None else 0
        return found[: self.top]

    def whole_front(self) -> list[SweepRow]:
        """The rows that no other beats, however many."""
        order = self.order or self.front
        return sorted((row for _, row in self._front), key=lambda row: [aim.key(row) for aim in order])
