"""The functions that an expression may call."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple


class Function(NamedTuple):
    """`most` is None where it takes as many values as you like.

    `needs` says what its call raises ValueError for, and of which of its values. `of_list`: it takes a list.
    `may_be_a_name`: a param may have its name, since the language had no such function at first.
    """

    call: Callable[..., int | float]
    least: int
    most: int | None
    doc: str
    needs: tuple[int, str] = (1, "a whole divisor of at least 1")
    of_list: bool = False
    may_be_a_name: bool = False


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
    "log2": Function(
        math.log2, 1, 1, "log2(v): the power of 2 that v is", (0, "a number above 0"), may_be_a_name=True
    ),
    "len": Function(
        len, 1, 1, "len(list): the number of elements of a list param", of_list=True, may_be_a_name=True
    ),
}
# the sizes of what comes in, by the name of the axis in messages
INCOMING = {
    "c_in": "number of channels",
    "h_in": "height",
    "w_in": "width",
    "l_in": "length",
    "d_in": "depth",
}
# names that no param can have
RESERVED = frozenset(name for name, function in FUNCTIONS.items() if not function.may_be_a_name)
