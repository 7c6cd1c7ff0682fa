"""The drawing of a window: what is left over, the padding, the step, the arithmetic, of every kind."""

import re
from itertools import product
from pathlib import Path

import pytest

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.draw import Undrawable, has_window, picture, window, window_steps
from cnn_shapes.draw.kit.svg import Picture
from cnn_shapes.draw.sliding.axes import MOST_CELLS, WindowAxis, axes_of, merged
from cnn_shapes.draw.sliding.formulas import coloured
from cnn_shapes.draw.sliding.planes import Plane, draw_strip
from cnn_shapes.layers import KINDS
from cnn_shapes.shapes import CEIL, FLOOR, Shape, Window
from cnn_shapes.source import Source
from tests import drawings, golden

LARGEST = 40_000  # bytes
# every combination of these that there is up to size 24
SIZES, KERNELS, STRIDES, PADDINGS, DILATIONS = (
    range(1, 25),
    (1, 2, 3, 4, 5, 7),
    (1, 2, 3, 4),
    (0, 1, 2),
    (1, 2),
)


def report_of(layer: str, shape: str = "[24, 24, 3]", rounding: str = "floor") -> CheckResult:
    return check_source(Source("net.yaml", f"input: {shape}\nrounding: {rounding}\nlayers:\n  - {layer}\n"))


def drawn(layer: str, shape: str = "[24, 24, 3]", step: int | None = None, rounding: str = "floor") -> str:
    report = report_of(layer, shape, rounding)
    assert report.trace is not None
    return window(report, report.trace.network.layers[0].name, step)


@pytest.mark.parametrize("dilation", DILATIONS)
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_what_is_left_over_is_what_the_window_leaves(
    kernel: int, stride: int, padding: int, dilation: int
) -> None:
    """The red cells of the drawing, as many as `Window.rest` says, right at the end of the padded axis."""
    ends = ((padding, padding),)
    values = {"filters": 1, "kernel_size": (kernel,), "stride": (stride,), "padding": ends}
    layer = KINDS["conv"].made(1, {**values, "dilation": (dilation,), "rounding": FLOOR})
    seen = 0
    for size in SIZES:
        plain = Window(kernel, stride, padding, padding, dilation)
        if plain.output(size) < 1:
            continue
        x = Shape((1, size))
        (axis,) = axes_of(layer, x, layer.shape(x), (0,))
        strip = Picture()
        draw_strip(strip, Plane(None, axis, False), 0, ("", ""))
        red = drawings.rectangles(strip.render("strip"), "left")
        cell = min(22.0, 660 / min(size + 2 * padding, MOST_CELLS))
        assert sum(round(one.width / cell) for one in red) == plain.rest(size)
        assert all(
            round(one.left + one.width, 0) == round((size + 2 * padding) * cell, 0) for one in red[-1:]
        )
        seen += 1
    assert seen > 0


