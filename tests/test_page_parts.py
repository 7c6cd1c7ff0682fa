"""What the page in the browser is built of: the modules it carries, what is pinned, what no wheel carries."""

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.golden import ROOT
from tests.test_architecture import MODULES, file_of, imports

PAGE = ROOT / "cnn_shapes" / "web" / "page"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PACK = (PAGE / "pack.mjs").read_text(encoding="utf-8")
UNSPOKEN = "korean/"  # the page speaks English, and what only another language imports is never loaded
STRING = re.compile(r'"([^"]+)"')


def quoted(begin: str, end: str) -> list[str]:
    """The strings of a list in `pack.mjs`."""
    return STRING.findall(PACK.partition(begin)[2].partition(end)[0])


def names_in(module: str) -> list[str]:
    """All that a module of the package imports."""
    return [name for _, name in imports(module, (ROOT / "cnn_shapes" / module).read_text(encoding="utf-8"))]


def reached(start: str) -> set[str]:
    """The files that a module of the package imports, it and they and so on."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            named = filter(None, map(file_of, names_in(module)))
            waiting += [file for file in named if not file.startswith(UNSPOKEN)]
    return found


def is_carried(module: str) -> bool:
    return not f"cnn_shapes/{module}".startswith(tuple(quoted("const LEFT_OUT = [", "];")))


@pytest.mark.parametrize("start", quoted("const LEFT_OUT = [", "];"))
def test_the_page_imports_nothing_of_what_it_leaves_out(start: str) -> None:
    found = sorted(reached("web/bridge.py"))
    assert [module for module in found if f"cnn_shapes/{module}".startswith(start)] == []


def test_what_is_left_out_is_there() -> None:
    shipped = [f"cnn_shapes/zoo/{file.name}" for file in (ROOT / "specs").iterdir()]
    files = [file.relative_to(ROOT).as_posix() for file in (ROOT / "cnn_shapes").rglob("*")]
    for start in quoted("const LEFT_OUT = [", "];"):
        assert any(file.startswith(start) for file in (*files, *shipped)), start


def test_the_page_has_all_of_the_library_that_it_imports() -> None:
    left_out = set(quoted("const NO_PART_OF_A_PAGE", "].join"))
    assert left_out
    assert left_out <= {*sys.stdlib_module_names, "pydoc_data", "_markupbase", "_pyrepl"}
    # no import names what is found by its name in a folder, as a kind of layer: all that is carried counts
    used = {name.partition(".")[0] for module in MODULES if is_carried(module) for name in names_in(module)}
    assert used & left_out == set()
    assert used - sys.stdlib_module_names == {"cnn_shapes", "rich", "yaml"}


def test_packages_are_pinned_exactly() -> None:
    package = json.loads((PAGE / "package.json").read_text(encoding="utf-8"))
    pins = {**package["dependencies"], **package["devDependencies"]}
    assert {name for name, version in pins.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == set()
    locked = json.loads((PAGE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in pins} == pins
    assert [name for name, one in locked.items() if name and "integrity" not in one] == []
    lines = (PAGE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"#.*|[\w-]+==[\d.]+", line)] == []


def test_the_lock_names_no_registry() -> None:
    text = (PAGE / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "://" not in text


def test_no_wheel_carries_the_page() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["exclude"] == [PAGE.relative_to(ROOT).as_posix()]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.stem)
def test_actions_are_pinned_by_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", workflow.read_text(encoding="utf-8"))
    assert used
    for action, version in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", version)
