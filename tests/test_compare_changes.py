"""What `compare` says changed: of single edits just these, of a network that is written otherwise nothing."""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from cnn_shapes.checking import check_path, check_source
from cnn_shapes.comparing import Comparison, compared, words
from cnn_shapes.expand import expand
from cnn_shapes.source import Source
from tests.golden import ROOT
from tests.networks import SPECS
from tests.single_changes import DOUBLED, DROPPED, changes
from tests.specs import check

FOLDER = ROOT / "tests" / "compared"
NAMES = sorted(file.stem for file in SPECS.glob("*.yaml"))
EACH = 12  # changes of each spec


class Row(NamedTuple):
    """A network, edits of its text, and what must be said of them."""

    name: str
    edits: list[tuple[str, str]]
    said: list[str]

    def texts(self) -> tuple[str, str]:
        """The text before, and after the edits."""
        file = FOLDER / f"{self.name}.yaml"
        before = after = (file if file.exists() else SPECS / file.name).read_text(encoding="utf-8")
        for old, new in self.edits:
            assert old in after, f"{self.name} has not {old}"
            after = after.replace(old, new, 1)
        return before, after


def rows(file: Path) -> Iterator[Row]:
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines:
            name, *rest = lines
            said = [line.removeprefix("= ") for line in rest if line.startswith("=")]
            edits = "\n".join(line for line in rest if not line.startswith("=")).split("\n~\n")
            yield Row(name, [(_lines(edit, "-"), _lines(edit, "+")) for edit in edits], said)


def _lines(edit: str, sign: str) -> str:
    return "".join(f"{line[1:]}\n" for line in edit.splitlines() if line.startswith(sign))


ROWS = list(rows(FOLDER / "single_edits.txt"))


def said(comparison: Comparison) -> list[str]:
    """The changes as they are shown, and the names that are others."""
    told = []
    for change in comparison.changes:
        title = [words.title(comparison, change), words.extent(comparison, change)]
        parts = [words.where(comparison, change), ", ".join(filter(None, title))]
        told.append(": ".join(filter(None, parts)))
    return told + [f"renamed {one.before} -> {one.after}" for one in comparison.renamed]


def test_there_are_many_rows() -> None:
    assert len(ROWS) > 100
    assert len({row.name for row in ROWS}) >= 8


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{row.name}-{place}") for place, row in enumerate(ROWS)]
)
def test_a_single_edit_is_named(row: Row) -> None:
    before, after = map(check, row.texts())
    comparison = compared(before, after)
    assert said(comparison) == row.said
    assert comparison.is_same == all(line.startswith("renamed ") for line in row.said)
    assert comparison.unexplained == []
    adds_up(comparison)


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_line_is_named(name: str) -> None:
    """Of a flat spec, each change of one line is one change, of that line or of one with the same words."""
    text = expand(check_path(str(SPECS / f"{name}.yaml")))
    before = check_source(Source("before.yaml", text), rules=False)
    lines = text.splitlines()
    count = 0
    for change in changes(text, random.Random(7)):
        after = check_source(Source("after.yaml", change.text), rules=False)
        if not after.ok:
            continue
        count += 1
        comparison = compared(before, after)
        adds_up(comparison)
        (found,) = comparison.changes
        old, new = words.lines(comparison, found)
        if change.what == DROPPED:
            assert new is None
            assert isinstance(old, int)
            assert lines[old - 1] == lines[change.line - 1]
        elif change.what == DOUBLED:
            assert old is None
            assert isinstance(new, int)
            added = change.text.splitlines()
            assert added[new - 1] in added[change.line - 1 : change.line + 1]
        else:
            assert (old, new) == (change.line, change.line)
        if count == EACH:
            return


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_is_the_network_that_it_unfolds_into(name: str) -> None:
    report = check_path(str(SPECS / f"{name}.yaml"))
    flat = check(expand(report))
    for comparison in (compared(report, flat), compared(flat, report)):
        assert [line for line in said(comparison) if not line.startswith("renamed ")] == []
        assert comparison.is_same


@pytest.mark.parametrize("name", NAMES)
def test_any_two_networks_add_up(name: str) -> None:
    before = check_path(str(SPECS / f"{name}.yaml"))
    for other in random.Random(name).sample(NAMES, 6):
        comparison = compared(before, check_path(str(SPECS / f"{other}.yaml")))
        adds_up(comparison)
        assert comparison.is_same == (name == other)
        assert comparison.unexplained == []


BROKEN = sorted((ROOT / "tests" / "causes").glob("*.yaml"))


@pytest.mark.parametrize(("before", "after"), [*pairwise(BROKEN)], ids=[file.stem for file in BROKEN[1:]])
def test_networks_with_errors_add_up(before: Path, after: Path) -> None:
    comparison = compared(check_path(str(before)), check_path(str(after)))
    adds_up(comparison)
    assert comparison.unexplained == []
    assert said(comparison)


@pytest.mark.parametrize("file", BROKEN, ids=[file.stem for file in BROKEN])
def test_a_text_is_the_same_as_itself(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    comparison = compared(check(text), check(f"# a remark\n\n{text}"))
    assert said(comparison) == []
    assert comparison.is_same == comparison.is_whole


def adds_up(comparison: Comparison) -> None:
    """Every layer is in one pair, and the changes together are the difference of the totals."""
    before, after, _ = zip(*comparison.pairs, strict=True)
    for side, nodes in enumerate((before, after)):
        found = sorted(node.index for node in nodes if node is not None)
        assert found == [node.index for node in comparison.network(side).layers]
    effects = [one for change in comparison.changes for one in (change.layers, change.follow)]
    effects += comparison.together.values()
    totals = [report.trace.totals for report in comparison.reports if report.trace is not None]
    for name in ("params", "non_trainable_params", "macs"):
        grown = getattr(totals[1], name) - getattr(totals[0], name)
        assert sum(getattr(effect, name) for effect in effects) == grown
