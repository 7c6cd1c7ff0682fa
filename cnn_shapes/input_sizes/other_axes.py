"""The sizes of axes that are not asked about: they meet every condition, so that one axis decides alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from cnn_shapes.input_sizes.congruences import Coupled
from cnn_shapes.input_sizes.symbol import Symbol
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.shapes import OpenSize, Shape


class OtherAxis(OpenSize):
    """A size along another axis: as large and as divisible as anyone wants.

    It equals any number, since whether it does is for that axis to say. Where it would have to equal a size
    of another axis, it raises Coupled. It is above every size: the layers order sizes of different axes only
    for the least. What an expression made of it, `asked`, may be to be the lesser of two: that is not known.
    """

    __slots__ = ("asked", "axis")
    numerator = property(lambda self: self)

    def __init__(self, axis: int, asked: bool = False) -> None:
        self.axis, self.asked = axis, asked

    def in_expression(self) -> MixedSize:
        return MixedSize(1, self.axis)

    def _coupled(self, *others: Any) -> Any:
        raise Coupled

    __index__ = __int__ = __float__ = __hash__ = _coupled

    def _combined(self, other: Any) -> Any:
        if isinstance(other, Symbol) or (isinstance(other, OtherAxis) and other.axis != self.axis):
            return MixedSize()
        if isinstance(other, OtherAxis):
            return other if other.asked else self
        return self if isinstance(other, int | Fraction) else NotImplemented

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _combined

    def __neg__(self) -> OtherAxis:
        return self

    __abs__ = __neg__

    def __floordiv__(self, divisor: Any) -> Any:
        return self._combined(divisor)

    def __mod__(self, divisor: Any) -> int:
        if not isinstance(self._combined(divisor), OtherAxis):
            raise Coupled
        return 0

    __rfloordiv__, __rmod__ = __floordiv__, __mod__

    def __divmod__(self, divisor: int) -> tuple[int, int]:
        return 0, 0  # only messages ask for it

    __rdivmod__ = __divmod__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Symbol | MixedSize) or (
            isinstance(other, OtherAxis) and other.axis != self.axis
        ):
            raise Coupled
        return not (isinstance(other, int) and other < 0)

    def __ge__(self, other: Any) -> bool:
        if isinstance(other, OtherAxis) and self is not other and (self.asked or other.asked):
            raise Coupled
        return not (isinstance(other, int) and other >= LARGEST)  # sizes end there

    __gt__ = __ge__

    def __lt__(self, other: Any) -> bool:
        return not self >= other

    __le__ = __lt__


class AnySize(OtherAxis):
    """The size that suits a condition best; as a product it can only be a multiple of `factor`."""

    __slots__ = ("factor",)
    __hash__ = OtherAxis.__hash__

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
        return not isinstance(other, int) or (other >= 0 and other % self.factor == 0)


class MixedSize(OpenSize):
    """A size that mixes axes, after a flatten, or what an expression makes of other axes.

    It may be there, and it is `least` or more where that is known; no other condition may depend on it. In
    an expression it may follow from one `axis` alone: in a layer it is then a size along that axis.
    """

    __slots__ = ("axis", "least")

    def __init__(self, least: int | None = None, axis: int | None = None) -> None:
        self.least, self.axis = least, axis

    def in_layer(self) -> OpenSize:
        return self if self.axis is None else OtherAxis(self.axis, asked=True)

    def _mixed(self, other: Any, least: int | None = None) -> MixedSize:
        alone = isinstance(other, int | float) or getattr(other, "axis", None) == self.axis
        return MixedSize(least, self.axis if alone else None)

    def __add__(self, other: Any) -> MixedSize:
        least = _least(other)
        return self._mixed(other, None if self.least is None or least is None else self.least + least)

    def __mul__(self, other: Any) -> MixedSize:
        low, least = self.least, _least(other)
        known = low is not None and least is not None and low >= 0 and least >= 0
        return self._mixed(other, low * least if known else None)  # type: ignore[operator]

    def __floordiv__(self, divisor: Any) -> MixedSize:
        _need_divisor(divisor)
        whole = isinstance(divisor, int) and divisor > 0 and self.least is not None
        return self._mixed(divisor, self.least // divisor if whole else None)

    __radd__, __rmul__, __truediv__ = __add__, __mul__, __floordiv__

    def __sub__(self, other: Any) -> MixedSize:
        return self + -other if isinstance(other, int | float) else self._mixed(other)

    def __rsub__(self, other: Any) -> MixedSize:
        return self._mixed(other)

    def __mod__(self, divisor: Any) -> MixedSize:
        _need_divisor(divisor)
        return self._mixed(divisor)

    def __neg__(self) -> MixedSize:
        return MixedSize(None, self.axis)

    def __pos__(self) -> MixedSize:
        return self

    def __ceil__(self) -> MixedSize:
        return self

    __floor__ = __ceil__

    def _coupled(self, *others: Any) -> Any:
        raise Coupled

    __index__ = __int__ = __float__ = __round__ = __hash__ = __bool__ = _coupled
    __pow__ = __rpow__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __divmod__ = __rdivmod__ = _coupled

    def __ge__(self, other: Any) -> bool:
        if isinstance(other, int) and (other <= -LARGEST or other >= LARGEST):
            return bool(other < 0)
        if self.least is None or not isinstance(other, int) or self.least < other:
            raise Coupled
        return True

    def __gt__(self, other: Any) -> bool:
        return bool(self >= other + 1)

    def __lt__(self, other: Any) -> bool:
        return not self >= other

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __eq__(self, other: object) -> bool:
        if self.least is not None and isinstance(other, int) and other < self.least:
            return False
        raise Coupled


def _need_divisor(divisor: Any) -> None:
    """Raise where nothing can be divided by it, and where that is not known."""
    if isinstance(divisor, OpenSize):
        raise Coupled
    if divisor == 0:
        raise ZeroDivisionError


def _least(size: Any) -> int | None:
    """What a number is, or another size at least; None where that is not known."""
    if isinstance(size, int):
        return size
    return size.least if isinstance(size, Symbol | MixedSize) else None


def with_other_axes(inputs: list[Shape], output: Shape) -> Shape:
    """What a join makes, its other axes still not asked about: a 1 may be stretched there, or a 5 be met."""
    sizes = [
        next((x[axis] for x in inputs if axis < len(x) and isinstance(x[axis], OtherAxis)), size)
        for axis, size in enumerate(output)
    ]
    return Shape(sizes)
