"""Numbers that remember their arithmetic, so that a count and its explanation are one fact."""

from __future__ import annotations

from typing import Self


class CostTerm(int):
    """A term of what a layer costs: a whole number with its arithmetic as text.

    `CostTerm(25, "5*5") * 32` is 800 and reads `5*5*32`.

    The formulas of the layers are written for plain integers. Asked with terms they give terms.
    """

    text: str

    def __new__(cls, number: int, text: str = "") -> Self:
        made = int.__new__(cls, number)
        made.text = text or int.__repr__(made)
        return made

    @classmethod
    def of(cls, number: int) -> CostTerm:
        """The number as a term; a term as it is."""
        return number if isinstance(number, CostTerm) else cls(number)

    def __mul__(self, other: int) -> CostTerm:
        return CostTerm(int.__mul__(self, other), f"{self.text}*{_text(other)}")

    def __rmul__(self, other: int) -> CostTerm:
        return CostTerm(int.__mul__(self, other), f"{_text(other)}*{self.text}")

    def __floordiv__(self, other: int) -> CostTerm:
        return (
            self if other == 1 else CostTerm(int.__floordiv__(self, other), f"({self.text}/{_text(other)})")
        )


def _text(number: int) -> str:
    return number.text if isinstance(number, CostTerm) else str(number)
