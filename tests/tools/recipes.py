"""Follows the recipes of .github/CONTRIBUTING.md, each in a copy of this tree, and runs all checks after it.

    python -m tests.tools.recipes [WORD...]

`tests/test_recipes.py` runs the tests that a recipe names and a few more; this runs all, and ruff and mypy.
Words choose the recipes that have them in their names. The exit code is 1 where a check fails.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.golden import ROOT
from tests.tools.planted_bugs import copy_tree

CONTRIBUTING = ROOT / ".github" / "CONTRIBUTING.md"
HANGS = 300  # seconds after which a run is one that never ends
DIFF, SHELL, TOLD = "diff", "sh", "text"


class Block(NamedTuple):
    """A fenced block of a recipe: a diff to apply, commands to run, or the tests that fail then."""

    language: str
    text: str


class Run(NamedTuple):
    """One command of a recipe, the tests that it says will fail, and those that did."""

    command: str
    told: set[str]
    failed: set[str]


def recipes() -> dict[str, list[Block]]:
    """The blocks under each heading that has a diff."""
    _, *sections = re.split(r"^## (.+)\n", CONTRIBUTING.read_text(encoding="utf-8"), flags=re.M)
    blocks = {
        name: [Block(*found) for found in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.S | re.M)]
        for name, text in zip(sections[::2], sections[1::2], strict=True)
    }
    return {name: found for name, found in blocks.items() if any(b.language == DIFF for b in found)}


def follow(
    recipe: Sequence[Block], root: Path, also: Sequence[str] = (), at_last: Sequence[str] = ()
) -> Iterator[Run]:
    """Apply the diffs of a recipe to a copy of this tree, and run its commands.

    Beside the tests that a command names run those of `also`; where none should fail, those of `at_last` too.
    """
    for block, after in zip(recipe, [*recipe[1:], Block("", "")], strict=True):
        if block.language == DIFF:
            apply(block.text, root)
        elif block.language == SHELL:
            for command in block.text.splitlines():
                told = names(after.text) if after.language == TOLD else set()
                yield Run(command, told, failed(command, root, also if told else (*also, *at_last)))


def apply(diff: str, root: Path) -> None:
    """Change the files below `root`. Raises ValueError where a diff does not fit them."""
    done = subprocess.run(
        ["git", "apply", "-"],
        cwd=root,
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(root.parent)},  # no repository around it
        input=diff,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(done.stderr)


def failed(command: str, root: Path, also: Sequence[str]) -> set[str]:
    """The tests that fail in a run of pytest. Raises ValueError where it does not run."""
    program, *arguments = shlex.split(command)
    assert program == "pytest", f"a recipe runs pytest only, not: {command}"
    if "--update" not in arguments:
        arguments = [*dict.fromkeys([*arguments, *also])]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", *arguments],
        cwd=root,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    found = names(done.stdout)
    if done.returncode != bool(found):
        raise ValueError(f"{command} exits {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return found


def names(told: str) -> set[str]:
    """The tests that a summary of pytest names."""
    return set(re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", told, re.M))


def main(arguments: Sequence[str]) -> int:
    broken = 0
    for name, recipe in recipes().items():
        if all(word in name for word in arguments):
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                copy_tree(root)
                for run in follow(recipe, root):
                    print(f"{name}: {run.command}: {sorted(run.failed) or 'passed'}", flush=True)
                    broken += run.failed != run.told
                # no recipe can be followed a second time
                environment = os.environ | {"PYTEST_ADDOPTS": "--ignore=tests/test_recipes.py"}
                checks = [sys.executable, "-m", "tests.tools.checks"]
                broken += subprocess.run(checks, cwd=root, env=environment, check=False).returncode
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
