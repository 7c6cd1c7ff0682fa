"""What every symbol that a size may be can do: it compares and divides by what its normal form tells."""

from __future__ import annotations

from fractions import Fraction
from math import floor, isfinite, lcm, prod
from typing import Any

from cnn_shapes.input_sizes import formal
from cnn_shapes.input_sizes.congruences import DependsOnResidue, Term, Undecided
from cnn_shapes.input_sizes.formal import Sum
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.shapes import OpenSize

MOST_FACTORS = 8  # of a product that is kept in its normal form
_MOST_BINARY = 1 << 20  # of a fraction's denominators that are exact in floats, the largest that is looked at


class Symbol(OpenSize):
    """What a size may be instead of a number. `compare` says whether self - other + extra >= 0.

    It is less than any number from 2**31-1: sizes end there, and what is to infinity is meant up to there.
    """

    __slots__ = ()
    run: Any  # the SymbolicRun that it belongs to
    is_polynomial = False  # whose residues are told by numbers
    orders_itself = True  # it can tell by itself, not by its normal form alone, whether it is above a number
    numerator = property(lambda self: self)

    def compare(self, other: Any, extra: int) -> bool:
        raise NotImplementedError

    @property
    def formal(self) -> Sum:
        """The size as a sum in its normal form."""
        raise NotImplementedError

    @property
    def least(self) -> int | None:
        """What it is at least, for all that it stands for; None where that is not seen."""
        some, low = self.formal, self.run.congruence.low
        return floor(formal.value(some, low)) if formal.monotone(some, low) > 0 else None

    def split(self) -> DependsOnResidue | Undecided:
        """What to raise where what comes out is not the same for all sizes."""
        return Undecided()

    def __neg__(self) -> Any:
        raise NotImplementedError

    def __add__(self, other: Any) -> Any:
        raise NotImplementedError

    def __mul__(self, other: Any) -> Any:
        raise NotImplementedError

    def __floordiv__(self, divisor: Any) -> Any:
        return divided(self, divisor)[0]

    def __mod__(self, divisor: Any) -> Any:
        return divided(self, divisor)[1]

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self

    def __divmod__(self, divisor: int) -> tuple[int, int]:
        return 0, 0  # only messages ask for it, and nobody reads the message of infinitely many sizes

    __rdivmod__ = __divmod__

    def __rfloordiv__(self, other: Any) -> Any:
        return divided(other, self)[0]

    def __rmod__(self, other: Any) -> Any:
        return divided(other, self)[1]

    def __truediv__(self, divisor: Any) -> Any:
        """As it is with floats: what is exact there, and has a whole quotient or some binary digits."""
        divisor = exact(divisor)
        if isinstance(divisor, Fraction):
            return self * divisor.denominator / divisor.numerator
        if isinstance(divisor, int) and divisor < 0:
            return -self / -divisor
        quotient, rest = divided(self, divisor)
        if rest == 0:
            return quotient
        if isinstance(divisor, int) and _MOST_BINARY % divisor == 0:
            return quotient + Fraction(rest, divisor)
        raise Undecided

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, int) or not 0 <= exponent <= MOST_FACTORS:
            raise Undecided
        return prod([self] * exponent)

    def __ceil__(self) -> Any:
        return -(-self // 1)

    def __floor__(self) -> Any:
        return self // 1

    def __round__(self) -> Any:
        if self.denominator == 1:
            return self
        raise Undecided

    def _as_number(self, *others: Any) -> Any:
        raise Undecided

    __index__ = __int__ = __float__ = __hash__ = _as_number
    __rtruediv__ = __rpow__ = _as_number

    def __ge__(self, other: Any) -> Any:
        return self._is_more(other, 0)

    def __gt__(self, other: Any) -> Any:
        return self._is_more(other, -1)

    def _is_more(self, other: Any, extra: int) -> Any:
        """self >= other, and more than that for an `extra` of -1."""
        if not isinstance(other, Symbol):
            if type(other) is not int:
                other = exact(other)
                if other is NotImplemented:
                    return NotImplemented
            if not -LARGEST < other < LARGEST:
                return other < 0
        scale = lcm(self.denominator, other.denominator)
        one: Any = self if scale == 1 else self * scale
        return one.compare(other * scale, extra)

    def __lt__(self, other: Any) -> Any:
        return not self >= other

    def __le__(self, other: Any) -> Any:
        return not self > other

    def __eq__(self, other: object) -> Any:
        if self is other:
            return True
        if not isinstance(other, int | Symbol | float | Fraction):
            return NotImplemented
        return self >= other and not self > other

    def __bool__(self) -> bool:
        return bool(self != 0)


def exact(number: Any) -> Any:
    """The same as a whole number or a fraction. Raises Undecided where floats may round what it makes."""
    if isinstance(number, int | Symbol):
        return number
    if isinstance(number, float):
        if not isfinite(number) or Fraction(number).denominator > _MOST_BINARY:
            raise Undecided
        number = Fraction(number)
    if isinstance(number, Fraction):
        number = whole_term(number)
    return number if isinstance(number, int | Fraction) else NotImplemented


def formal_of(size: Any) -> Sum:
    """A size or a number in its normal form."""
    return size.formal if isinstance(size, Symbol) else formal.of_terms((size,))


def total(one: Symbol, other: Any) -> Any:
    """The sum, as far as the normal form goes."""
    if other is NotImplemented:
        return NotImplemented
    if isinstance(other, Fraction):
        raise one.split()
    return one.run.made(formal.plus(one.formal, formal_of(other)))


def product(one: Symbol, other: Any) -> Any:
    """The product, as far as the normal form goes."""
    if other is NotImplemented:
        return NotImplemented
    if isinstance(other, Fraction):
        if formal.common_factor(one.formal) % other.denominator:
            raise one.split()
        return one // other.denominator * other.numerator
    found = formal.times(one.formal, formal_of(other))
    if any(len(atoms) > MOST_FACTORS for atoms in found):
        raise one.split()
    return one.run.made(found)


def compared(one: Symbol, other: Any, extra: int) -> bool:
    """Whether one - other + extra >= 0, as far as the normal form tells."""
    some = formal.plus(formal.plus(one.formal, formal_of(other), -1), {(): extra})
    difference = one.run.made(some)
    if not isinstance(difference, Symbol) or difference.orders_itself:
        return bool(difference >= 0)
    direction = formal.monotone(some, one.run.congruence.low)
    if not direction:
        raise difference.split()
    return bool(one.run.decide(lambda t: formal.value(some, t), direction > 0))


def divided(one: Any, divisor: Any) -> tuple[Any, Any]:
    """The quotient and the rest, as divmod has them. Raises where they cannot be seen."""
    one, divisor = exact(one), exact(divisor)
    if one is NotImplemented or divisor is NotImplemented:
        raise Undecided
    if divisor == 0:
        raise ZeroDivisionError
    found = formal.quotient(formal_of(one), formal_of(divisor))
    run = (one if isinstance(one, Symbol) else divisor).run
    if found is not None and all(size.denominator == 1 for size in (one, divisor)):
        return run.made(found), 0
    if isinstance(one, Symbol) and one.is_polynomial and isinstance(divisor, int) and divisor > 0:
        rest = one % divisor
        return (one - rest) // divisor, rest
    for size in (one, divisor):
        if isinstance(size, Symbol) and not size.is_polynomial:
            raise size.split()
    if isinstance(divisor, Symbol) and one >= 0 and divisor > one:
        return 0, one
    raise Undecided


def whole_term(term: Term) -> Term:
    """The same as an integer where it is one."""
    return term if type(term) is int or term.denominator != 1 else int(term)
