"""The specs of known networks that come with the package, by name."""

import os
import re

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_SHIPPED = os.path.join(_PACKAGE, "zoo")  # in an installed wheel
_CHECKOUT = os.path.join(os.path.dirname(_PACKAGE), "specs")  # in the repository and in an editable install
_FOLDER = _SHIPPED if os.path.isdir(_SHIPPED) else _CHECKOUT


def names() -> list[str]:
    """The names of all shipped specs, sorted: `alexnet`, `lenet5`, ..."""
    return sorted(file.removesuffix(".yaml") for file in os.listdir(_FOLDER) if file.endswith(".yaml"))


def path(name: str) -> str:
    """Where the spec `name` is. A name that is not one of `names()` raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return os.path.join(_FOLDER, f"{name}.yaml")


def text(name: str, names_schema: bool = True) -> str:
    """The spec `name`, line ends included. A name that is not one of `names()` raises KeyError.

    Its first line names the schema to editors, if it is to.
    """
    with open(path(name), encoding="utf-8", newline="") as file:
        found = file.read()
    return found if names_schema else re.sub(r"\A# yaml-language-server:.*\r?\n", "", found)
