"""Sets of input sizes on which a network behaves alike, and how they are split where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cnn_shapes.network import Node

Term = int | Fraction
_MOST_RESIDUES = 1 << 16  # residues of a product that are tried one by one


class Congruence(NamedTuple):
    """The sizes modulus*t + residue for all t from `low` to `high`; None is infinity."""

    modulus: int
    residue: int
    low: int
    high: int | None

    @property
    def first(self) -> int:
        return self.modulus * self.low + self.residue

    @property
    def last(self) -> int | None:
        return None if self.high is None else self.modulus * self.high + self.residue

    @property
    def empty(self) -> bool:
        return self.high is not None and self.high < self.low

    @property
    def single(self) -> bool:
        return self.high == self.low

    def split(self, factor: int, residues: Sequence[int] | None = None) -> list[Congruence]:
        """The same sizes by t modulo `factor`: t = factor*u + j for each j below it, or in `residues`."""
        if self.single:
            here = self.low % factor
            residues = (here,) if residues is None or here in residues else ()
        parts = [
            Congruence(
                self.modulus * factor,
                self.residue + self.modulus * j,
                -((j - self.low) // factor),
                None if self.high is None else (self.high - j) // factor,
            )
            for j in (range(factor) if residues is None else residues)
        ]
        return [part for part in parts if not part.empty]


class DependsOnResidue(Exception):
    """What comes out depends on t modulo `factor`.

    Where terms are given, it is the quotient of terms[0] + terms[1]*t + ... and `divisor`. `must_be_whole`:
    the layer `node` fails where a quotient is not whole.
    """

    node: Node

    def __init__(self, factor: int, terms: tuple[int, ...] = (), divisor: int = 1) -> None:
        super().__init__(factor)
        self.factor, self.terms, self.divisor = factor, terms, divisor
        self.must_be_whole = False

    def residues(self) -> list[int] | None:
        """The t modulo `factor` that may work, often one where a quotient must be whole; None for all."""
        if not self.must_be_whole or not self.terms:
            return None
        if len(self.terms) > 2:
            if self.factor > _MOST_RESIDUES:
                raise Undecided
            return [t for t in range(self.factor) if not value_at(self.terms, t) % self.divisor]
        start, step = self.terms
        common = gcd(step, self.divisor)
        if start % common:
            return []
        return [-(start // common) * pow(step // common, -1, self.factor) % self.factor]


class Coupled(Exception):
    """A condition depends on more than one axis; `node` is the layer that has it, where it is known."""

    node: Node | None = None


class Undecided(Exception):
    """A condition that this arithmetic cannot decide, or more work than is worth it."""


def value_at(terms: Sequence[Term], t: int) -> Term:
    """terms[0] + terms[1]*t + ..., by Horner's rule."""
    total: Term = 0
    for term in reversed(terms):
        total = total * t + term
    return total
