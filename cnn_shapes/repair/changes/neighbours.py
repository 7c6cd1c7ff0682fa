"""The neighbouring values that a repair may try for one layer: the space that a search is exact over."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any, NamedTuple

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import Field
from cnn_shapes.repair.changes.costs import ALONE, COSTS, LESS_STRIDE, SPATIAL_ROLES, cost_of
from cnn_shapes.repair.changes.prior import AXES_APART, uneven

# fields of a window, whose value has a price of its own: what the window is worth that results
PRICED = frozenset(
    (
        "kernel_size",
        "pool size",
        "stride",
        "padding",
        "pool padding",
        "taken away",
        "dilation",
        "output_padding",
    )
)


class Neighbour(NamedTuple):
    """Another value for a field of a layer, as the engine keeps it. `axes` are those it changes."""

    field: str
    value: Any
    axes: tuple[int, ...]
    cost: int
    row: str


def axis_choices(rank: int, symmetric: bool) -> list[tuple[int, ...]]:
    """All axes alike, and each by itself where the axes differ."""
    together = tuple(range(rank))
    if symmetric or rank == 1:
        return [together]
    return [together, *((axis,) for axis in range(rank))]


def neighbours(layer: Layer, symmetric: bool) -> Iterator[Neighbour]:
    """Every neighbour that can change the layer's output size; a vector has none."""
    if not layer.rank:
        return
    choices = axis_choices(layer.rank, symmetric)
    for name, field in layer.fields.items():
        if field.role not in SPATIAL_ROLES:
            continue
        value = layer.numbers(name)
        if value is None:
            continue
        if not isinstance(value, tuple):
            yield from _of_numbers(field, value, choices[:1])  # one number for all axes
        elif isinstance(value[0], tuple):
            yield from _of_ends(field, value, choices)
        else:
            yield from _of_numbers(field, value, choices)


def _of_numbers(field: Field[Any], value: Any, choices: list[tuple[int, ...]]) -> Iterator[Neighbour]:
    """More or less along some axes, a step costs the same on one and on all."""
    row, price = field.role, COSTS[field.role]
    for axes in choices:
        for steps in range(1, price.reach + 1):
            for delta in (steps, -steps):
                new = field.moved(value, axes, delta)
                if new is None or min(_along(new, axes)) < price.least:
                    continue
                alone = row == "kernel_size" and max(_along(new, axes)) == 1 and max(_along(value, axes)) > 2
                less = row == "stride" and min(_along(new, axes)) < min(_along(value, axes))
                cost = cost_of(row, steps, ALONE * alone, LESS_STRIDE * less)
                if row not in PRICED:
                    cost += _apart(value, new)
                yield Neighbour(field.name, new, axes, cost, row)


def _along(value: Any, axes: tuple[int, ...]) -> list[Any]:
    return [value[axis] for axis in axes] if isinstance(value, tuple) else [value]


def _of_ends(field: Field[Any], ends: Any, choices: list[tuple[int, ...]]) -> Iterator[Neighbour]:
    """More or less at both ends, as evenly as can be."""
    row, reach = field.role, COSTS[field.role].reach
    for axes in choices:
        for steps in range(1, 2 * reach + 1):
            for delta in (steps, -steps):
                new = field.moved(ends, axes, delta)
                if any(min(new[axis]) < 0 for axis in axes):
                    continue
                far = max(max(abs(new[a][0] - ends[a][0]), abs(new[a][1] - ends[a][1])) for a in axes)
                if far <= reach:
                    cost = cost_of(row, far)
                    if row not in PRICED:
                        cost += max(uneven(*new[axis]) for axis in axes) + _apart(ends, new)
                    yield Neighbour(field.name, new, axes, cost, row)


def _apart(old: Any, new: Any) -> int:
    """What it costs that axes which were alike are so no more."""
    if not isinstance(old, tuple):
        return 0
    return AXES_APART if len(set(old)) == 1 and len(set(new)) > 1 else 0


def nearest_divisors(value: int, *numbers: int) -> list[int]:
    """Divisors of all the numbers other than `value`, the nearest first."""
    others = [divisor for divisor in divisors(gcd(*numbers)) if divisor != value]
    return sorted(others, key=lambda divisor: (abs(divisor - value), divisor))[:4]


def divisors(number: int) -> list[int]:
    """Every number that divides one from 1, in no order: the products of the powers of its prime factors.

    Found by trial division, which tries at most as many numbers as its root is large.
    """
    found = [1]
    factor = 2
    while factor * factor <= number:
        powers = [1]
        while number % factor == 0:
            number //= factor
            powers.append(powers[-1] * factor)
        if len(powers) > 1:
            found = [divisor * power for divisor in found for power in powers]
        factor += 1 if factor == 2 else 2
    return found + [divisor * number for divisor in found] if number > 1 else found


def nearest_multiples(value: int, divisor: int) -> list[int]:
    """The multiples of `divisor` just below and above a value."""
    below = value // divisor * divisor
    return [multiple for multiple in (below, below + divisor) if multiple > 0 and multiple != value]
