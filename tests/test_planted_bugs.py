"""The table of planted bugs is in step with the engine, and the script knows a bug from no bug."""

from collections import Counter

import pytest

from tests.golden import ROOT
from tests.tools.planted_bugs import BUGS, TESTS, Bug, caught, planted

HARMLESS = Bug("none", "shapes.py", "UNKNOWN = 0\n", "UNKNOWN = 0  # unknown\n")


def test_the_table() -> None:
    assert len(BUGS) == 91
    assert max(Counter(bug.name for bug in BUGS).values()) == 1
    assert [test for test in TESTS if not (ROOT / "tests" / f"{test}.py").exists()] == []


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_bug_changes_one_place(bug: Bug) -> None:
    text = (ROOT / "cnn_shapes" / bug.file).read_text(encoding="utf-8")
    assert planted(bug, text) != text


def test_a_bug_is_caught_and_a_tree_without_one_passes() -> None:
    assert caught(BUGS[0], ["test_windows"]).startswith("test_windows.py::")
    assert caught(HARMLESS, ["test_windows"]) == ""


def test_a_table_out_of_step_says_so() -> None:
    with pytest.raises(ValueError, match=r"^none: shapes.py has its text 0 times$"):
        planted(HARMLESS, "")
