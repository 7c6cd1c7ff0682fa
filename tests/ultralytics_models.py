"""What Ultralytics makes of its YAMLs and of single modules: `tests.tools.measure_ultralytics` found it.

Its text is AGPL and is not here: the YAMLs are read where the package is installed, the numbers are in files.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import Source
from tests.golden import ROOT

VERSION = "8.4.190"
MODELS = ROOT / "tests" / "data" / "ultralytics_models.txt"
MODULES = ROOT / "tests" / "data" / "ultralytics_modules.txt"
SIZE = 256  # of the square that goes in


class Measured(NamedTuple):
    """A module: its class, its parameters, and the shape that comes out; None for heads and lists."""

    word: str
    params: int
    shape: tuple[int, ...] | None


def rows(path: Path) -> Iterator[tuple[str, list[Measured]]]:
    """What was measured: a name, or a module as it is written, and all modules of it."""
    for line in path.read_text(encoding="utf-8").splitlines():
        name, found = line.split(" | ")
        yield name, [_measured(one) for one in found.split()]


def _measured(text: str) -> Measured:
    word, params, shape = text.split(":")
    return Measured(word, int(params), tuple(map(int, shape.split("x"))) if shape != "-" else None)


def folder() -> Path:
    """Where the YAMLs of the installed package are; nothing of it is imported."""
    spec = find_spec("ultralytics")
    assert spec is not None, f"pip install --no-deps ultralytics=={VERSION}"
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "cfg" / "models"


def read(name: str, text: str, scale: str = "") -> CheckResult:
    """The report of a YAML at a scale."""
    params = (("scale", scale),) if scale else ()
    overrides = Overrides(input=(3, SIZE, SIZE), params=params)
    return check_source(Source(name, text), overrides, rules=False)


def counted(report: CheckResult) -> list[Measured]:
    """The same of our own reading: a module is all layers whose names begin with its name."""
    assert report.errors == [], [found.message() for found in report.errors]
    assert report.trace is not None
    found: dict[int, Measured] = {}
    for step in report.trace.steps:
        word, *number = step.node.name.partition(".")[0].split("_")
        if not number:
            continue  # the input
        before = found.get(int(number[0]), Measured(word, 0, None))
        shape = tuple(step.node.output or ())
        found[int(number[0])] = Measured(word, before.params + (step.params or 0), shape)
    assert list(found) == list(range(len(found)))
    return list(found.values())


def alone(entry: str) -> str:
    """A model that has one module between a Conv and a head."""
    stem = "  - [-1, 1, Conv, [64, 3, 2]]\n  - [-1, 1, Conv, [64, 3, 2]]"
    return f"nc: 4\nbackbone:\n{stem}\n  - {entry}\nhead:\n  - [[0, 1], 1, Detect, [nc]]\n"
