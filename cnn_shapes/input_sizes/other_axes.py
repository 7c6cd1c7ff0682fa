"""The sizes of axes that are not asked about: they meet every condition, so that one axis decides alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from cnn_shapes.input_sizes.congruences import Coupled
from cnn_shapes.input_sizes.symbolic import Symbol
from cnn_shapes.shapes import Shape


class OtherAxis:
    """A size along another axis: as large and as divisible as anyone wants.

    It equals any number, since whether it does is for that axis to say. Where it would have to equal a size
    of another axis, it raises Coupled. It is above every size: the layers order sizes of different axes only
    for the least.
    """

    __slots__ = ("axis",)
    __hash__ = None  # type: ignore[assignment]
    numerator = property(lambda self: self)
    denominator = 1

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def _combined(self, other: Any) -> Any:
        if isinstance(other, Symbol) or (isinstance(other, OtherAxis) and other.axis != self.axis):
            return MixedSize()
        return self if isinstance(other, int | Fraction | OtherAxis) else NotImplemented

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _combined

    def __neg__(self) -> OtherAxis:
        return self

    __abs__ = __neg__

    def __floordiv__(self, divisor: int) -> OtherAxis:
        return self

    def __mod__(self, divisor: int) -> int:
        return 0

    def __divmod__(self, divisor: int) -> tuple[int, int]:
        return 0, 0  # only messages ask for it

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Symbol | MixedSize) or (
            isinstance(other, OtherAxis) and other.axis != self.axis
        ):
            raise Coupled
        return True

    def __ge__(self, other: Any) -> bool:
        return True

    __gt__ = __ge__

    def __lt__(self, other: Any) -> bool:
        return False

    __le__ = __lt__


class AnySize(OtherAxis):
    """The size that suits a condition best; as a product it can only be a multiple of `factor`."""

    __slots__ = ("factor",)
    __hash__ = None

    def __init__(self, factor: int = 1) -> None:
        super().__init__(0)
        self.factor = factor

    def __mul__(self, other: Any) -> AnySize:
        factor = other.factor if isinstance(other, AnySize) else other
        return AnySize(self.factor * factor if isinstance(factor, int) else 1)

    __rmul__ = __mul__  # type: ignore[assignment]

    def __add__(self, other: Any) -> AnySize:
        return AnySize()

    __radd__ = __sub__ = __rsub__ = __floordiv__ = __add__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return not isinstance(other, int) or other % self.factor == 0


class MixedSize:
    """A size that mixes axes, after a flatten. It may be there, but no condition may depend on it."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _mixed(self, other: Any) -> MixedSize:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _mixed

    def __neg__(self) -> MixedSize:
        return self

    def _coupled(self, other: Any) -> Any:
        raise Coupled

    __floordiv__ = __mod__ = __divmod__ = _coupled
    __ge__ = __gt__ = __lt__ = __le__ = _coupled

    def __eq__(self, other: object) -> bool:
        raise Coupled


def with_other_axes(inputs: list[Shape], output: Shape) -> Shape:
    """What a join makes, its other axes still not asked about: a 1 may be stretched there, or a 5 be met."""
    sizes = [
        next((x[axis] for x in inputs if axis < len(x) and isinstance(x[axis], OtherAxis)), size)
        for axis, size in enumerate(output)
    ]
    return Shape(sizes)
