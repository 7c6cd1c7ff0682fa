"""The output formats: one a file, each with `write(reports, out, options)`.

The folder is its own registry; nothing lists the formats a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol, TextIO

from cnn_shapes.registry import modules

if TYPE_CHECKING:
    from cnn_shapes.checking import Report

_HELPERS = ("html", "machine", "output", "rows", "snippet", "table", "text")


class Options(NamedTuple):
    """How to write. `width` is the terminal's, in cells; None where there is none, and nothing is wrapped."""

    color: bool = False
    width: int | None = None
    encoding: str = "utf-8"
    several: bool = False
    tables: bool | None = None
    depth: int | None = None
    quiet: bool = False

    @property
    def shows_tables(self) -> bool:
        if self.tables is None:
            return not self.several and not self.quiet
        return self.tables


class Format(Protocol):
    """A module of this folder. It writes each report as it comes and keeps none of them."""

    def write(self, reports: Iterable[Report], out: TextIO, options: Options) -> None: ...


def names() -> list[str]:
    return [name for name in modules(__path__) if name not in _HELPERS]


def load(name: str) -> Format:
    """The format of this name. A name that is none of `names()` raises KeyError."""
    from importlib import import_module

    if name not in names():
        raise KeyError(name)
    module: Format = import_module(f"{__name__}.{name}")
    return module
