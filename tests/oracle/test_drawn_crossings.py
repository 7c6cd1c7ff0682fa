"""The inside of each block of each spec crosses no more edges than Graphviz' dot does (Debian's graphviz)."""

import subprocess
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from cnn_shapes.checking import check_path
from cnn_shapes.draw.blocks import MOST_LAYERS
from cnn_shapes.draw.layered import Layout, Vertex
from cnn_shapes.draw.naming import group_of
from cnn_shapes.draw.scene import inside
from cnn_shapes.outline import TableGroup, tree
from tests import golden

pytestmark = pytest.mark.oracle
Edge = tuple[int, int]
Line = list[tuple[float, float]]
_STEPS = 16  # straight pieces of a curve


@pytest.mark.parametrize("path", sorted((golden.ROOT / "specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_more_crossings_than_dot(path: Path) -> None:
    for name, (count, edges) in graphs(path).items():
        vertices = [Vertex(90, 40) for _ in range(count)]
        ours = Layout(vertices, [(vertices[one], vertices[other]) for one, other in edges]).crossings
        assert ours <= crossings_of_dot(count, edges), f"{path.stem}:{name}"


def graphs(path: Path) -> dict[str, tuple[int, list[Edge]]]:
    """Of each different graph inside a block the first: how many vertices, and its edges."""
    report = check_path(str(path))
    assert report.trace is not None
    found: dict[str, tuple[int, list[Edge]]] = {}
    waiting: list[Any] = [*tree(report.trace).children]
    while waiting:
        child = waiting.pop(0)
        if not isinstance(child, TableGroup):
            continue
        waiting += child.children
        name = child.groups[0].name
        outside, items = inside(report, group_of(report, name), MOST_LAYERS)
        places = {id(item): place for place, item in enumerate((*outside, *items))}
        edges = [(places[id(source)], places[id(item)]) for item in items for source in item.sources]
        if (len(places), edges) not in found.values():
            found[name] = len(places), edges
    return found


def crossings_of_dot(count: int, edges: list[Edge]) -> int:
    """How many pairs of edges meet in dot's drawing that have no end in common."""
    lines = ["digraph {", "rankdir=LR", "node [shape=box, width=1.25, height=0.55, fixedsize=true]"]
    lines.append("edge [tailport=e, headport=w]")  # as ours: else some cross where a node hides it
    lines += [f"n{one}" for one in range(count)] + [f"n{one} -> n{other}" for one, other in edges] + ["}"]
    plain = subprocess.run(
        ["dot", "-Tplain"], input="\n".join(lines), capture_output=True, text=True, check=True
    ).stdout
    drawn = [curve(line.split()) for line in plain.splitlines() if line.startswith("edge ")]
    return sum(
        meet(one, other) for (ends, one), (others, other) in combinations(drawn, 2) if not {*ends} & {*others}
    )


def curve(words: list[str]) -> tuple[tuple[str, str], Line]:
    """The two ends of an edge of dot's plain format, and its Bézier curves in straight pieces."""
    count = int(words[3])
    numbers = [float(word) for word in words[4 : 4 + 2 * count]]
    points = [*zip(numbers[::2], numbers[1::2], strict=True)]
    line = [points[0]]
    for start in range(0, count - 1, 3):
        a, b, c, d = points[start : start + 4]
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
            line.append((x, y))
    return (words[1], words[2]), line


def meet(one: Line, other: Line) -> bool:
    """Whether two lines cross; dot rounds its numbers, so that they may do so at an end of their pieces."""
    return any(_cross(*first, *second) for first in pairwise(one) for second in pairwise(other))


def _cross(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> bool:
    return _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0


def _side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
