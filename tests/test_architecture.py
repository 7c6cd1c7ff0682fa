"""A module imports only from floors below its own, inside packages too, and nothing goes in circles.

`TYPE_CHECKING` is not a back door: what is imported for types alone counts like any other import. So do
imports in functions: they are dependencies too.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping, Set
from pathlib import PurePath

import pytest

from tests.golden import ROOT

# The lowest floor first; what shares a floor imports nothing of its neighbours. A name is a file or a folder,
# and the floors of a folder with rooms of its own are a row of their own.
FLOORS = {
    "": (
        ("korean",),
        ("words",),
        ("version", "registry", "shown_text", "source", "shapes"),
        ("receptive_field",),
        ("diagnostics",),
        ("layers",),
        ("edit",),
        ("network",),
        ("trace",),
        ("memory",),
        ("outline",),
        ("language",),
        ("schema",),
        ("rules",),
        ("diagnosis",),
        ("settings",),
        ("discovery",),
        ("checking",),
        ("comparing", "expand", "explain", "input_sizes", "sweeps"),
        ("repair",),
        ("export", "importing", "draw"),
        ("formats",),
        ("prompt",),
        ("web",),
        ("commands",),
        ("cli",),
        ("__main__",),
    ),
    "korean": (("texts", "readings"), ("particles", "catalogue")),
    "language": (
        ("expressions", "quantities"),
        ("values",),
        ("entry",),
        ("block", "building", "field_patches"),
        ("spec",),
        ("reading",),
        ("overlay", "dialects"),
        ("unfolding",),
    ),
    "language.dialects": (("writing",), ("keras",), ("files",)),
    "language.dialects.caffe": (
        ("prototxt",),
        ("so_far",),
        ("inputs", "windows", "axes"),
        ("layers",),
        ("translation",),
    ),
    "language.dialects.darknet": (("sections",), ("so_far",), ("layers",), ("translation",)),
    "language.dialects.keras": (
        ("call",),
        ("activations", "settings"),
        ("windows",),
        ("plain_layers",),
        ("operations", "sequences"),
        ("table",),
    ),
    "language.dialects.ultralytics": (
        ("reading", "library"),
        ("scaling",),
        ("so_far",),
        ("modules",),
        ("torch_modules", "heads"),
        ("translation",),
    ),
    "language.dialects.keras_files": (
        ("json_text", "shapes_ahead", "functions"),
        ("node_arguments", "told_settings"),
        ("graph",),
        ("inputs", "words"),
        ("translation",),
    ),
    "repair": (("trial",), ("changes",), ("search",), ("clues",), ("report",), ("pins", "baseline")),
    "prompt": (("language",), ("session",), ("view",), ("terminal",)),
    "web": (("places", "completion"), ("answers",), ("layers", "exports"), ("bridge",)),
    "formats": (("parts",), ("files",), ("comparisons",)),
    "comparing": (
        ("facts", "sequences"),
        ("pairing",),
        ("partners", "written"),
        ("changes",),
        ("effects",),
        ("comparison",),
        ("words", "figures"),
    ),
    "draw": (
        ("kit", "naming"),
        ("words",),
        ("scene",),
        ("whole", "sliding", "layered"),
        ("blocks", "landscape", "window", "front"),
        ("picture", "mermaid", "page"),
    ),
    "sweeps": (
        ("space", "processes", "cluster"),
        ("paths", "condition"),
        ("job",),
        ("writing",),
        ("picking", "running"),
    ),
    "draw.kit": (("palette",), ("svg",), ("arrows",)),
    "draw.sliding": (("axes", "formulas"), ("planes",)),
    "draw.whole": (("boxes",), ("grid", "row", "rows", "problems")),
    "commands": (("parts",), ("files",)),
    "commands.parts": (
        ("help", "model_options", "completing", "processes"),
        ("shared",),
        ("models", "changes", "outputs"),
        ("file_checks",),
        ("runs",),
        ("watching",),
    ),
    "importing": (
        ("answers",),
        ("tracer", "recording", "arrangement"),
        ("traced_model", "words"),
        ("building", "wording", "keras_models"),
        ("running", "operations"),
        ("layers_of", "of_network"),
        ("flat_spec",),
        ("findings",),
        ("model_check", "verifying"),
        ("remedies",),
        ("model_fixes", "onnx"),
        ("folding",),
    ),
    "importing.folding": (
        ("items", "proof", "naming"),
        ("leaves", "structures"),
        ("patterns",),
        ("repeats", "merging"),
        ("blocks",),
        ("solving",),
        ("defaults", "trees"),
        ("writing",),
        ("folded_spec",),
    ),
    "importing.findings": (("model_source",), ("in_code", "refused")),
    "importing.keras_models": (
        ("watching", "recording", "names"),
        ("graphs", "layers_of", "agreement"),
        ("recorder",),
        ("tracer",),
    ),
    "importing.onnx": (
        ("model_file",),
        ("constants", "patterns", "scopes"),
        ("node_reader",),
        ("windows", "pointwise", "axes", "sizes"),
        ("dense",),
        ("joins",),
        ("table",),
        ("graph",),
        ("file_check",),
    ),
    "importing.operations": (
        ("operation",),
        ("windows",),
        ("pointwise", "norms", "dense"),
        ("joins", "axes", "sizes", "reductions", "attention", "patterns"),
        ("table",),
    ),
}
MAY_IMPORT = {
    "distributed": ("sweeps/cluster.py",),
    "keras": ("importing/keras_models",),
    "numpy": ("importing/onnx/constants.py", "importing/onnx/graph.py"),  # in which onnx gives its values
    "onnx": ("importing/onnx/stored/model_file.py",),
    "prompt_toolkit": ("prompt/terminal",),
    "rich": ("formats", "prompt"),
    "torch": ("importing/tracer.py",),
    "typer": ("cli.py", "commands"),
    "yaml": ("source",),
}
DOOR = "formats/parts/streams.py"
STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")
ALONE = "importing/tracer.py"  # a script that another interpreter runs: one file, with streams of its own
MOST_LINES = 500
MOST_FILES = 15
REGISTRIES = ("commands", "formats", "layers", "rules", "rules/design")  # one entry a file, however many

PACKAGE = "cnn_shapes"
FACE = "__init__.py"  # the face gathers what is public, from any floor
FILES = sorted(
    file.relative_to(ROOT).as_posix() for top in (PACKAGE, "tests") for file in (ROOT / top).rglob("*.py")
)
MODULES = [name for file in FILES if (name := file.removeprefix(f"{PACKAGE}/")) != file and name != FACE]


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_and_dependencies_stay_at_home(module: str) -> None:
    found = complaints(module, (ROOT / PACKAGE / module).read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize("module", MODULES)
def test_there_is_one_door(module: str) -> None:
    """What is printed in another way is not made harmless."""
    text = (ROOT / PACKAGE / module).read_text(encoding="utf-8")
    assert module in (DOOR, ALONE) or doors(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("print(1)", ["print"]),
        ("sys.stdout.write('')", ["stdout"]),
        ("from sys import stderr", ["stderr"]),
        ("typer.echo('')", ["echo"]),
        ("answer = input('> ')", ["input"]),
        ("def check(input: str) -> None:\n    report.input\n    sys.stdin.read()", []),
    ],
)
def test_doors(text: str, expected: list[str]) -> None:
    assert doors(text) == expected


def doors(text: str) -> list[str]:
    """The ways around `streams` that a module names."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("print", "input")
        ):
            found.append(node.func.id)
        elif isinstance(node, ast.Attribute) and node.attr in (*STREAMS, "echo", "secho"):
            found.append(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found += [name.name for name in node.names if name.name in STREAMS]
    return found


def test_nothing_goes_in_circles() -> None:
    graph = {
        module: {
            target
            for _, name in imports(module, (ROOT / PACKAGE / module).read_text(encoding="utf-8"))
            if (target := file_of(name)) not in (None, module, FACE)
        }
        for module in MODULES
    }
    assert circles(graph) == []


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_one_that_a_reader_can_hold(file: str) -> None:
    lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES or file == f"{PACKAGE}/{ALONE}"


def test_a_folder_is_one_that_a_reader_can_hold() -> None:
    folders = {PurePath(module).parent for module in MODULES} - {PurePath(name) for name in REGISTRIES}
    crowded = {
        folder.as_posix(): len(files)
        for folder in folders
        if len(files := [m for m in MODULES if PurePath(m).parent == folder]) > MOST_FILES
    }
    assert crowded == {}


def test_a_name_of_a_class_means_one_thing() -> None:
    homes: dict[str, set[str]] = {}
    for module in (*MODULES, FACE):
        for node in ast.walk(ast.parse((ROOT / PACKAGE / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name.lstrip("_"), set()).add(module)
    assert {name: sorted(where) for name, where in homes.items() if len(where) > 1} == {}


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
        ("layers/conv.py", "from ..network import Node", ["1: network is not below layers"]),
        ("layers/__init__.py", "from ..network import Node", ["1: network is not below layers"]),
        ("network.py", "import cnn_shapes.trace", ["1: trace is not below network"]),
        ("shapes.py", "from cnn_shapes import source", ["1: source is not below shapes"]),
        (
            "checking.py",
            "def f():\n    from cnn_shapes.repair import advise",
            ["2: repair is not below checking"],
        ),
        (
            "checking.py",
            "if TYPE_CHECKING:\n    from cnn_shapes.repair import Repair",
            ["2: repair is not below checking"],
        ),
        ("cli.py", "from cnn_shapes import Report", ["1: Report has no floor"]),
        ("cli.py", "import typer\nimport yaml", ["2: yaml is for source"]),
        ("checking.py", "def f():\n    import rich.table", ["2: rich is for formats, prompt"]),
        ("shapes.py", "import scipy", ["1: scipy is not a dependency"]),
        ("prompt/view/help.py", "import prompt_toolkit", ["1: prompt_toolkit is for prompt/terminal"]),
        ("helpers.py", "", ["1: helpers has no floor"]),
        ("language/unfolding/scope.py", "from cnn_shapes.language.reading.common import COMMON", []),
        (
            "language/reading/common.py",
            "from cnn_shapes.language.unfolding.scope import Scope",
            ["1: language.unfolding is not below language.reading"],
        ),
        ("formats/full.py", "from cnn_shapes.formats.parts.terminal_text import place", []),
        (
            "formats/parts/terminal_text.py",
            "from cnn_shapes.formats.full import write",
            ["1: formats.full is not below formats.parts"],
        ),
    ],
)
def test_the_test_sees(module: str, text: str, expected: list[str]) -> None:
    assert complaints(module, text) == expected


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ({"a": {"b"}, "b": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [["a", "b", "c"]]),
        ({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}, [["a", "b"], ["c", "d"]]),
    ],
)
def test_the_test_sees_circles(graph: Mapping[str, Set[str | None]], expected: list[list[str]]) -> None:
    assert circles(graph) == expected


