"""Texts that ask for more than a file may: depth, aliases, a flood of problems."""

from __future__ import annotations

import pytest

from cnn_shapes.source import Limits, Sequence, Source, read_yaml
from tests.counting import steps
from tests.yaml_trees import problems


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[[[1]]]", None),
        ("a: [[1]]", None),
        ("[[[[1]]]]", 3),
        ("- - - - 1", 6),
        ("- &x [1]\n- [*x]\n", None),
        ("- &x [[1]]\n- [*x]\n", 14),
        ("- &x [1]\n- &y [*x]\n- [*y]\n", 22),
    ],
)
def test_depth(text: str, place: int | None, pure: bool) -> None:
    found = read_yaml(Source("x.yaml", text), Limits(depth=3), pure).problems
    assert [problem.span.start for problem in found] == ([] if place is None else [place])
    assert problems(text, pure, Limits(depth=3)) == [
        (
            "limit-exceeded",
            text[problem.span.start : problem.span.end],
            "nested deeper than 3 levels, the limit",
        )
        for problem in found
    ]


@pytest.mark.parametrize(
    ("text", "limit", "found"),
    [
        ("[1, 2, 3, 4, 5]", 5, []),
        ("[1, 2, 3, 4, 5, 6]", 5, ["["]),
        ("{a: 1, b: 2}", 3, ["{"]),  # keys count too
        ("- &x [1, 2]\n- *x", 6, []),  # two items and twice two numbers
        ("- &x [1, 2]\n- *x", 5, ["-"]),
        ("- &x [1, 2]\n- *x\n- *x\n", 5, ["*x"]),
    ],
)
def test_nodes(text: str, limit: int, found: list[str]) -> None:
    message = f"more than {limit} values, the limit; an alias counts for all that it refers to"
    assert problems(text, limits=Limits(nodes=limit)) == [
        ("limit-exceeded", place, message) for place in found
    ]


MANY = 1_000_000
BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 11))
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 200))
MERGES = "a: &a {" + ", ".join(f"k{i}: 1" for i in range(1000)) + "}\nb: {<<: [" + "*a, " * 100_000 + "]}\n"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000 + "]" * 100_000,
        "[" * MANY,
        "{" * MANY,
        "{a: " * (MANY // 4),
        "- " * (MANY // 2),
        "? " * (MANY // 2),
        "[? " * (MANY // 3),
        BOMB,
        CHAIN,
        MERGES,
    ],
    ids=lambda text: text[:4],
)
def test_attacks(text: str) -> None:
    source = Source("x.yaml", text)
    assert [problem.rule for problem in read_yaml(source).problems] == ["limit-exceeded"]
    assert steps(lambda: read_yaml(source)) < 100_000


def test_many_anchors() -> None:
    root = read_yaml(Source("x.yaml", "- &a\n" * 100_000)).root
    assert isinstance(root, Sequence)
    assert len(root.items) == 100_000


def test_problems_beyond_the_limit_are_counted_only() -> None:
    text = "".join(f"k{i % 5000}: 1\n" for i in range(15_000))
    found = read_yaml(Source("x.yaml", text), Limits(problems=100)).problems
    assert (len(found), len(set(map(id, found)))) == (10_000, 101)
