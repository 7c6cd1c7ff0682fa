"""Sums of products of sizes that were rounded down, in one normal form: what is equal in it is always equal.

A sum maps each product to its factor. A product is a sorted tuple of atoms; an atom is the whole part of
(terms[0] + terms[1]*t + ...)/divisor.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import gcd

from cnn_shapes.input_sizes.congruences import Term, value_at

Atom = tuple[tuple[Term, ...], int]
Sum = dict[tuple[Atom, ...], Term]
VARIABLE: Atom = ((0, 1), 1)  # t itself


def of_terms(terms: Sequence[Term]) -> Sum:
    """terms[0] + terms[1]*t + ..."""
    return {(VARIABLE,) * power: term for power, term in enumerate(terms) if term}


def of_floored(terms: Sequence[Term], divisor: int, factor: int) -> Sum:
    """factor * (the whole part of (terms[0] + terms[1]*t + ...)/divisor)."""
    if terms[-1] < 0:  # -x/d rounded down is -(x/d rounded up)
        terms, factor = [-term for term in terms], -factor
        terms[0] += divisor - 1
    whole, rest = divmod(terms[0], divisor)
    return plus({(((rest, *terms[1:]), divisor),): factor}, {(): factor * whole})


def plus(one: Sum, other: Sum, times: int = 1) -> Sum:
    """one + times*other."""
    found = dict(one)
    for atoms, factor in other.items():
        found[atoms] = found.get(atoms, 0) + times * factor
    return {atoms: factor for atoms, factor in found.items() if factor}


def times(one: Sum, other: Sum) -> Sum:
    """The product of both."""
    found: Sum = {}
    for (atoms, factor), (more, by) in product(one.items(), other.items()):
        key = tuple(sorted((*atoms, *more)))
        found[key] = found.get(key, 0) + factor * by
    return {atoms: factor for atoms, factor in found.items() if factor}


def quotient(one: Sum, other: Sum) -> Sum | None:
    """What times `other` is `one`, with whole factors; None where there is none, or none is seen."""
    if not other:
        return None
    left: Sum = dict(one)
    found: Sum = {}
    lead, by = _leading(other)
    while left:
        atoms, factor = _leading(left)
        rest = _without(atoms, lead)
        if rest is None or Fraction(factor, by).denominator != 1:
            return None
        found[rest] = int(Fraction(factor, by))
        left = plus(left, times({rest: found[rest]}, other), -1)
    return found


def _leading(some: Sum) -> tuple[tuple[Atom, ...], Term]:
    """The first product of those with the most atoms: in this order a product leads where its parts did."""
    atoms = max(some, key=lambda atoms: (len(atoms), atoms))
    return atoms, some[atoms]


def _without(atoms: tuple[Atom, ...], taken: tuple[Atom, ...]) -> tuple[Atom, ...] | None:
    rest = list(atoms)
    for atom in taken:
        if atom not in rest:
            return None
        rest.remove(atom)
    return tuple(rest)


def common_factor(some: Sum) -> int:
    """A number that the sum is a multiple of."""
    return gcd(*map(int, some.values()))


def monotone(some: Sum, low: int) -> int:
    """1 where the sum never falls from t = `low` on, -1 where it never rises, else 0: it is not seen.

    Each atom is taken as its least value, which it has at `low`, and what it grows by: where all that is
    multiplied with growth has one sign, so has the growth of the sum.
    """
    grown: Sum = {}
    for atoms, factor in some.items():
        part: Sum = {(): factor}
        for terms, divisor in atoms:
            if any(term < 0 for term in terms[1:]) or low < 0:
                return 0
            part = times(part, plus({((terms, divisor),): 1}, {(): value_at(terms, low) // divisor}))
        grown = plus(grown, part)
    factors = [factor for atoms, factor in grown.items() if atoms]
    return all(factor > 0 for factor in factors) - all(factor < 0 for factor in factors)


def value(some: Sum, t: int) -> Term:
    """The sum for this t."""
    total: Term = 0
    for atoms, factor in some.items():
        for terms, divisor in atoms:
            factor = factor * (value_at(terms, t) // divisor)
        total += factor
    return total
