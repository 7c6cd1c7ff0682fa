"""What a misspelt kind is taken for: a kind of ours before the class of a framework that spells alike."""

import pytest

from cnn_shapes.check import check


@pytest.mark.parametrize(
    ("written", "meant"), [("flaten", "flatten"), ("dens", "dense"), ("Flaten", "flatten")]
)
def test_a_kind_comes_before_a_class_name(written: str, meant: str) -> None:
    (problem,) = check(f"input: [8, 8, 1]\nlayers:\n  - {written}\n").diagnostics[:1]
    assert [fix.title for fix in problem.fixes[:1]] == [f"{written} -> {meant}"]
