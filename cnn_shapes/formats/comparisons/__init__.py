"""The output formats of a comparison: one a file, each with `write(shown, out, options)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cnn_shapes import registry
from cnn_shapes.formats.parts.compared_rows import Judged, ShownComparison

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

__all__ = ["Judged", "ShownComparison", "answer", "load", "names"]


class ComparisonFormat(Protocol):
    """A module of this folder."""

    def write(self, shown: ShownComparison, out: Output, options: DisplayOptions) -> None: ...


def answer(before: CheckResult, after: CheckResult, dtype: str, batch: int) -> dict[str, Any]:
    """What the format `json` says of two reports, and as `text` what `full` does. Raises ValueError."""
    from io import StringIO

    from cnn_shapes.comparing import compared
    from cnn_shapes.comparing.figures import totals_beside
    from cnn_shapes.formats.comparisons import full, json
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions
    from cnn_shapes.memory import DTYPES

    if dtype not in DTYPES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, found {dtype}")
    paths = before.source.path, after.source.path
    totals = totals_beside(before, after, dtype, batch)
    shown = ShownComparison(compared(before, after), paths, totals, (), dtype, batch)
    text = StringIO()
    full.write(shown, Output(text), DisplayOptions())
    return {**json.entry(shown), "text": text.getvalue()}


def names() -> list[str]:
    return registry.modules(__path__)


def load(name: str) -> ComparisonFormat:
    """The format of this name. A name that is not one of `names()` raises KeyError."""
    module: ComparisonFormat = registry.load(__name__, __path__, name)
    return module
