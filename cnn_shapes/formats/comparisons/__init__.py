"""The output formats of a comparison: one a file, each with `write(shown, out, options)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from cnn_shapes.comparing.figures import FigureBeside, GrowthLimit
from cnn_shapes.registry import modules

if TYPE_CHECKING:
    from cnn_shapes.comparing import Comparison
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

__all__ = ["Judged", "ShownComparison", "load", "names"]


class Judged(NamedTuple):
    """A limit of growth, and the figure that it is about."""

    limit: GrowthLimit
    beside: FigureBeside

    @property
    def is_exceeded(self) -> bool:
        return self.limit.is_exceeded(self.beside)


class ShownComparison(NamedTuple):
    """A comparison and how it is shown: the names of both sides, their totals, and limits of growth.

    `dtype` and `batch` are those of the memory among the totals; `all_layers`: those too that only follow.
    """

    comparison: Comparison
    names: tuple[str, str]
    totals: dict[str, FigureBeside]
    limits: tuple[Judged, ...]
    dtype: str
    batch: int
    all_layers: bool = False


class ComparisonFormat(Protocol):
    """A module of this folder."""

    def write(self, shown: ShownComparison, out: Output, options: DisplayOptions) -> None: ...


def names() -> list[str]:
    return modules(__path__)


def load(name: str) -> ComparisonFormat:
    """The format of this name. A name that is not one of `names()` raises KeyError."""
    from importlib import import_module

    if name not in names():
        raise KeyError(name)
    module: ComparisonFormat = import_module(f"{__name__}.{name}")
    return module
