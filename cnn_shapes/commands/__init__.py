"""The subcommands, one a file: a function of the file's name with typer's annotations. The folder lists them.

A command imports in its body what it needs, so that none pays for another.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from cnn_shapes.registry import modules


def names() -> list[str]:
    return modules(__path__)


def group(name: str) -> str:
    """The heading under which the help has a command."""
    heading: str = import_module(f"{__name__}.{name}").GROUP
    return heading


def load(name: str) -> Callable[..., Any] | None:
    """The function of a command; None where there is none of this name."""
    if name not in names():
        return None
    run: Callable[..., Any] = getattr(import_module(f"{__name__}.{name}"), name)
    return run
