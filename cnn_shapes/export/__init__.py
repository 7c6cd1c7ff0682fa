"""Code that builds a network in a framework and needs nothing of ours to run: one framework a file.

The folder is its own registry, as the formats are: a framework is a module with `write(report) -> str`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cnn_shapes.export.code import Unexportable
from cnn_shapes.registry import modules

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

__all__ = ["Unexportable", "export", "names"]
_HELPERS = ("bodies", "classes", "code", "naming", "parts", "table", "variables")


class Framework(Protocol):
    """A module of this folder that is no helper."""

    def write(self, report: CheckResult) -> str: ...


def names() -> list[str]:
    return [name for name in modules(__path__) if name not in _HELPERS and not name.endswith("_layers")]


def export(report: CheckResult, framework: str) -> str:
    """The code of a checked spec as the text of a Python file; `framework` is one of `names()`.

    Raises Unexportable where the spec has errors, and where the framework has not what a layer needs: its
    message names the layer. A framework that does not exist raises KeyError.
    """
    from importlib import import_module

    if framework not in names():
        raise KeyError(framework)
    if not report.ok or report.trace is None:
        found = f"{len(report.errors)} error{'' if len(report.errors) == 1 else 's'}"
        raise Unexportable(f"{report.source.path} has {found}: code is made of a valid spec only")
    if report.silenced:
        raise Unexportable(str(report.silenced[0]))
    module: Framework = import_module(f"{__name__}.{framework}")
    return module.write(report)
