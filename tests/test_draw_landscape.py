"""The landscape of every network: sound XML, small, each edge once, heights as the maps, a U-Net as a U."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from cnn_shapes.checking import CheckResult, check_path, check_source
from cnn_shapes.draw import Undrawable, landscape
from cnn_shapes.draw.scene import MOST_ITEMS, items_of, runs_of
from cnn_shapes.repair import advise
from cnn_shapes.source import Source
from tests import drawings, golden

SPECS = sorted((golden.ROOT / "specs").glob("*.yaml"))
CASES = sorted((golden.ROOT / "tests" / "cases").glob("*.yaml"))
LARGEST = 25_000  # bytes


def report_of(text: str) -> CheckResult:
    return check_source(Source("net.yaml", text))


def of_file(path: Path) -> CheckResult:
    report = check_path(str(path))
    return report if report.ok else advise(report)


@pytest.mark.parametrize("path", [*SPECS, *CASES], ids=lambda path: path.stem)
def test_every_network_is_a_sound_small_picture(path: Path) -> None:
    report = of_file(path)
    svg = landscape(report)
    assert len(svg.encode()) < LARGEST
    assert landscape(of_file(path)) == svg
    assert {name for name in drawings.classes(svg) if name != "cs" and not name.startswith("cs-")} == set()
    assert not re.search(r"<script|<image|<use|<foreignObject|href|url\(|@import|\bon\w+=|\bid=", svg)
    box = drawings.view_box(svg)
    for one in drawings.boxes(svg):
        assert box.left <= one.front.left
        assert one.front.left + one.front.width <= box.left + box.width


@pytest.mark.parametrize("path", [*SPECS, *CASES], ids=lambda path: path.stem)
def test_every_edge_of_the_network_is_there_once(path: Path) -> None:
    """Edges inside of a folded block, and from one to the next of a run, are in their one box."""
    report = of_file(path)
    assert report.trace is not None
    runs = runs_of(items_of(report))
    home = {node.index: number for number, run in enumerate(runs) for item in run for node in item.nodes}
    name = {item.name: number for number, run in enumerate(runs) for item in run}
    wanted = {
        (home[source.index], home[node.index])
        for node in report.trace.network.layers
        for source in node.inputs
        if home[source.index] != home[node.index]
    }
    svg = landscape(report)
    drawn = [(name[one], name[other]) for names in drawings.arrows(svg) for one, other in pairwise(names)]
    # a pool right in front of the one box that it reads needs no arrow: see `test_a_pool_is_in_front`
    touching = {
        (one, other)
        for one, other in wanted - set(drawn)
        if other == one + 1 and runs[other][0].family == "pool"
    }
    assert len(drawn) == len(set(drawn))
    assert set(drawn) | touching == wanted


def test_a_pool_is_in_front_of_what_it_reads() -> None:
    """Its front is right of that of the convolution, and in the way of the side of that one."""
    svg = landscape(of_file(golden.ROOT / "specs" / "mnist.yaml"))
    conv, pool = [box.front for box in drawings.boxes(svg)][1:3]
    assert ("conv1", "maxpool1") not in drawings.arrows(svg)
    assert 0 < pool.left - conv.left - conv.width < 15
    assert conv.top < pool.top < pool.top + pool.height < conv.top + conv.height


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_larger_map_is_a_higher_box(path: Path) -> None:
    report = of_file(path)
    heights: dict[int, dict[int, float]] = {}
    for box in drawings.boxes(landscape(report)):
        sizes = box.sizes[:-1] if report.layout == "channels_last" else box.sizes[1:]
        size = box.sizes[0] if not sizes else sizes[-2] if len(sizes) > 1 else sizes[0]
        known = heights.setdefault(min(len(sizes), 2), {})
        assert known.setdefault(size, box.front.height) == pytest.approx(box.front.height, abs=0.11)
    for known in heights.values():
        drawn = [known[size] for size in sorted(known)]
        assert drawn == sorted(drawn)
        assert len(set(drawn)) == len(drawn)


def test_a_unet_is_a_u() -> None:
    """Each size has its row, down and up; each row is below the one of twice the size."""
    rows: dict[int, set[float]] = {}
    columns: list[tuple[int, float]] = []
    for box in drawings.boxes(landscape(of_file(golden.ROOT / "specs" / "unet.yaml"))):
        height, middle = box.sizes[0], box.front.top + box.front.height / 2
        rows.setdefault(height, set()).add(round(middle))
        columns.append((height, box.front.left))
    assert sorted(rows) == [32, 64, 128, 256, 512]
    middles = [max(rows[size]) for size in sorted(rows, reverse=True)]
    assert middles == sorted(middles)
    assert all(max(found) - min(found) <= 1 for found in rows.values())
    in_order = [size for size, _ in sorted(columns, key=lambda pair: pair[1])]
    assert in_order == [512, 512, 256, 128, 64, 32, 64, 128, 256, 512, 512]


def test_the_course_network_says_what_its_table_says() -> None:
    assert drawings.texts(landscape(of_file(golden.ROOT / "specs" / "mnist.yaml"))) == [
        *("28×28×1", "input", "24×24×32", "conv 5×5, 32", "12×12×32", "maxpool 2"),
        *("8×8×64", "conv 5×5, 64", "4×4×64", "maxpool 2", "1024", "flatten"),
        *("128", "dense 128", "+ relu", "10", "dense 10"),
        "184,586 parameters · 3.87M MACs",
    ]


def test_shapes_are_in_the_layout_of_the_spec() -> None:
    report = report_of(
        "layout: channels_first\ninput: [3, 8, 6]\nlayers:\n  - conv: {filters: 4, kernel_size: 3}\n"
    )
    assert drawings.texts(landscape(report))[:4] == ["3×8×6", "input", "4×6×4", "conv 3×3, 4"]


def test_an_error_is_outlined_and_told_with_its_fixes() -> None:
    svg = landscape(of_file(golden.ROOT / "tests" / "cases" / "even-kernel.yaml"))
    shown = drawings.texts(svg)
    assert shown[shown.index("✗") :] == [
        *("✗", "a 25x25 feature map is not a multiple of the 2x2 pool"),
        "25 = 12*2 + 1: one row and one column are left over",
        *("fix 1", "kernel_size: 5 on line 4", "25 → 24, maxpool1 becomes 12x12"),
        *("fix 2", "kernel_size: 3 on line 4", "25 → 26, maxpool1 becomes 13x13"),
        *("fix 3", "padding: [[1, 2], [1, 2]] on line 4", "25 → 28, maxpool1 becomes 14x14"),
    ]
    assert svg.count('class="cs-err"') == 1
    assert svg.count('class="cs-ghost"') == 2  # flatten and dense, which follow from it


def test_several_errors_have_numbers() -> None:
    """At the box, and at what is said of it below."""
    report = report_of(
        "input: [25, 25, 3]\nlayers:\n  - maxpool: {kernel_size: 2, from: input, name: a}\n"
        "  - maxpool: {kernel_size: 3, from: input, name: b}\n"
    )
    assert len(report.errors) == 2
    svg = landscape(report)
    assert [text for text in drawings.texts(svg) if text.isdigit()] == ["1", "2", "1", "2"]
    assert svg.count('class="cs-err"') == 2


@pytest.mark.parametrize("text", ["", "- 1", "input: [3, 3]\nlayers: 5\n", "input: [0, 3, 3]\nlayers: []\n"])
def test_what_is_no_network_is_not_drawn(text: str) -> None:
    report = report_of(text)
    if report.trace is None:
        with pytest.raises(Undrawable, match="there is no network to draw"):
            landscape(report)
    else:
        drawings.parsed(landscape(report))


def test_a_network_without_layers_is_its_input() -> None:
    assert drawings.texts(landscape(report_of("input: [8, 8, 3]\nlayers: []\n")))[:2] == ["8×8×3", "input"]


@pytest.mark.parametrize(
    "layers",
    [
        "  - conv: {filters: 8, kernel_size: 3, padding: half}\n" * 9000,
        "".join(
            f"  - conv: {{filters: {8 + number % 7}, kernel_size: 3, padding: half}}\n"
            for number in range(9000)
        ),
        "  - maxpool: {kernel_size: 3, stride: 1, padding: half}\n  - relu\n" * 4500,
        "".join(
            f"  - conv: {{filters: 8, kernel_size: 1, name: c{number}}}\n  - add: [c{number}, prev]\n"
            for number in range(4500)
        ),
    ],
    ids=["equal", "different", "pairs", "skips"],
)
def test_nine_thousand_layers_are_a_small_picture(layers: str) -> None:
    svg = landscape(report_of(f"input: [32, 32, 8]\nlayers:\n{layers}"))
    assert len(svg.encode()) < LARGEST
    assert len([*drawings.boxes(svg)]) <= MOST_ITEMS


HOSTILE = (
    "<script>alert(1)</script>",
    "]]><svg onload=x>",
    "a&amp;b",
    '"><image href=x>',
    "\u202eevil\u202c",
    "\u001b[31mred",
    "{{7*7}}",
    "합성곱 😀",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_text(name: str) -> None:
    word = json.dumps(name)
    layers = f"  - conv: {{filters: 4, kernel_size: 3, name: {word}}}\n  - {word}: 3\n"
    report = report_of(f"name: {word}\ninput: [8, 8, 3]\nlayers:\n{layers}")
    if report.trace is None:
        return
    svg = landscape(advise(report))
    assert {element.tag.removeprefix(drawings.SVG) for element in drawings.parsed(svg).iter()} <= {
        *("svg", "title", "style", "rect", "g", "path", "text", "tspan", "circle")
    }
    assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", svg)
