"""Sets of input sizes on which a network behaves alike, and how they are parted where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

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
    """What comes out depends on t modulo `factor`.

    Where terms are given, it is the quotient of terms[0] + terms[1]*t + ... and `divisor`. `whole`: the layer
    `node` fails where a quotient is not whole.
    """

    node: Node

    def __init__(self, factor: int, terms: tuple[int, ...] = (), divisor: int = 1) -> None:
        super().__init__(factor)
        self.factor, self.terms, self.divisor = factor, terms, divisor
        self.whole = False

    def rests(self) -> list[int] | None:
        """The t modulo `factor` that may work, often one where a quotient must be whole; None for all."""
        if not self.whole or not self.terms:
            return None
        if len(self.terms) > 2:
            if self.factor > _MOST_RESTS:
                raise Undecided
            return [t for t in range(self.factor) if not value_at(self.terms, t) % self.divisor]
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


def value_at(terms: Sequence[Term], t: int) -> Term:
    total: Term = 0
    for term in reversed(terms):
        total = total * t + term
    return total
