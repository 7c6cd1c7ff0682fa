"""Numbers that remember their arithmetic, so that a count and its explanation are one fact."""

from __future__ import annotations

from typing import Self


class CostTerm(int):
    """A term of what a layer costs: a whole number with its arithmetic as text.

    `CostTerm(25, "5*5") * 32` is 800 and reads `5*5*32`. A sum reads `8 + 4`, as a factor `(8 + 4)`.

    The formulas of the layers are written for plain integers. Asked with terms they give terms.
    """

    text: str
    is_sum: bool

    def __new__(cls, number: int, text: str = "", is_sum: bool = False) -> Self:
        made = int.__new__(cls, number)
        made.text = text or int.__repr__(made)
        made.is_sum = is_sum
        return made

    @classmethod
    def of(cls, number: int) -> CostTerm:
        """The number as a term; a term as it is."""
        return number if isinstance(number, CostTerm) else cls(number)

    @property
    def factor(self) -> str:
        """The arithmetic as it reads in a product."""
        return f"({self.text})" if self.is_sum else self.text

    def __mul__(self, other: int) -> CostTerm:
        return CostTerm(int.__mul__(self, other), f"{self.factor}*{_factor(other)}")

    def __rmul__(self, other: int) -> CostTerm:
        return CostTerm(int.__mul__(self, other), f"{_factor(other)}*{self.factor}")

    def __add__(self, other: int) -> CostTerm:
        return CostTerm(int.__add__(self, other), f"{self.text} + {CostTerm.of(other).text}", is_sum=True)

    def __radd__(self, other: int) -> CostTerm:
        return CostTerm.of(other) + self

    def __floordiv__(self, other: int) -> CostTerm:
        if other == 1:
            return self
        return CostTerm(int.__floordiv__(self, other), f"({self.factor}/{_factor(other)})")


def _factor(number: int) -> str:
    return CostTerm.of(number).factor
