"""The class names of frameworks that mean a kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

TORCH, TORCHVISION, KERAS = "torch.nn", "torchvision.ops", "keras.layers"


class Limit(NamedTuple):
    """The one value that an argument may have, and what to do instead of giving it another."""

    only: Any
    remedy: str

    @property
    def text(self) -> str:
        """The value as a spec has it."""
        return "null" if self.only is None else str(self.only).lower()


_NO_DEFAULTS: Mapping[str, str] = {}


class ClassNames:
    """Names that mean a kind, each with the spatial rank in it, and the arguments that they take by place.

    `framework` is TORCH, TORCHVISION or KERAS; empty for names that are of none and read as the same.
    `arguments` are the names of our fields or of arguments that are limited, empty where one changes no
    shape; `defaults` the values of those that we must be told and the class need not.
    Sources: the signatures of torch.nn (PyTorch 2.14), torchvision.ops and keras.layers (Keras 3.15).
    """

    __slots__ = ("arguments", "defaults", "framework", "names")

    def __init__(
        self,
        framework: str,
        names: Mapping[str, int | None],
        arguments: tuple[str, ...] = (),
        defaults: Mapping[str, str] = _NO_DEFAULTS,
    ) -> None:
        self.framework, self.names, self.arguments, self.defaults = framework, names, arguments, defaults


def ranked(*patterns: str, ranks: Iterable[int] = (1, 2, 3)) -> dict[str, int | None]:
    """`ranked("Conv{}d")`: the class names of a framework, each with the spatial rank that it is for."""
    return {pattern.format(rank): rank for pattern in patterns for rank in ranks}
