"""The neighbouring values that a repair may try for one layer: the space that a search is exact over."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.list_fields import WrittenPairs
from cnn_shapes.layers.pool import Adaptive, Pool
from cnn_shapes.layers.resize import Crop, Pad, PixelShuffle, SpaceToDepth, Upsample
from cnn_shapes.layers.window import Sliding
from cnn_shapes.repair.changes.costs import (
    AXES_APART,
    BECOMES_EVEN,
    COSTS,
    UNEVEN_ENDS,
    Cost,
    cost_of,
    role_of,
)


class Move(NamedTuple):
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


def spatial_moves(layer: Layer, symmetric: bool) -> Iterator[Move]:
    """Every move that can change the layer's output size."""
    choices = axis_choices(layer.rank, symmetric)
    if isinstance(layer, Sliding):
        yield from _sliding_moves(layer, choices)
    elif isinstance(layer, Pad | Crop):
        yield from _ends_moves("amount", "amount", layer.amount, choices)
    elif isinstance(layer, Upsample) and layer.scale is not None:
        yield from _scale_moves(layer, choices)
    elif isinstance(layer, PixelShuffle | SpaceToDepth):
        for factor in _around(layer.factor, COSTS["factor"]):
            yield Move("factor", factor, choices[0], cost_of("factor", 1), "factor")
    elif isinstance(layer, Adaptive) and None not in layer.output_size:
        yield from _count_moves("output_size", "output_size", layer.output_size, choices)


def _sliding_moves(layer: Sliding, choices: list[tuple[int, ...]]) -> Iterator[Move]:
    if layer.padding != "same" and "padding" in layer.fields:
        yield from _ends_moves("padding", role_of(type(layer), "padding"), layer.ends(), choices)
    row = role_of(type(layer), "kernel_size")
    odd = row == "kernel_size"
    yield from _count_moves("kernel_size", row, layer.kernel_size, choices, becomes_even=odd)
    if "output_padding" in layer.fields:
        values: tuple[int, ...] = getattr(layer, "output_padding")  # noqa: B009
        yield from _count_moves("output_padding", "output_padding", values, choices)
    if "dilation" in layer.fields:
        yield from _count_moves("dilation", "dilation", layer.per_axis_dilation, choices)
    yield from _count_moves("stride", "stride", layer.stride, choices)


def _count_moves(
    field: str,
    row: str,
    values: tuple[Any, ...],
    choices: list[tuple[int, ...]],
    becomes_even: bool = False,
) -> Iterator[Move]:
    price = COSTS[row]
    for axes in choices:
        for steps in range(1, price.reach + 1):
            for delta in (steps, -steps):
                if any(values[axis] + delta < price.least for axis in axes):
                    continue
                new = tuple(value + delta if axis in axes else value for axis, value in enumerate(values))
                even = becomes_even and any(values[a] % 2 and new[a] % 2 == 0 for a in axes)
                cost = cost_of(row, steps) + BECOMES_EVEN * even + _apart(values, new)
                yield Move(field, new, axes, cost, row)


def _ends_moves(field: str, row: str, ends: Any, choices: list[tuple[int, ...]]) -> Iterator[Move]:
    """More or less at both ends; an odd pixel goes to the beginning."""
    reach = COSTS[row].reach
    for axes in choices:
        for steps in range(1, 2 * reach + 1):
            for delta in (steps, -steps):
                moved = [_spread(begin, end, delta) for begin, end in ends]
                if any(min(moved[axis]) < 0 for axis in axes):
                    continue
                new = tuple(moved[axis] if axis in axes else tuple(pair) for axis, pair in enumerate(ends))
                far = max(max(abs(new[a][0] - ends[a][0]), abs(new[a][1] - ends[a][1])) for a in axes)
                uneven = any(new[axis][0] != new[axis][1] for axis in axes)
                if far <= reach:
                    cost = cost_of(row, far) + UNEVEN_ENDS * uneven + _apart(ends, new)
                    yield Move(field, as_written(new), axes, cost, row)


def follows_others(layer: Layer, field: str) -> bool:
    """Whether a field has its value from others: `half` padding, a pool's stride that is not given."""
    if field == "padding":
        return isinstance(layer, Sliding) and layer.padding == "half"
    return field == "stride" and isinstance(layer, Pool) and layer.given.get("stride") is None


def as_written(ends: tuple[Any, ...]) -> tuple[Any, ...]:
    """Ends of all axes as they are read again: uneven ones stand in pairs, which a pool bounds otherwise."""
    return WrittenPairs(ends) if any(begin != end for begin, end in ends) else tuple(ends)


def _apart(old: tuple[Any, ...], new: tuple[Any, ...]) -> int:
    """What it costs that axes which were alike are so no more."""
    return AXES_APART if len(set(old)) == 1 and len(set(new)) > 1 else 0


def _spread(begin: int, end: int, delta: int) -> tuple[int, int]:
    """`delta` pixels more in all, as even as can be: the odd one where more is, else at the beginning."""
    total = begin + end + delta
    less, more = total // 2, total - total // 2
    return (less, more) if end > begin else (more, less)


def _scale_moves(layer: Upsample, choices: list[tuple[int, ...]]) -> Iterator[Move]:
    for axes in choices:
        for steps in range(1, COSTS["scale"].reach + 1):
            for delta in (steps, -steps):
                new = tuple(
                    Fraction(int(value) + delta) if axis in axes else value
                    for axis, value in enumerate(layer.scale)
                )
                if min(new[axis] for axis in axes) >= COSTS["scale"].least:
                    yield Move(
                        "scale", new, axes, cost_of("scale", steps) + _apart(layer.scale, new), "scale"
                    )


def _around(value: int, price: Cost) -> list[int]:
    steps = (delta for step in range(1, price.reach + 1) for delta in (step, -step))
    return [value + delta for delta in steps if value + delta >= price.least]


def nearest_divisors(value: int, *numbers: int) -> list[int]:
    """Divisors of all the numbers other than `value`, the nearest first."""
    from math import gcd

    common = gcd(*numbers)
    divisors = [d for d in range(1, min(common, 4 * value + 64) + 1) if common % d == 0 and d != value]
    return sorted(divisors, key=lambda divisor: (abs(divisor - value), divisor))[:4]


def nearest_multiples(value: int, divisor: int) -> list[int]:
    """The multiples of `divisor` just below and above a value."""
    below = value // divisor * divisor
    return [multiple for multiple in (below, below + divisor) if multiple > 0 and multiple != value]