@pytest.mark.parametrize("kernel", range(1, 25))
def test_what_every_window_up_to_24_leaves_over(kernel: int) -> None:
    """The red cells are as many as `Window.rest` says, for every size, stride and usual padding."""
    seen = 0
    for stride, padding, size in product(range(1, 25), {0, kernel // 2}, range(1, 25)):
        plain = Window(kernel, stride, padding, padding)
        if plain.output(size) < 1:
            continue
        ends = ((padding, padding),)
        values = {"filters": 1, "kernel_size": (kernel,), "stride": (stride,), "padding": ends}
        layer = KINDS["conv"].made(1, {**values, "rounding": FLOOR})
        x = Shape((1, size))
        (axis,) = axes_of(layer, x, layer.shape(x), (0,))
        strip = Picture()
        draw_strip(strip, Plane(None, axis, False), 0, ("", ""))
        red = drawings.rectangles(strip.render("strip"), "left")
        cell = min(22.0, 660 / min(axis.cells, MOST_CELLS))
        if axis.cells <= MOST_CELLS:
            assert sum(round(one.width / cell) for one in red) == plain.rest(size)
        assert axis.left_over == plain.rest(size)
        seen += 1
    assert seen > 0


@pytest.mark.parametrize("size", SIZES)
def test_the_arithmetic_is_that_of_the_table_in_colours(size: int) -> None:
    """Each number of each window's formula has the colour of what it is."""
    for kernel, stride, padding, dilation in product(KERNELS, STRIDES, PADDINGS, DILATIONS):
        plain = Window(kernel, stride, padding, padding, dilation)
        for rounding in (FLOOR, CEIL):
            if plain.output(size, rounding) < 1:
                continue
            spans = coloured(plain.formula(size, rounding), is_wrong=False)
            text = "".join(text for text, _ in spans)
            assert text == plain.formula(size, rounding).replace("*", "·").replace("-", "−")
            said = {own: text for text, own in spans if own}
            assert said["of-size"] == str(size)
            assert said["of-stride"] == str(stride)
            assert said["of-result"] == str(plain.output(size, rounding))
            if not plain.is_tiling:
                assert said["of-kernel"] == str(kernel)
                assert said["of-padding"] == str(padding)


# layer, input, step, what is written without the name and the step
ROWS = [
    (  # 25 = 12*2 + 1
        *("maxpool: 2", "[25, 25, 32]", 1),
        ["stride 2", "input 25×25×32", "output 12×12×32", "one row and one column are left over"],
        *(["floor(25 / 2) = 12"], "kernel 2   stride 2   padding 0"),
    ),
    (
        *("conv: {filters: 8, kernel_size: 3, padding: half, dilation: 2}", "[9, 9, 1]", 1),
        ["stride 1", "input 9×9×1", "output 9×9×8"],
        *(["(9 + 2·2 − (2·(3 − 1) + 1))/1 + 1 = 9"], "kernel 3   stride 1   padding 2   dilation 2"),
    ),
    (  # of the last column there is no next step to show
        *(
            "conv: {filters: 4, kernel_size: [3, 4], stride: [2, 3], padding: [[1, 0], [0, 2]]}",
            "[7, 10, 8]",
            3,
        ),
        ["input 7×10×8", "output 3×3×4", "one row and 2 columns are left over", "height", "width"],
        ["floor((7 + 1 + 0 − 3)/2) + 1 = 3", "floor((10 + 0 + 2 − 4)/3) + 1 = 3"],
        "kernel 3×4   stride 2×3   padding 1 before and 0 after, 0 before and 2 after",
    ),
    (
        *("conv_transpose: {filters: 4, kernel_size: 3, stride: 2, padding: 1}", "[5, 5, 8]", 7),
        ["stride 2", "output 9×9×4", "input 5×5×8"],
        *(["(5 − 1)·2 − 2·1 + 3 = 9"], "kernel 3   stride 2   padding 1"),
    ),
    (
        *("conv: {filters: 4, kernel_size: 5, stride: 2, dilation: 2}", "[40, 8]", 4),
        ["stride 2", "input 40×8", "output 16×4", "one position is left over"],
        ["floor((40 + 2·0 − (2·(5 − 1) + 1))/2) + 1 = 16"],
        "kernel 5   stride 2   padding 0   dilation 2",
    ),
    (
        *("conv: {filters: 4, kernel_size: 3, padding: causal, dilation: 2}", "[14, 8]", 4),
        ["stride 1", "input 14×8", "output 14×4"],
        *(["ceil(14/1) = 14"], "kernel 3   stride 1   padding 4 before and 0 after   dilation 2"),
    ),
    (
        *("conv: {filters: 6, kernel_size: [3, 2, 2], stride: [1, 2, 2]}", "[5, 6, 7, 3]", 10),
        [
            *("stride 2", "input 5×6×7×3", "output 3×3×3×6", "stride 1", "input, depth", "output"),
            *("one column is left over", "depth", "height", "width"),
        ],
        ["(5 + 2·0 − 3)/1 + 1 = 3", "6 / 2 = 3", "floor(7 / 2) = 3"],
        "kernel 3×2×2   stride 1×2×2   padding 0",
    ),
    (  # PyTorch's ceil_mode: (12 - 3)/2 = 4.5, rounded up
        *("maxpool: {kernel_size: 3, stride: 2, rounding: ceil}", "[12, 12, 3]", 36),
        [
            *("input 12×12×3", "output 6×6×3"),
            "the last window reaches beyond the map, for sizes are rounded up",
        ],
        *(["ceil((12 + 2·0 − 3)/2) + 1 = 6"], "kernel 3   stride 2   padding 0"),
    ),
    (
        *("conv: {filters: 3, kernel_size: 3, stride: 2, padding: same}", "[14, 14, 3]", 1),
        ["stride 2", "input 14×14×3", "output 7×7×3"],
        *(["ceil(14/2) = 7"], "kernel 3   stride 2   padding 0 before and 1 after"),
    ),
]


@pytest.mark.parametrize(("layer", "shape", "step", "words", "formulas", "legend"), ROWS)
def test_each_kind_of_window(
    layer: str, shape: str, step: int, words: list[str], formulas: list[str], legend: str
) -> None:
    svg = drawn(layer, shape, step)
    _, where, *shown = drawings.texts(svg)
    assert where.startswith(f"step {step} of ")
    assert sorted(shown) == sorted([*words, *formulas, legend])
    assert len(svg.encode()) < LARGEST
    assert {name for name in drawings.classes(svg) if name != "cs" and not name.startswith("cs-")} == set()


@pytest.mark.parametrize(
    ("layer", "shape", "taps"),
    [
        ("conv: {filters: 1, kernel_size: 3}", "[9, 9, 1]", 9),
        ("conv: {filters: 1, kernel_size: [2, 5]}", "[9, 9, 1]", 10),
        ("conv: {filters: 1, kernel_size: 3, dilation: 3}", "[9, 9, 1]", 9),
        ("conv: {filters: 1, kernel_size: 4}", "[9, 1]", 4),
        ("conv_transpose: {filters: 1, kernel_size: 2, stride: 2}", "[9, 9, 1]", 4),
    ],
)
def test_the_window_reads_as_many_cells_as_its_kernel_has(layer: str, shape: str, taps: int) -> None:
    (path,) = [
        one for one in drawings.parsed(drawn(layer, shape)).iter() if one.attrib.get("class") == "cs-tap"
    ]
    assert path.attrib["d"].count("M") == taps


def test_the_step_moves_window_and_output() -> None:
    """Of 24 - 5 + 1 = 20 steps a row, the 43rd is the third of the third row."""
    layer = "conv: {filters: 32, kernel_size: 5}"
    first, later = drawn(layer), drawn(layer, step=43)
    assert drawings.texts(later)[1] == "step 43 of 400: row 3, column 3"
    (start,), (moved,) = (drawings.rectangles(svg, "win") for svg in (first, later))
    cell = start.width / 5
    assert (moved.left - start.left, moved.top - start.top) == pytest.approx((2 * cell, 2 * cell), abs=0.2)
    (start,), (moved,) = (drawings.rectangles(svg, "hit") for svg in (first, later))
    assert (moved.left - start.left) / start.width == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    ("layer", "shape", "steps"),
    [
        ("conv: {filters: 32, kernel_size: 7, stride: 2, padding: half}", "[224, 224, 3]", 112 * 112),
        ("conv: {filters: 32, kernel_size: 80, stride: 16}", "[8000, 1]", 496),
        ("conv: {filters: 8, kernel_size: 3, dilation: 100}", "[1000, 1000, 1]", 800 * 800),
        ("conv_transpose: {filters: 8, kernel_size: 31, stride: 16}", "[300, 300, 1]", 300 * 300),
        ("conv: {filters: 8, kernel_size: 63}", "[2000, 2000, 1]", 1938 * 1938),
        ("conv: {filters: 8, kernel_size: 3, stride: 500}", "[2000, 2000, 2000, 1]", 64),
    ],
)
def test_of_a_large_map_what_matters_is_drawn(layer: str, shape: str, steps: int) -> None:
    """At every step the window is there, its corners at cells that are drawn."""
    report = report_of(layer, shape)
    assert report.trace is not None
    name = report.trace.network.layers[0].name
    assert window_steps(report, name) == steps
    for step in (1, 2, steps // 3, steps // 2 + 7, steps - 1, steps):
        svg = window(report, name, step)
        assert len(svg.encode()) < LARGEST
        box = drawings.view_box(svg)
        (frame, *_), (hit, *_) = drawings.rectangles(svg, "win"), drawings.rectangles(svg, "hit")
        for one in (frame, hit):
            assert box.left < one.left
            assert one.left + one.width < box.left + box.width
            assert min(one.width, one.height) > 4


def test_a_window_that_does_not_fit_is_drawn_over_its_map() -> None:
    svg = drawn("conv: {filters: 3, kernel_size: 7}", "[4, 4, 3]")
    assert drawings.texts(svg)[1:] == ["input 4×4×3", "7 is more than 4", "kernel 7   stride 1   padding 0"]
    assert window_steps(report_of("conv: {filters: 3, kernel_size: 7}", "[4, 4, 3]"), "conv1") == 0


def test_a_size_that_is_not_whole_is_red() -> None:
    svg = drawn("maxpool: 2", "[25, 25, 3]", rounding="exact")
    (red,) = [one for one in drawings.parsed(svg).iter() if one.text == "12.5"]
    assert red.attrib["class"] == "cs-of-rest"


@pytest.mark.parametrize(
    ("step", "said"), [(0, "there is no step 0"), (401, "there is no step 401"), (-1, "-1")]
)
def test_a_step_that_is_not_made(step: int, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        drawn("conv: {filters: 32, kernel_size: 5}", step=step)


def test_what_has_no_window() -> None:
    report = check_source(
        Source(
            "net.yaml", "input: [8, 8, 3]\nlayers:\n  - relu\n  - flatten\n  - maxpool: 2\n  - maxpool: 2\n"
        )
    )
    assert [has_window(report, name) for name in ("relu1", "flatten1", "maxpool1", "nothing")] == [False] * 4
    with pytest.raises(Undrawable, match="relu1 is a relu, and has no window to draw"):
        window(report, "relu1")
    with pytest.raises(Undrawable, match="relu1 is a relu: it has no window, and no layers inside"):
        picture(report, "relu1")
    with pytest.raises(Undrawable, match="no layer is called nothing"):
        window(report, "nothing")
    assert window_steps(report, "nothing") == 0


@pytest.mark.parametrize(
    ("wanted", "cells", "expected"),
    [
        ([(0, 5), (3, 9)], 20, [(0, 9)]),
        ([(0, 5), (7, 9)], 20, [(0, 9)]),  # two cells left out would take as much room as the gap
        ([(0, 5), (8, 9)], 20, [(0, 5), (8, 9)]),
        ([(15, 30), (-3, 2)], 20, [(0, 2), (15, 20)]),
        ([(4, 4)], 20, []),
    ],
)
def test_stretches_of_cells(
    wanted: list[tuple[int, int]], cells: int, expected: list[tuple[int, int]]
) -> None:
    assert merged(wanted, cells) == expected


def test_all_windows_of_the_specs_are_small() -> None:
    for path in sorted((golden.ROOT / "specs").glob("*.yaml")):
        for name, report in windows_of(path):
            assert len(window(report, name).encode()) < LARGEST, f"{path.stem}:{name}"


def windows_of(path: Path) -> list[tuple[str, CheckResult]]:
    """Of each different layer with a window the first."""
    from cnn_shapes.checking import check_path

    report = check_path(str(path))
    assert report.trace is not None
    first: dict[object, str] = {}
    for node in report.trace.network.layers:
        if node.layer is not None and node.layer.has_windows:
            first.setdefault((node.layer.describe(), node.input_shapes), node.name)
    return [(name, report) for name in first.values()]


def test_an_axis_says_where_its_cells_are() -> None:
    axis = WindowAxis("width", Window(3, 2, 1, 1), 8, 10, 4, 1, 1, 0)
    assert (axis.start, axis.end, axis.next_start, axis.map_end, axis.segments) == (2, 5, 4, 9, [(0, 10)])
