"""Sizes that mean infinitely many: the layers compute with them as with numbers.

A size is a polynomial in t, for all whole t from `low` to `high` (None: to infinity). Where a comparison
comes out differently for some of these t, the run goes on with the upper ones and postpones the lower ones;
where a division comes out differently, the sizes are split by their residue. So every answer is exact, and no
formula is written twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import Any

from cnn_shapes.input_sizes.congruences import Congruence, DependsOnResidue, Term, Undecided, value_at


class SymbolicRun:
    """One computation of the network: the sizes for which it still holds, and those that were postponed.

    `window_sizes` keeps what came out of each window that was met, since networks repeat theirs.
    """

    __slots__ = ("congruence", "postponed", "window_sizes")

    def __init__(self, congruence: Congruence) -> None:
        self.congruence = congruence
        self.postponed: list[Congruence] = []
        self.window_sizes: dict[object, Any] = {}

    def size(self) -> Polynomial:
        """The size to start with."""
        return Polynomial((self.congruence.residue, self.congruence.modulus), self)

    def postpone_below(self, t: int) -> None:
        """Go on from `t`."""
        self.postponed.append(self.congruence._replace(high=t - 1))
        self.congruence = self.congruence._replace(low=t)


class Symbol:
    """What a size may be instead of a number. `compare` says whether self - other + extra >= 0."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    denominator: Any = 1
    numerator = property(lambda self: self)

    def compare(self, other: Any, extra: int) -> bool:
        raise NotImplementedError

    def __neg__(self) -> Any:
        raise NotImplementedError

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __abs__(self) -> Any:
        return self

    def __divmod__(self, divisor: int) -> tuple[int, int]:
        return 0, 0  # only messages ask for it, and nobody reads the message of infinitely many sizes

    def __ge__(self, other: Any) -> Any:
        return self.compare(other, 0) if isinstance(other, int | Symbol) else NotImplemented

    def __gt__(self, other: Any) -> Any:
        return self.compare(other, -1) if isinstance(other, int | Symbol) else NotImplemented

    def __lt__(self, other: Any) -> Any:
        return not self >= other

    def __le__(self, other: Any) -> Any:
        return not self > other

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, int | Symbol):
            return NotImplemented
        return self.compare(other, 0) and not self.compare(other, -1)

    def __bool__(self) -> bool:
        return bool(self != 0)


