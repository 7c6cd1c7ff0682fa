"""The subcommands, one a file: a function of the file's name with typer's annotations. The folder lists them.

A command imports in its body what it needs, so that none pays for another. Where its name is a word of
Python, `import`, the file and the function have `_` after it.
"""

from collections.abc import Callable
from importlib import import_module
from keyword import iskeyword
from types import ModuleType
from typing import Any

from cnn_shapes.registry import modules


def names() -> list[str]:
    return sorted(name.removesuffix("_") for name in modules(__path__))


def group(name: str) -> str:
    """The heading under which the help has a command."""
    heading: str = _module(name).GROUP
    return heading


def load(name: str) -> Callable[..., Any] | None:
    """The function of a command; None where there is none of this name."""
    if name not in names():
        return None
    run: Callable[..., Any] = getattr(_module(name), _identifier(name))
    return run


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{_identifier(name)}")


def _identifier(name: str) -> str:
    return f"{name}_" if iskeyword(name) else name
