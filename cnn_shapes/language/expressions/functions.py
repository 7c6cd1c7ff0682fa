"""The functions that an expression may call."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple


class Function(NamedTuple):
    call: Callable[..., int | float]
    least: int
    most: int | None  # None: as many as you like
    doc: str


def divisible(value: float, divisor: float = 8) -> int:
    """The nearest multiple of the divisor, at least the divisor and never under 90 % of the value.

    Source: MobileNet's rule, `_make_divisible` in torchvision. ValueError where the divisor is not a whole
    number from 1.
    """
    step = _whole_divisor(divisor)
    nearest = max(step, int(value + step / 2) // step * step)
    return nearest + step if nearest < 0.9 * value else nearest


def ceil_to(value: float, divisor: float = 8) -> int:
    """The next multiple of the divisor. ValueError where the divisor is not a whole number from 1.

    Source: `make_divisible` of YOLOv8.
    """
    step = _whole_divisor(divisor)
    return math.ceil(value / step) * step


def _whole_divisor(divisor: float) -> int:
    if divisor < 1 or divisor != int(divisor):
        raise ValueError(divisor)
    return int(divisor)


FUNCTIONS: dict[str, Function] = {
    "min": Function(min, 2, None, "min(a, b, ...): the smallest value"),
    "max": Function(max, 2, None, "max(a, b, ...): the largest value"),
    "ceil": Function(math.ceil, 1, 1, "ceil(v): the next whole number upwards"),
    "floor": Function(math.floor, 1, 1, "floor(v): the next whole number downwards"),
    "round": Function(round, 1, 1, "round(v): the nearest whole number, a half to the even one"),
    "divisible": Function(
        divisible, 1, 2, "divisible(v, d=8): the nearest multiple of d, at least d, never under 90 % of v"
    ),
    "ceil_to": Function(ceil_to, 1, 2, "ceil_to(v, d=8): the next multiple of d"),
}