class Polynomial(Symbol):
    """terms[0] + terms[1]*t + ...; a constant is a plain number instead. Only terms[0] may be a fraction."""

    __slots__ = ("run", "terms")

    def __init__(self, terms: tuple[Term, ...], run: SymbolicRun) -> None:
        self.terms, self.run = terms, run

    def value(self, t: int) -> Term:
        return value_at(self.terms, t)

    def reaches_zero(self, extra: int = 0) -> bool:
        """Whether self + extra >= 0, for all t that are left afterwards."""
        low, high = self.run.congruence.low, self.run.congruence.high
        at_low = self.value(low) + extra
        if low == high:
            return at_low >= 0
        rising = self._rising(low)
        if (at_low >= 0) is rising:
            return rising
        if high is None:
            high, step = low, 1
            while (self.value(high) + extra >= 0) is not rising:
                high, step = high + step, 2 * step
        elif (self.value(high) + extra >= 0) is not rising:
            return not rising
        while high - low > 1:
            middle = (low + high) // 2
            if (self.value(middle) + extra >= 0) is rising:
                high = middle
            else:
                low = middle
        self.run.postpone_below(high)
        return rising

    def _rising(self, low: int) -> bool:
        """Whether the value never falls, or never rises, from `low` on: the signs of its terms in t - low."""
        terms = self.terms if len(self.terms) == 2 else _shifted(self.terms, low)
        if all(term >= 0 for term in terms[1:]):
            return True
        if all(term <= 0 for term in terms[1:]):
            return False
        raise Undecided

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Polynomial):
            longer, shorter = self.terms, other.terms
            if len(longer) < len(shorter):
                longer, shorter = shorter, longer
            sums = [a + b for a, b in zip(longer, shorter, strict=False)]
            return _made([*sums, *longer[len(sums) :]], self.run)
        if isinstance(other, int):
            return Polynomial((self.terms[0] + other, *self.terms[1:]), self.run)
        return NotImplemented

    __radd__ = __add__

    def __neg__(self) -> Any:
        return Polynomial(tuple([-term for term in self.terms]), self.run)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int):
            return _made([term * other for term in self.terms], self.run)
        if isinstance(other, Fraction):
            self._divisible(other.denominator, other.numerator)
            return _made([_whole(term * other) for term in self.terms], self.run)
        if isinstance(other, Polynomial):
            products: list[Term] = [0] * (len(self.terms) + len(other.terms) - 1)
            for i, a in enumerate(self.terms):
                for j, b in enumerate(other.terms):
                    products[i + j] += a * b
            return _made(products, self.run)
        return NotImplemented

    __rmul__ = __mul__

    def _divisible(self, divisor: int, factor: int = 1) -> None:
        """Raise DependsOnResidue where the terms with t are not multiples of the divisor."""
        common = gcd(divisor, *[int(term) * factor for term in self.terms[1:]])
        if common != divisor:
            raise DependsOnResidue(
                divisor // common, tuple([int(term) * factor for term in self.terms]), divisor
            )

    def __floordiv__(self, divisor: int) -> Any:
        common = gcd(divisor, *map(int, self.terms[1:]))
        quotient = Polynomial(tuple([int(term // common) for term in self.terms]), self.run)
        return quotient if common == divisor else Floored(quotient, divisor // common)

    def __mod__(self, divisor: int) -> Any:
        self._divisible(divisor)
        return self.terms[0] % divisor

    @property
    def denominator(self) -> int:
        return self.terms[0].denominator

    def compare(self, other: Any, extra: int) -> bool:
        if isinstance(other, int):
            return self.reaches_zero(extra - other)
        if isinstance(other, Floored):
            return not other.compare(self + (extra + 1), 0)
        difference = self - other
        if isinstance(difference, Polynomial):
            return difference.reaches_zero(extra)
        return bool(difference + extra >= 0)


class Floored(Symbol):
    """factor * (the whole part of dividend/divisor), where that depends on the residue of the dividend.

    Nearly all that a network asks of such a size is whether it is large enough, or equal to one that was
    rounded alike. The dividends decide it, and no residue need be looked at: where one counts,
    DependsOnResidue is raised.
    """

    __slots__ = ("dividend", "divisor", "factor")

    def __init__(self, dividend: Polynomial, divisor: int, factor: int = 1) -> None:
        self.dividend, self.divisor, self.factor = dividend, divisor, factor

    def _depends_on_residue(self) -> DependsOnResidue:
        return DependsOnResidue(self.divisor // gcd(self.divisor, *map(int, self.dividend.terms[1:])))

    def __add__(self, other: Any) -> Any:
        if isinstance(other, int | Polynomial) and self.factor == 1:
            return (self.dividend + other * self.divisor) // self.divisor
        if isinstance(other, int | Symbol):
            return Unsplit(self, gcd(self.factor, _factor_of(other)))
        return NotImplemented

    __radd__ = __add__

    def __neg__(self) -> Any:
        if self.factor != 1:
            return Unsplit(self, self.factor)
        return (-self.dividend + (self.divisor - 1)) // self.divisor  # rounded up

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int) and other > 0:
            return Floored(self.dividend, self.divisor, self.factor * other)
        if isinstance(other, Symbol):
            return Unsplit(self, self.factor * _factor_of(other))
        if isinstance(other, int | Fraction):
            raise self._depends_on_residue()
        return NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, divisor: int) -> Any:
        if self.factor % divisor == 0:
            return Floored(self.dividend, self.divisor, self.factor // divisor)
        if self.factor != 1:
            raise self._depends_on_residue()
        return self.dividend // (self.divisor * divisor)

    def __mod__(self, divisor: int) -> Any:
        if self.factor % divisor == 0:
            return 0
        raise self._depends_on_residue()

    def compare(self, other: Any, extra: int) -> bool:
        if self.factor != 1:
            # factor*floor >= limit where floor >= limit/factor rounded up
            return Floored(self.dividend, self.divisor).compare(-((extra - other) // self.factor), 0)
        dividend = self.dividend + extra * self.divisor
        if not isinstance(other, Floored):
            return bool(dividend - other * self.divisor >= 0)
        if other.factor != 1:
            raise other._depends_on_residue()
        difference = dividend * other.divisor - other.dividend * self.divisor
        if difference >= 0:
            return True
        if difference <= -self.divisor * other.divisor:
            return False
        raise self._depends_on_residue()


class Unsplit(Symbol):
    """A sum or product of sizes that depends on the residue of one of them, `cause`: a multiple of `factor`.

    Nothing may depend on it, as where it is the length of what comes out: the residue is asked for where
    something does.
    """

    __slots__ = ("cause", "factor")

    def __init__(self, cause: Floored, factor: int) -> None:
        self.cause, self.factor = cause, factor

    def __add__(self, other: Any) -> Any:
        if isinstance(other, int | Symbol):
            return Unsplit(self.cause, gcd(self.factor, _factor_of(other)))
        return NotImplemented

    __radd__ = __add__

    def __neg__(self) -> Any:
        return self

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int | Symbol):
            return Unsplit(self.cause, self.factor * _factor_of(other))
        if isinstance(other, Fraction):
            raise self.cause._depends_on_residue()
        return NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, divisor: int) -> Any:
        if self.factor % divisor == 0:
            return Unsplit(self.cause, self.factor // divisor)
        raise self.cause._depends_on_residue()

    def __mod__(self, divisor: int) -> Any:
        if self.factor % divisor == 0:
            return 0
        raise self.cause._depends_on_residue()

    def compare(self, other: Any, extra: int) -> bool:
        raise self.cause._depends_on_residue()


def _factor_of(size: Any) -> int:
    """A number that a size is a multiple of."""
    if isinstance(size, int):
        return abs(size)
    return int(getattr(size, "factor", 1))


def _made(terms: Sequence[Term], run: SymbolicRun) -> Any:
    count = len(terms)
    while count > 1 and not terms[count - 1]:
        count -= 1
    return terms[0] if count == 1 else Polynomial(tuple(terms[:count]), run)


def _whole(term: Term) -> Term:
    return int(term) if term.denominator == 1 else term


def _shifted(terms: tuple[Term, ...], start: int) -> list[Term]:
    """The terms in t - start, by repeated synthetic division."""
    shifted = list(terms)
    for done in range(len(shifted) - 1):
        for place in range(len(shifted) - 2, done - 1, -1):
            shifted[place] += shifted[place + 1] * start
    return shifted
