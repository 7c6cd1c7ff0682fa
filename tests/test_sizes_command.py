"""The command `sizes`: its options, and what it says where there is no question to answer."""

import json

import pytest

from cnn_shapes.formats.parts.terminal_text import folded
from tests.golden import run

SPEC = "input: [28, 28, 1]\nparams: {k: 2}\nlayers:\n  - maxpool: k\n"


@pytest.mark.parametrize(
    ("arguments", "below", "first"),
    [
        ([], [26, 26], 2),
        (["--set", "k=5"], [25, 25], 5),
        (["--input", "13x8x1"], [12, 8], 2),
        (["--input", "13x8x1", "--set", "k=3"], [12, 6], 3),
        (["--input", "13x8x1", "--rounding", "floor"], [12, 7], 2),
    ],
)
def test_other_values_without_an_edit(arguments: list[str], below: list[int], first: int) -> None:
    ran = run("sizes", "-", "--json", *arguments, stdin=SPEC)
    found = json.loads(ran.out)
    assert ran.code == 0
    assert found["below"] == below
    assert [one["first"] for one in found["progressions"]["height"]] == [first]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "j=3"], "there is no param j"),
        (["--input", "28x28"], "28x28 has 2 sizes, input in <stdin> has 3"),
        (["--rounding", "ceil"], "'ceil' is not one of 'exact', 'floor'"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str) -> None:
    ran = run("sizes", "-", *arguments, stdin=SPEC)
    assert (ran.out, ran.code) == ("", 2)
    assert said in " ".join(ran.err.split())


def test_a_vector_has_no_axes() -> None:
    ran = run("sizes", "-", stdin="input: 784\nlayers: [dense: 10]\n")
    assert (ran.out, ran.err, ran.code) == (
        "<stdin>: the input is a vector of 784 features, it has no size to vary\n",
        "",
        0,
    )
    ran = run("sizes", "-", "--json", stdin="input: 784\nlayers: [dense: 10]\n")
    assert (json.loads(ran.out), ran.code) == (
        {
            "version": 1,
            "rounding": "exact",
            "smallest": [],
            "below": None,
            "above": None,
            "progressions": [],
            "failing": [],
            "proved": True,
        },
        0,
    )


@pytest.mark.parametrize(
    "spec", ["", "input: 28x28x1\n", "input: 28x28x1\nlayers: []\n", "layers: [conv: 3]\n"]
)
def test_what_is_not_a_spec_is_reported_as_check_does(spec: str) -> None:
    ran = run("sizes", "-", stdin=spec)
    assert (ran.out, ran.code) == (run("check", "-", "--format", "concise", stdin=spec).out, 1)


def test_for_programs_there_is_no_answer_but_the_problems() -> None:
    spec = "input: 28x28x1\nlayers: [conv: {filtres: 4}]\n"
    ran = run("sizes", "-", "--json", stdin=spec)
    found = json.loads(ran.out)
    assert ran.code == 1
    assert (found["smallest"], found["progressions"], found["proved"]) == (None, [], False)
    (problem,) = found["files"][0]["diagnostics"]
    assert (problem["rule"], problem["line"], found["summary"]["errors"]) == ("unknown-key", 2, 1)


def test_a_smallest_size_that_no_framework_takes() -> None:
    # 46341*46349 = 46345**2 - 16 = 2147859009, and 2**31-1 = 2147483647
    spec = "input: [28, 28, 1]\nlayers: [maxpool: 46341, maxpool: 46349]\n"
    ran = run("sizes", "-", stdin=spec)
    assert "every multiple of 2147859009 from 2147859009, to infinity" in ran.out
    assert ran.out.endswith("note: sizes end at 2**31-1, as in every framework: check takes none of these\n")


def test_lines_are_folded_to_the_terminal() -> None:
    line = "    15x15   maxpool1, line 7   pool-not-divisible: 11"
    assert folded(line, None) == [line]
    assert folded(line, len(line)) == [line]
    assert folded(line, 40) == ["    15x15   maxpool1, line 7", "      pool-not-divisible: 11"]


@pytest.mark.parametrize(
    ("spec", "code", "said"),
    [
        ("input: [9, 9, 3]\nlayers: [conv: {filters: 5, groups: 2}]\n", 1, "no input size works"),
        ("input: [9, 9, 3]\nlayers: [convv: 5]\n", 1, "error[unknown-layer]"),
        ("input: [9, 9, 3]\nlayers: [maxpool: 2]\n", 0, "every multiple of 2 from 2, to infinity"),
    ],
)
def test_exit_codes(spec: str, code: int, said: str) -> None:
    ran = run("sizes", "-", stdin=spec)
    assert ran.code == code
    assert said in ran.out