def complaints(module: str, text: str) -> list[str]:
    """What the imports of a module break, by line."""
    here = (*PurePath(module).parts[:-1], PurePath(module).stem)
    found = [] if floor("", here[0]) is not None else [f"1: {here[0]} has no floor"]
    for line, imported in imports(module, text):
        top, *rest = imported.split(".")
        if top == PACKAGE:
            found += [f"{line}: {complaint}" for complaint in upward(here, tuple(rest))]
        elif top in MAY_IMPORT:
            if not any(module.startswith(home) for home in MAY_IMPORT[top]):
                found.append(f"{line}: {top} is for {', '.join(MAY_IMPORT[top])}")
        elif top not in sys.stdlib_module_names:
            found.append(f"{line}: {top} is not a dependency")
    return found


def upward(here: tuple[str, ...], there: tuple[str, ...]) -> Iterator[str]:
    """The first folder in which the two part, where the import does not go down in it."""
    room = ""
    for own, other in zip(here, (*there, ""), strict=False):
        if room in FLOORS and own != other:
            begin, end = floor(room, own), floor(room, other)
            if end is None and room == "":
                yield f"{other} has no floor"
            elif begin is not None and end is not None and end >= begin:
                yield f"{dotted(room, other)} is not below {dotted(room, own)}"
        if own != other:
            return
        room = dotted(room, own)


