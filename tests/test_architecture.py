"""A module imports only from floors below its own, and only one place knows each dependency."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import PurePath

import pytest

from tests.golden import ROOT

FLOORS = (
    ("files", "patterns", "registry", "source", "shapes", "version"),
    ("diagnostics", "receptive_field", "zoo"),
    ("layers",),
    ("network",),
    ("culprit", "nesting", "spec", "trace"),
    ("mismatch", "placing"),
    ("writing",),
    ("rules", "schema", "verdict"),
    ("suppress", "settings"),
    ("check", "discover"),
    ("repair", "sizes", "expand", "export", "formats"),
    ("explain", "pin"),
    ("prompt",),
    ("cli_options",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}
MAY_IMPORT = {
    "prompt_toolkit": {"prompt"},
    "rich": {"formats", "prompt"},
    "typer": {"cli", "cli_options", "commands"},
    "yaml": {"source"},
}
LONGEST = 320

PACKAGE = "cnn_shapes"
FACE = f"{PACKAGE}/__init__.py"  # gathers what is public, from any floor
FILES = sorted(
    file.relative_to(ROOT).as_posix() for top in (PACKAGE, "tests") for file in (ROOT / top).rglob("*.py")
)
MODULES = [file.removeprefix(f"{PACKAGE}/") for file in FILES if file.startswith(PACKAGE) and file != FACE]


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_and_dependencies_stay_at_home(module: str) -> None:
    assert complaints(module, (ROOT / PACKAGE / module).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", FILES)
def test_a_file_does_one_thing(file: str) -> None:
    lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST


def test_every_dependency_has_a_home() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = sorted(requirement.partition(">=")[0] for requirement in project["dependencies"])
    assert names == ["prompt_toolkit", "pyyaml", "rich", "typer"]


@pytest.mark.parametrize(
    ("module", "text", "expected"),
    [
        ("network.py", "import os.path", []),
        ("network.py", "from cnn_shapes.layers.base import Layer", []),
        ("network.py", "from cnn_shapes import shapes", []),
        ("layers/conv.py", "from cnn_shapes.layers import base", []),
        ("layers/conv.py", "from .base import Layer", []),
        ("layers/conv.py", "from ..network import Node", ["1: network is not below"]),
        ("layers/__init__.py", "from ..network import Node", ["1: network is not below"]),
        ("network.py", "import cnn_shapes.trace", ["1: trace is not below"]),
        ("shapes.py", "from cnn_shapes import source", ["1: source is not below"]),
        ("check.py", "def f():\n    from cnn_shapes.repair import advise", ["2: repair is not below"]),
        ("cli.py", "from cnn_shapes import Report", ["1: Report has no floor"]),
        ("cli.py", "import typer\nimport yaml", ["2: yaml is for source"]),
        ("check.py", "def f():\n    import rich.table", ["2: rich is for formats, prompt"]),
        ("shapes.py", "import numpy", ["1: numpy is no dependency"]),
        ("helpers.py", "", ["1: helpers has no floor"]),
    ],
)
def test_the_test_sees(module: str, text: str, expected: list[str]) -> None:
    assert complaints(module, text) == expected


def complaints(module: str, text: str) -> list[str]:
    """What the imports of a module break, by line. Imports in functions count: they are dependencies too."""
    here = PurePath(module).parts[0].removesuffix(".py")
    found = [] if here in FLOOR else [f"1: {here} has no floor"]
    for line, imported in imports(module, text):
        top, *rest = imported.split(".")
        part = rest[0] if rest else ""
        if top == PACKAGE and part not in (here, *FLOOR):
            found.append(f"{line}: {part or top} has no floor")
        elif top == PACKAGE and part != here and FLOOR[part] >= FLOOR.get(here, 0):
            found.append(f"{line}: {part} is not below")
        elif top in MAY_IMPORT and here not in MAY_IMPORT[top]:
            found.append(f"{line}: {top} is for {', '.join(sorted(MAY_IMPORT[top]))}")
        elif top not in sys.stdlib_module_names and top not in (PACKAGE, *MAY_IMPORT):
            found.append(f"{line}: {top} is no dependency")
    return found


def imports(module: str, text: str) -> Iterator[tuple[int, str]]:
    """The line and absolute dotted name of all that a module imports."""
    package = [PACKAGE, *PurePath(module).parts[:-1]]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = [*base, *filter(None, [node.module])]
            for name in node.names:
                yield node.lineno, ".".join([*origin, name.name])
