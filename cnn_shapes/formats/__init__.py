"""The output formats: one a file, each with `write(reports, out, options)`.

The folder is its own registry; nothing lists the formats a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions
from cnn_shapes.registry import modules

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


__all__ = ["DisplayOptions", "Format", "load", "names"]


class Format(Protocol):
    """A module of this folder. It writes each report as it comes and keeps none of them."""

    def write(self, reports: Iterable[CheckResult], out: Output, options: DisplayOptions) -> None: ...


def names() -> list[str]:
    return modules(__path__)


def load(name: str) -> Format:
    """The format of this name. A name that is not one of `names()` raises KeyError."""
    from importlib import import_module

    if name not in names():
        raise KeyError(name)
    module: Format = import_module(f"{__name__}.{name}")
    return module
