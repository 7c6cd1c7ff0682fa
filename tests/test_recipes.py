"""The recipes of .github/CONTRIBUTING.md do what they say: what should turn red does, and all ends green."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import HANGS
from tests.tools import recipes
from tests.tools.planted_bugs import copy_tree

pytestmark = pytest.mark.recipes

RECIPES = recipes.recipes()
# what runs in all of them, beside the tests that they name: that nothing is left out, and the floors
ALSO = (
    "tests/test_export_tables.py",
    "tests/test_guide.py",
    "tests/test_readme.py",
    "tests/test_usage.py",
    "tests/test_cli.py::test_the_help_names_every_format",
    "tests/fuzz/test_judge.py",
)
FLOORS = ("tests/test_architecture.py", "tests/test_kind_names.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    copy_tree(tmp_path)
    return tmp_path


def test_there_are_five() -> None:
    assert [*RECIPES] == ["A layer kind", "A field", "A rule", "A format", "A command"]


@pytest.mark.parametrize("name", RECIPES)
def test_what_should_turn_red_does_and_all_ends_green(name: str, root: Path) -> None:
    first, *rest = recipes.follow(RECIPES[name], root, ALSO, FLOORS)
    assert first.failed == first.told != set()
    for run in rest:
        assert (run.command, run.failed) == (run.command, set())
    assert rest[-1].command == first.command


def test_a_maxout_by_the_recipe(root: Path) -> None:
    """Without the rows no code is guessed; with them it halves the channels, and odd ones are an error."""
    even, odd = "input: [8, 8, 6]\nlayers: [maxout]\n", "input: [8, 8, 7]\nlayers: [maxout]\n"
    kind, rows = (block.text for block in RECIPES["A layer kind"] if block.language == recipes.DIFF)
    recipes.apply(kind, root)
    for framework in ("keras", "pytorch"):
        assert command(root, "export", framework, "-", spec=even) == ""
    recipes.apply(rows, root)
    code = command(root, "export", "keras", "-", spec=even)
    assert "    x = ops.maximum(inputs[..., ::2], inputs[..., 1::2])  # 8x8x3\n" in code
    code = command(root, "export", "pytorch", "-", spec=even)
    assert "    x = torch.maximum(x[:, ::2], x[:, 1::2])  # 3x8x8\n" in code
    assert re.findall(r"\[(.+?)\]", command(root, "check", "-", "--format", "concise", spec=odd)) == [
        "groups-not-divisible"
    ]


def command(root: Path, *arguments: str, spec: str) -> str:
    """What `cnn-shapes ARGUMENTS` of a copy writes to standard output, for a spec from standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "cnn_shapes", *arguments],
        cwd=root,
        input=spec,
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    assert "internal fault" not in done.stderr
    return done.stdout


def test_a_diff_that_does_not_fit_says_so(root: Path) -> None:
    with pytest.raises(ValueError, match="LICENSE"):
        recipes.apply("--- a/LICENSE\n+++ b/LICENSE\n@@ -1,1 +1,1 @@\n-no such line\n+another\n", root)


def test_a_run_that_is_none_says_so(root: Path) -> None:
    with pytest.raises(ValueError, match="no_such_file"):
        recipes.failed("pytest -q tests/no_such_file.py", root, ())
