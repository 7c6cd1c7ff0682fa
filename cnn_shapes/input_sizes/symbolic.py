"""Sizes that mean infinitely many: the layers compute with them as with numbers.

A size is a polynomial in t, for all whole t from `low` to `high` (None: to infinity). Where a comparison
comes out differently for some of these t, the run goes on with the upper ones and postpones the lower ones;
where a division comes out differently, the sizes are split by their residue. So every answer is exact, and no
formula is written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd
from typing import Any

from cnn_shapes.input_sizes import formal
from cnn_shapes.input_sizes.congruences import Congruence, DependsOnResidue, Term, Undecided, value_at
from cnn_shapes.input_sizes.formal import Sum
from cnn_shapes.input_sizes.symbol import Symbol, compared, divided, exact, product, total, whole_term


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

    def decide(self, value: Callable[[int], Term], rising: bool) -> bool:
        """Whether a value that never falls (`rising`), or never rises, is 0 or more.

        It holds for all t that are left: it goes on with the upper ones and postpones the lower ones.
        """
        _, _, low, high = self.congruence
        if low == high or (value(low) >= 0) is rising:
            return value(low) >= 0
        if high is None:
            high, step = low, 1
            while (value(high) >= 0) is not rising:
                high, step = high + step, 2 * step
        elif (value(high) >= 0) is not rising:
            return not rising
        while high - low > 1:
            middle = (low + high) // 2
            if (value(middle) >= 0) is rising:
                high = middle
            else:
                low = middle
        self.postponed.append(self.congruence._replace(high=high - 1))
        self.congruence = self.congruence._replace(low=high)
        return rising

    def made(self, some: Sum) -> Any:
        """The sum in its simplest form: a number, a polynomial, or a size that was rounded down."""
        atoms = {atom for atoms in some for atom in atoms}
        if atoms <= {formal.VARIABLE}:
            degree = max(map(len, some), default=0)
            return _made([some.get((formal.VARIABLE,) * power, 0) for power in range(degree + 1)], self)
        others = [(key, factor) for key, factor in some.items() if key]
        constant = some.get((), 0)
        if len(others) == 1 and len(others[0][0]) == 1:
            ((((terms, divisor),), factor),) = others
            dividend = Polynomial(tuple(terms), self)
            if factor == 1:
                return (dividend + constant * divisor) // divisor
            if factor > 1 and not constant:
                return Floored(dividend, divisor, int(factor))
        return Unsplit(some, self)


class Polynomial(Symbol):
    """terms[0] + terms[1]*t + ...; a constant is a plain number instead. Only terms[0] may be a fraction."""

    __slots__ = ("run", "terms")
    is_polynomial = True

    def __init__(self, terms: tuple[Term, ...], run: SymbolicRun) -> None:
        self.terms, self.run = terms, run

    def value(self, t: int) -> Term:
        return value_at(self.terms, t)

    def reaches_zero(self, extra: int = 0) -> bool:
        """Whether self + extra >= 0, for all t that are left afterwards."""
        congruence = self.run.congruence
        rising = congruence.single or self._rising(congruence.low)
        return bool(self.run.decide(lambda t: self.value(t) + extra, rising))

    def _rising(self, low: int) -> bool:
        """Whether the value never falls, or never rises, from `low` on: the signs of its terms in t - low."""
        if len(self.terms) == 2:
            return self.terms[1] > 0
        terms = _shifted(self.terms, low)
        if all(term >= 0 for term in terms[1:]):
            return True
        if all(term <= 0 for term in terms[1:]):
            return False
        raise Undecided

    @property
    def formal(self) -> Sum:
        return formal.of_terms(self.terms)

    def __index__(self) -> int:
        congruence = self.run.congruence
        if not congruence.single:
            raise Undecided
        return int(self.value(congruence.low))

    __int__ = __index__

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Polynomial):
            longer, shorter = self.terms, other.terms
            if len(longer) < len(shorter):
                longer, shorter = shorter, longer
            sums = [a + b for a, b in zip(longer, shorter, strict=False)]
            return _made([*sums, *longer[len(sums) :]], self.run)
        if isinstance(other, int):
            return Polynomial((self.terms[0] + other, *self.terms[1:]), self.run)
        if isinstance(other, Fraction):
            return Polynomial((whole_term(self.terms[0] + other), *self.terms[1:]), self.run)
        return self + exact(other) if isinstance(other, float) else NotImplemented

    __radd__ = __add__

    def __neg__(self) -> Any:
        return Polynomial(tuple([-term for term in self.terms]), self.run)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int):
            return _made(
                [term * other if type(term) is int else whole_term(term * other) for term in self.terms],
                self.run,
            )
        if isinstance(other, Fraction):
            self._divisible(other.denominator, other.numerator)
            return _made([whole_term(term * other) for term in self.terms], self.run)
        if isinstance(other, Polynomial):
            products: list[Term] = [0] * (len(self.terms) + len(other.terms) - 1)
            for i, a in enumerate(self.terms):
                for j, b in enumerate(other.terms):
                    products[i + j] += a * b
            return _made(products, self.run)
        return self * exact(other) if isinstance(other, float) else NotImplemented

    __rmul__ = __mul__

    def _divisible(self, divisor: int, factor: int = 1) -> None:
        """Raise DependsOnResidue where the terms with t are not multiples of the divisor."""
        common = gcd(divisor, *[int(term) * factor for term in self.terms[1:]])
        if common != divisor:
            raise DependsOnResidue(
                divisor // common, tuple([int(term) * factor for term in self.terms]), divisor
            )

    def __floordiv__(self, divisor: Any) -> Any:
        if not isinstance(divisor, int) or divisor <= 0:
            return divided(self, divisor)[0]
        common = gcd(divisor, *map(int, self.terms[1:]))
        quotient = Polynomial(tuple([int(term // common) for term in self.terms]), self.run)
        if common == divisor:
            return quotient
        floored = Floored(quotient, divisor // common)
        constant = floored.constant()
        return floored if constant is None else constant

    def __mod__(self, divisor: Any) -> Any:
        if not isinstance(divisor, int) or divisor <= 0:
            return divided(self, divisor)[1]
        self._divisible(divisor)
        return self.terms[0] % divisor

    @property
    def denominator(self) -> int:
        return self.terms[0].denominator

    def __eq__(self, other: object) -> Any:
        if isinstance(other, Polynomial):
            if self.terms == other.terms:
                return True
            difference = self - other
            return difference == 0
        if isinstance(other, int) and len(self.terms) == 2:
            start, step = self.terms
            if step > 0 and start + step * self.run.congruence.low > other:
                return False
        return Symbol.__eq__(self, other)

    __hash__ = Symbol.__hash__

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

    __slots__ = ("dividend", "divisor", "factor", "run")

    def __init__(self, dividend: Polynomial, divisor: int, factor: int = 1) -> None:
        self.dividend, self.divisor, self.factor = dividend, divisor, factor
        self.run = dividend.run

    def constant(self) -> int | None:
        """The one value that it has for all t that are left; None where it has several, or it is not seen."""
        _, _, low, high = self.run.congruence
        if high is None:
            return None
        if high - low >= self.divisor or len(self.dividend.terms) > 2:  # a whole divisor apart, or not a line
            return None
        first, last = (self.dividend.value(t) // self.divisor for t in (low, high))
        return int(first) if first == last else None

    @property
    def formal(self) -> Sum:
        return formal.of_floored(self.dividend.terms, self.divisor, self.factor)

    def split(self) -> DependsOnResidue:
        return DependsOnResidue(self.divisor // gcd(self.divisor, *map(int, self.dividend.terms[1:])))

    def __add__(self, other: Any) -> Any:
        other = exact(other)
        if isinstance(other, int | Polynomial) and self.factor == 1:
            return (self.dividend + other * self.divisor) // self.divisor
        return total(self, other)

    __radd__ = __add__

    def __neg__(self) -> Any:
        if self.factor != 1:
            return self.run.made(formal.plus({}, self.formal, -1))
        return (-self.dividend + (self.divisor - 1)) // self.divisor  # rounded up

    def __mul__(self, other: Any) -> Any:
        other = exact(other)
        if isinstance(other, int) and other > 0:
            return Floored(self.dividend, self.divisor, self.factor * other)
        return product(self, other)

    __rmul__ = __mul__

    def __floordiv__(self, divisor: Any) -> Any:
        if not isinstance(divisor, int) or divisor <= 0:
            return divided(self, divisor)[0]
        if self.factor % divisor == 0:
            return Floored(self.dividend, self.divisor, self.factor // divisor)
        if self.factor != 1:
            raise self.split()
        return self.dividend // (self.divisor * divisor)

    def compare(self, other: Any, extra: int) -> bool:
        if self.factor != 1:
            if isinstance(other, Symbol):
                return compared(self, other, extra)
            # factor*floor >= limit where floor >= limit/factor rounded up
            return Floored(self.dividend, self.divisor).compare(-((extra - other) // self.factor), 0)
        if isinstance(other, Unsplit) or (isinstance(other, Floored) and other.factor != 1):
            return compared(self, other, extra)
        dividend = self.dividend + extra * self.divisor
        if not isinstance(other, Floored):
            return bool(dividend - other * self.divisor >= 0)
        difference = dividend * other.divisor - other.dividend * self.divisor
        if difference >= 0:
            return True
        if difference + self.divisor * other.divisor <= 0:
            return False
        raise self.split()


class Unsplit(Symbol):
    """A sum of products of sizes that were rounded down, in its normal form.

    What cannot be seen in that form depends on the residue of one of the sizes.
    """

    __slots__ = ("formal", "run")
    orders_itself = False

    def __init__(self, some: Sum, run: SymbolicRun) -> None:
        self.formal, self.run = some, run  # type: ignore[misc]

    def split(self) -> DependsOnResidue:
        terms, divisor = max((atom for atoms in self.formal for atom in atoms), key=lambda atom: atom[1])
        return Floored(Polynomial(terms, self.run), divisor).split()

    def __add__(self, other: Any) -> Any:
        return total(self, exact(other))

    __radd__ = __add__

    def __neg__(self) -> Any:
        return Unsplit(formal.plus({}, self.formal, -1), self.run)

    def __mul__(self, other: Any) -> Any:
        return product(self, exact(other))

    __rmul__ = __mul__

    def compare(self, other: Any, extra: int) -> bool:
        return compared(self, other, extra)


def _made(terms: Sequence[Term], run: SymbolicRun) -> Any:
    count = len(terms)
    while count > 1 and not terms[count - 1]:
        count -= 1
    return terms[0] if count == 1 else Polynomial(tuple(terms[:count]), run)


def _shifted(terms: tuple[Term, ...], start: int) -> list[Term]:
    """The terms in t - start, by repeated synthetic division."""
    shifted = list(terms)
    for done in range(len(shifted) - 1):
        for place in range(len(shifted) - 2, done - 1, -1):
            shifted[place] += shifted[place + 1] * start
    return shifted
