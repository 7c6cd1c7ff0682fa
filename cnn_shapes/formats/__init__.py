"""The output formats: one a file, each with `fragment(report, options)` and `write(fragments, out, options)`.

The folder is its own registry; nothing lists the formats a second time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from cnn_shapes import registry
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


__all__ = ["DisplayOptions", "Format", "fragments", "load", "names", "show", "shows_fixes"]


class Format(Protocol):
    """A module of this folder: what it makes of one report, and how it writes what it made of all of them.

    A fragment is plain data without the report: it may have been made in another process.
    """

    def fragment(self, report: CheckResult, options: DisplayOptions) -> Any: ...

    def write(self, fragments: Iterable[Any], out: Output, options: DisplayOptions) -> None: ...


def shows_fixes(format: Format) -> bool:
    """Whether a search for repairs is worth its time; a format that shows none says SHOWS_FIXES = False."""
    shows: bool = getattr(format, "SHOWS_FIXES", True)
    return shows


def names() -> list[str]:
    return registry.modules(__path__)


def load(name: str) -> Format:
    """The format of this name. A name that is not one of `names()` raises KeyError."""
    module: Format = registry.load(__name__, __path__, name)
    return module


def show(name: str, reports: Iterable[CheckResult], out: Output, options: DisplayOptions) -> None:
    """Write reports in the format of this name, each as it comes."""
    format = load(name)
    format.write((fragments(report, [(format, options)])[0] for report in reports), out, options)


def fragments(report: CheckResult, wanted: Sequence[tuple[Format, DisplayOptions]]) -> tuple[Any, ...]:
    """What each of these formats makes of a report.

    Where one fails over it, the report becomes that of the fault, of which all of them tell: a fault of ours
    over one file is a finding of that file.
    """
    try:
        return tuple([format.fragment(report, options) for format, options in wanted])
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        report.give_up(error)
        return tuple([format.fragment(report, options) for format, options in wanted])
