"""A folder as the registry of what is in it: one thing a file, listed nowhere a second time."""

from __future__ import annotations

import os
from collections.abc import Iterable


def modules(folders: Iterable[str]) -> list[str]:
    """The names of the modules in a package's folders, in order. What pkgutil does, without its imports."""
    names = [name for folder in folders for name in os.listdir(folder)]
    return sorted(name.removesuffix(".py") for name in names if name.endswith(".py") and name[0] != "_")
