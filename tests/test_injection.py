"""Nothing out of a file, its name, a setting, a paste or an option is obeyed by a terminal or a CI system."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fuzz import hostile
from tests.golden import Result


@pytest.mark.parametrize("way", hostile.WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("text", hostile.TEXTS.values(), ids=hostile.TEXTS)
def test_nothing_is_obeyed(text: str, way: Callable[[Path, str], Iterator[str]], tmp_path: Path) -> None:
    assert list(way(tmp_path, text)) == []


@pytest.mark.parametrize("part", [part for part in hostile.PARTS if part not in ("\t", "::", "##")])
def test_the_judge_sees_what_is_printed_raw(part: str) -> None:
    """Of what is obeyed at the start of a line only, nothing is before it."""
    assert hostile.harm(Result(0, f"{part}\n", ""))
    assert hostile.harm(Result(2, "", f"{part}\n"))


@pytest.mark.parametrize(
    ("out", "harmful"),
    [
        ("::error title=cnn-shapes (bad-value),file=a.yaml::b\n", False),
        ("::error title=other::b\n", True),
        ("  ::error::b\n", True),
        ("a ::error::b\n", False),
    ],
)
def test_the_judge_knows_our_own_commands(out: str, harmful: bool) -> None:
    assert bool(hostile.harm(Result(0, out, ""), is_github=True)) == harmful