def floor(room: str, part: str) -> int | None:
    """The floor of a part of a folder; files that are not named share one, and the face of it has none."""
    floors = FLOORS[room]
    named = next((number for number, parts in enumerate(floors) if part in parts), None)
    others = next((number for number, parts in enumerate(floors) if "files" in parts), None)
    return others if named is None and part != "__init__" else named


def dotted(room: str, part: str) -> str:
    return f"{room}.{part}" if room else part


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


def file_of(name: str) -> str | None:
    """The file of the package that a dotted name means, itself or something in it."""
    top, *parts = name.split(".")
    while top == PACKAGE and parts:
        path = PurePath(*parts)
        for candidate in (f"{path.as_posix()}.py", f"{path.as_posix()}/__init__.py"):
            if (ROOT / PACKAGE / candidate).is_file():
                return candidate
        parts.pop()
    return None


def circles(graph: Mapping[str, Set[str | None]]) -> list[list[str]]:
    """The groups of modules that import each other, each sorted."""
    reach = {module: reachable(graph, module) for module in graph}
    groups = {
        tuple(sorted(other for other in reach[module] if module in reach.get(other, ())))
        for module in graph
        if module in reach[module]
    }
    return sorted(map(list, groups))


def reachable(graph: Mapping[str, Set[str | None]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in graph.get(waiting.pop(), ()):
            if target is not None and target not in found:
                found.add(target)
                waiting.append(target)
    return found
