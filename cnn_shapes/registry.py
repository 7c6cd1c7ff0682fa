"""A folder as the registry of what is in it: one thing a file, listed nowhere a second time."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any


def modules(folders: Iterable[str]) -> list[str]:
    """The names of the modules in a package's folders, in order. What pkgutil does, without its imports."""
    names = [name for folder in folders for name in os.listdir(folder)]
    return sorted(name.removesuffix(".py") for name in names if name.endswith(".py") and name[0] != "_")


def load(package: str, folders: Iterable[str], name: str) -> Any:
    """The module of this name in a package. A name that is not one of its modules raises KeyError."""
    if name not in modules(folders):
        raise KeyError(name)
    return import_module(f"{package}.{name}")
