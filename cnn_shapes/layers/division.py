"""What must divide what."""

from __future__ import annotations


class Division:
    """What must divide what: `divisor` parts of equal size are made of `number`.

    `field` says the parts, its value to the power `power` is the divisor; 0 where it is not a number, as the
    names of the parts of a split. `shared` is what is shared out: "channels", those that come in, or the
    field whose value it is.
    """

    __slots__ = ("divisor", "field", "number", "power", "shared")

    def __init__(
        self, field: str, divisor: int, number: int, shared: str = "channels", power: int = 1
    ) -> None:
        self.field, self.divisor, self.number, self.shared, self.power = field, divisor, number, shared, power
