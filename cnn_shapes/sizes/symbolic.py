"""Sizes that stand for infinitely many: the layers compute with them as with numbers.

A size is a polynomial in t, for all whole t from `low` to `high` (None: to infinity). Where a comparison
comes out differently for some of these t, the run goes on with the upper ones and puts the lower ones aside;
where a division comes out differently, the sizes are parted by their rest. So every answer is exact, and no
formula stands twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cnn_shapes.network import Node

Term = int | Fraction
_MOST_RESTS = 1 << 16  # rests of a product that are tried one by one


class Stretch(NamedTuple):
    """The sizes modulus*t + rest for all t from `low` to `high`; None is infinity."""

    modulus: int
    rest: int
    low: int
    high: int | None

    @property
    def first(self) -> int:
        return self.modulus * self.low + self.rest

    @property
    def last(self) -> int | None:
        return None if self.high is None else self.modulus * self.high + self.rest

    @property
    def empty(self) -> bool:
        return self.high is not None and self.high < self.low

    @property
    def single(self) -> bool:
        return self.high == self.low

    def parted(self, factor: int, rests: Sequence[int] | None = None) -> list[Stretch]:
        """The same sizes by their rest: t = factor*u + j for each j below `factor`, or in `rests` alone."""
        if self.single:
            here = self.low % factor
            rests = (here,) if rests is None or here in rests else ()
        parts = [
            Stretch(
                self.modulus * factor,
                self.rest + self.modulus * j,
                -((j - self.low) // factor),
                None if self.high is None else (self.high - j) // factor,
            )
            for j in (range(factor) if rests is None else rests)
        ]
        return [part for part in parts if not part.empty]


class Divided(Exception):
    """The quotient of terms[0] + terms[1]*t + ... and `divisor` depends on t modulo `factor`.

    `whole`: the layer fails where it is not whole, so that no other t need be looked at. `node`: that layer.
    """

    node: Node

    def __init__(self, factor: int, terms: tuple[int, ...], divisor: int) -> None:
        super().__init__(factor)
        self.factor, self.terms, self.divisor = factor, terms, divisor
        self.whole = False

    def rests(self) -> list[int]:
        """The t modulo `factor` where the quotient is whole: one or none where it grows evenly."""
        if len(self.terms) > 2:
            if self.factor > _MOST_RESTS:
                raise Undecided
            return [t for t in range(self.factor) if not _value(self.terms, t) % self.divisor]
        start, step = self.terms
        common = gcd(step, self.divisor)
        if start % common:
            return []
        return [-(start // common) * pow(step // common, -1, self.factor) % self.factor]


class Coupled(Exception):
    """A condition depends on more than one axis; `node` is the layer that has it."""

    node: Node


class Undecided(Exception):
    """A condition that this arithmetic cannot decide, or more work than is worth it."""


class Run:
    """One walk through the network: the stretch that still holds, what was put aside, the windows met."""

    __slots__ = ("aside", "known", "stretch")

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
        self.aside: list[Stretch] = []
        self.known: dict[object, Any] = {}

    def size(self) -> Polynomial:
        """The size to start with."""
        return Polynomial((self.stretch.rest, self.stretch.modulus), self)

    def cut(self, place: int) -> None:
        """Go on with t from `place`, and put the others aside."""
        stretch = self.stretch
        self.aside.append(stretch._replace(high=place - 1))
        self.stretch = stretch._replace(low=place)


class Polynomial:
    """terms[0] + terms[1]*t + ...; a constant is a plain number instead. Only terms[0] may be a fraction."""

    __slots__ = ("run", "terms")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, terms: tuple[Term, ...], run: Run) -> None:
        self.terms, self.run = terms, run

    def value(self, t: int) -> Term:
        return _value(self.terms, t)

    def reaches_zero(self, extra: int = 0) -> bool:
        """Whether self + extra >= 0, for all t that are left of the stretch afterwards."""
        low, high = self.run.stretch.low, self.run.stretch.high
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
        self.run.cut(high)
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

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

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
        """Raise Divided where the terms with t are no multiple of the divisor."""
        common = gcd(divisor, *[int(term) * factor for term in self.terms[1:]])
        if common != divisor:
            raise Divided(divisor // common, tuple([int(term) * factor for term in self.terms]), divisor)

    def __floordiv__(self, divisor: int) -> Any:
        self._divisible(divisor)
        return Polynomial(tuple([int(term // divisor) for term in self.terms]), self.run)

    def __mod__(self, divisor: int) -> Any:
        self._divisible(divisor)
        return self.terms[0] % divisor

    def __divmod__(self, divisor: int) -> tuple[int, int]:
        return 0, 0  # only messages ask for it, and nobody reads the message of infinitely many sizes

    def __abs__(self) -> Any:
        return self

    @property
    def numerator(self) -> Any:
        return self

    @property
    def denominator(self) -> int:
        return self.terms[0].denominator

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, 0)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, -1)

    def __lt__(self, other: Any) -> Any:
        return not self >= other

    def __le__(self, other: Any) -> Any:
        return not self > other

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, int | Polynomial):
            return NotImplemented
        return self._compare(other, 0) and not self._compare(other, -1)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def _compare(self, other: Any, extra: int) -> Any:
        """Whether self - other + extra >= 0."""
        if isinstance(other, int):
            return self.reaches_zero(extra - other)
        if not isinstance(other, Polynomial):
            return NotImplemented
        difference = self - other
        if isinstance(difference, Polynomial):
            return difference.reaches_zero(extra)
        return difference + extra >= 0


def _value(terms: Sequence[Term], t: int) -> Term:
    total: Term = 0
    for term in reversed(terms):
        total = total * t + term
    return total


def _made(terms: Sequence[Term], run: Run) -> Any:
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
