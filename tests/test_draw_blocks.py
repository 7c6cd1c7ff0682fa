"""The inside of a block: every layer and edge once, in layers, apart from one another, few crossings."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.checking import CheckResult, check_path, check_source
from cnn_shapes.draw import Undrawable, block, picture
from cnn_shapes.draw.blocks import MOST_LAYERS
from cnn_shapes.draw.layered import Layout, Vertex
from cnn_shapes.draw.naming import group_of
from cnn_shapes.draw.scene import inside
from cnn_shapes.source import Source
from tests import drawings, golden

LARGEST = 25_000  # bytes


def spec(name: str) -> CheckResult:
    return check_path(str(golden.ROOT / "specs" / f"{name}.yaml"))


# a spec, a name in it, the layers that are drawn from left to right, and how many edges cross another one
BLOCKS = [
    ("resnet50", "Bottleneck", 0),
    ("resnet50", "stage2", 0),
    ("googlenet", "inception3a", 0),
    ("yolov8", "C2f", 0),
    ("yolov8", "backbone32", 0),
    ("yolov10n", "PSA", 1),
    ("unet", "up4", 0),
    ("hrnet_w18", "exchange1", 1),  # each of two branches reads both: they cross
    ("squeezenet1_0", "Fire", 0),
    ("shufflenet_v2", "Unit", 0),
    ("densenet121", "DenseLayer", 0),
    ("mobilevit_xxs", "mobilevit1", 0),
    ("convnext_small", "Block", 0),
    ("botnet26t", "bottleneck8", 0),
]


@pytest.mark.parametrize(("name", "what", "crossings"), BLOCKS)
def test_every_layer_and_edge_is_there_once(name: str, what: str, crossings: int) -> None:
    report = spec(name)
    outside, items = inside(report, group_of(report, what), MOST_LAYERS)
    svg = block(report, what)
    assert block(report, what) == svg
    assert len(svg.encode()) < LARGEST
    inner = f"{group_of(report, what).groups[-1].name}."
    home = {node.index: item.name.removeprefix(inner) for item in (*outside, *items) for node in item.nodes}
    wanted = {
        (home[source.index], home[node.index])
        for item in items
        for node in item.nodes
        for source in node.inputs
        if home[source.index] != home[node.index]
    }
    drawn = drawings.arrows(svg)
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == wanted
    assert layout_of(report, what).crossings <= crossings


def layout_of(report: CheckResult, what: str) -> Layout:
    """The layout of a block, with vertices of one size."""
    outside, items = inside(report, group_of(report, what), MOST_LAYERS)
    vertices = {id(item): Vertex(80, 40) for item in (*outside, *items)}
    edges = [(vertices[id(source)], vertices[id(item)]) for item in items for source in item.sources]
    return Layout([*vertices.values()], edges)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """A number of vertices, and edges from an earlier to a later one, each pair at most once."""
    count = draw(st.integers(1, 14))
    pairs = [(one, other) for other in range(count) for one in range(other)]
    return count, draw(st.lists(st.sampled_from(pairs), unique=True, max_size=24)) if pairs else []


@given(graphs(), st.integers(10, 90))
def test_a_layout_is_sound(graph: tuple[int, list[tuple[int, int]]], height: int) -> None:
    """Edges lead to the right, nothing lies on another, a long edge is level all the way."""
    count, pairs = graph
    vertices = [Vertex(30 + number, height) for number in range(count)]
    edges = [(vertices[one], vertices[other]) for one, other in pairs]
    layout = Layout(vertices, edges)
    for source, target in edges:
        assert source.layer < target.layer
        assert source.x + source.width / 2 < target.x - target.width / 2
        way = layout.ways[source, target]
        assert [dummy.layer for dummy in way] == [*range(source.layer + 1, target.layer)]
    for layer in layout.layers:
        for upper, lower in pairwise(layer):
            assert lower.y - upper.y >= (upper.height + lower.height) / 2 + 10
    assert sorted(id(one) for layer in layout.layers for one in layer if not one.is_dummy) == sorted(
        map(id, vertices)
    )


@given(st.integers(2, 30))
def test_a_chain_is_a_straight_line(count: int) -> None:
    vertices = [Vertex(40, 20 + number % 3 * 10) for number in range(count)]
    Layout(vertices, [*pairwise(vertices)])
    assert len({vertex.y for vertex in vertices}) == 1


@given(st.lists(st.integers(1, 6), min_size=2, max_size=6))
def test_parallel_chains_are_straight_and_cross_nothing(lengths: list[int]) -> None:
    """From one vertex to one vertex, over chains of any lengths."""
    start, end = Vertex(40, 20), Vertex(40, 20)
    chains = [[Vertex(40, 20) for _ in range(length)] for length in lengths]
    edges = [pair for chain in chains for pair in pairwise([start, *chain, end])]
    layout = Layout([start, *(vertex for chain in chains for vertex in chain), end], edges)
    assert layout.crossings == 0
    for chain in chains:
        assert max(vertex.y for vertex in chain) - min(vertex.y for vertex in chain) < 0.01


NAMES = [  # how a block may be named, the title of the picture
    ("stage1", "Stage, repeat 3x"),
    ("Stage", "Stage, repeat 3x"),
    ("Bottleneck", "pass 0: Bottleneck, residual"),
    ("3", "Stage, repeat 3x"),
    ("stage1.repeat1.1", "pass 1: Bottleneck, residual"),
]


@pytest.mark.parametrize(("name", "title"), NAMES)
def test_names_of_blocks(name: str, title: str) -> None:
    assert drawings.texts(picture(spec("resnet50"), name))[-2] == title


def test_the_number_of_an_entry_is_not_that_of_a_pass() -> None:
    text = (
        "input: [8, 8, 8]\nblocks:\n  Two:\n    layers: [relu, conv: {filters: 8, kernel_size: 1}]\n"
        "  Three:\n    layers: [relu, Two]\n"
        "layers:\n  - repeat: {times: 4, layers: [Two]}\n  - relu\n  - Three\n"
    )
    report = check_source(Source("net.yaml", text))
    assert not report.errors
    assert drawings.texts(block(report, "3"))[-2] == "Three"


def test_a_name_that_is_none() -> None:
    with pytest.raises(Undrawable, match="no layer is called stage9: it has conv1, maxpool1, stage1"):
        block(spec("resnet50"), "stage9")
    with pytest.raises(Undrawable, match="conv1 is a conv: it has no window, and no layers inside"):
        block(spec("resnet50"), "conv1")


def test_a_branch_has_its_name() -> None:
    shown = drawings.texts(block(spec("squeezenet1_0"), "Fire"))
    assert {"expand1x1", "expand3x3", "concat", "54×54×128"} <= set(shown)
    assert "shortcut" in drawings.texts(block(spec("resnet50"), "Bottleneck"))


def test_a_block_of_thousands_is_small() -> None:
    layers = "".join(
        f"      - conv: {{filters: 8, kernel_size: 1, name: c{number}}}\n      - add: [c{number}, prev]\n"
        for number in range(2000)
    )
    text = f"input: [8, 8, 8]\nblocks:\n  Long:\n    layers:\n{layers}layers:\n  - Long\n"
    svg = block(check_source(Source("net.yaml", text)), "Long")
    assert len(svg.encode()) < LARGEST


def test_an_error_inside_is_outlined() -> None:
    block_text = (
        "blocks:\n  Two:\n    layers:\n      - conv: {filters: 8, kernel_size: 1}\n      - maxpool: 2\n"
    )
    text = f"input: [9, 9, 8]\n{block_text}layers:\n  - Two\n"
    svg = block(check_source(Source("net.yaml", text)), "Two")
    assert len(drawings.rectangles(svg, "err")) == 1
