"""What a window makes of a size: published tables, corners where frameworks disagree, formulas."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.checking import check_source
from cnn_shapes.shapes import CEIL, EXACT, FLOOR, Window, left_over, ratio, same_padding, transposed_output
from cnn_shapes.source import Source


def size_of(layer: str, size: int, rank: int = 2, rounding: str = FLOOR) -> int | str:
    """What a layer makes of every axis of this size; the rule where it is an error."""
    sizes = ", ".join([str(size)] * rank)
    text = f"input: [{sizes}, 1]\nrounding: {rounding}\nlayers:\n  - {layer}\n"
    report = check_source(Source("x.yaml", text))
    if report.errors:
        return " ".join(found.rule for found in report.errors)
    assert report.trace is not None
    output = report.trace.steps[-1].node.output
    assert output is not None
    assert len(set(output.sizes)) == 1
    return output[1]


# vdumoulin/conv_arithmetic, bin/generate_makefile: in, out, padding, kernel, stride, dilation, transposed
CONV_ARITHMETIC = [
    ("no_padding_no_strides", 4, 2, 0, 3, 1, 1, False),
    ("no_padding_no_strides_transposed", 4, 2, 0, 3, 1, 1, True),
    ("arbitrary_padding_no_strides", 5, 6, 2, 4, 1, 1, False),
    ("arbitrary_padding_no_strides_transposed", 5, 6, 2, 4, 1, 1, True),
    ("same_padding_no_strides", 5, 5, 1, 3, 1, 1, False),
    ("same_padding_no_strides_transposed", 5, 5, 1, 3, 1, 1, True),
    ("full_padding_no_strides", 5, 7, 2, 3, 1, 1, False),
    ("full_padding_no_strides_transposed", 5, 7, 2, 3, 1, 1, True),
    ("no_padding_strides", 5, 2, 0, 3, 2, 1, False),
    ("no_padding_strides_transposed", 5, 2, 0, 3, 2, 1, True),
    ("padding_strides", 5, 3, 1, 3, 2, 1, False),
    ("padding_strides_transposed", 5, 3, 1, 3, 2, 1, True),
    ("padding_strides_odd", 6, 3, 1, 3, 2, 1, False),
    ("padding_strides_odd_transposed", 6, 3, 1, 3, 2, 1, True),
    ("dilation", 7, 3, 0, 3, 1, 2, False),
    ("numerical_no_padding_no_strides", 5, 3, 0, 3, 1, 1, False),
    ("numerical_padding_strides", 5, 3, 1, 3, 2, 1, False),
    ("numerical_average_pooling", 5, 3, 0, 3, 1, 1, False),
    ("numerical_max_pooling", 5, 3, 0, 3, 1, 1, False),
]


@pytest.mark.parametrize("row", CONV_ARITHMETIC, ids=lambda row: row[0])
def test_conv_arithmetic(row: tuple[str, int, int, int, int, int, int, bool]) -> None:
    name, size, output, padding, kernel, stride, dilation, transposed = row
    fields = f"kernel_size: {kernel}, stride: {stride}, padding: {padding}"
    if transposed:  # input and output swap; one padding cannot say which of two sizes was meant
        extra = 1 if name == "padding_strides_odd_transposed" else 0
        layer = f"conv_transpose: {{filters: 1, {fields}, output_padding: {extra}}}"
        assert size_of(layer, output, rounding=EXACT) == size
    elif "pooling" in name:
        kind = "avgpool" if "average" in name else "maxpool"
        assert size_of(f"{kind}: {{{fields}}}", size, rounding=EXACT) == output
    else:
        layer = f"conv: {{filters: 1, {fields}, dilation: {dilation}}}"
        assert size_of(layer, size) == output
        rest = "size-not-whole" if name == "padding_strides_odd" else output
        assert size_of(layer, size, rounding=EXACT) == rest


TOO_LARGE = "window-too-large"


# PyTorch 2.13 on the CPU, except where a row names another source
@pytest.mark.parametrize(
    ("layer", "size", "output"),
    [
        # ceil with the clip of aten/src/ATen/native/Pool.h: the last window starts inside the input
        ("maxpool: {kernel_size: 3, stride: 3, padding: 1, rounding: ceil}", 2, 1),
        ("maxpool: {kernel_size: 4, stride: 4, padding: 2, rounding: ceil}", 9, 3),
        ("maxpool: {kernel_size: 1, stride: 3, rounding: ceil}", 6, 2),
        ("maxpool: {kernel_size: 3, stride: 2, rounding: ceil}", 1, TOO_LARGE),
        ("maxpool: {kernel_size: 3, stride: 2, rounding: ceil}", 2, 1),  # smaller than its kernel
        ("maxpool: {kernel_size: 3, stride: 3, rounding: ceil}", 1, 1),
        ("maxpool: {kernel_size: 1, stride: 7, rounding: ceil}", 5, 1),
        ("maxpool: {kernel_size: 2, stride: 2, padding: 1, rounding: ceil}", 3, 2),
        ("maxpool: {kernel_size: 3, stride: 2, dilation: 2, rounding: ceil}", 4, 1),
        ("maxpool: {kernel_size: 3, stride: 2, dilation: 2, rounding: ceil}", 3, TOO_LARGE),
        ("maxpool: {kernel_size: 2, stride: 1, padding: 1}", 1, 2),
        ("maxpool: {kernel_size: 3, stride: 1, padding: 2, dilation: 2}", 9, "bad-padding"),
        ("maxpool: {kernel_size: 3, stride: 1, padding: 1, dilation: 2}", 9, 7),
        ("avgpool: {kernel_size: 3, stride: 1, padding: 1}", 2, 2),
        ("maxpool: {kernel_size: 2, stride: 2}", 1, TOO_LARGE),
        # a quotient below 0 rounds towards minus infinity: truncation would give 1 (pytorch issue 9592)
        ("conv: {filters: 1, kernel_size: 3, stride: 2, dilation: 2}", 4, TOO_LARGE),
        ("conv_transpose: {filters: 1, kernel_size: 1, stride: 2}", 4, 7),
        ("conv_transpose: {filters: 1, kernel_size: 2, stride: 2, padding: 1}", 1, TOO_LARGE),
        ("conv_transpose: {filters: 1, kernel_size: 3, padding: 4}", 7, 1),
        ("conv_transpose: {filters: 1, kernel_size: 3, dilation: 3, padding: 1, output_padding: 2}", 4, 10),
        ("conv_transpose: {filters: 1, stride: [1, 2], output_padding: [1, 1]}", 4, "bad-padding"),
        ("upsample: {scale: 0.3333}", 3, TOO_LARGE),
        ("adaptive_avgpool: 15", 10, 15),
        ("adaptive_avgpool: 0", 10, "bad-value"),
        ("crop: [[2, 3], [2, 3]]", 5, TOO_LARGE),
        # tensorflow/core/framework/kernel_shape_util.cc: same gives ceil(size/stride), whatever the kernel
        ("conv: {filters: 1, kernel_size: 1, stride: 2, padding: same}", 6, 3),
        ("conv: {filters: 1, kernel_size: 7, stride: 2, padding: same}", 1, 1),
        ("conv: {filters: 1, kernel_size: 4, padding: same}", 1, 1),
        # issue 1 of the course: (H + 2P - FH)/S + 1 = (28 + 0 - 5)/1 + 1, then 24/2
        ("conv: {filters: 1, kernel_size: 5}", 28, 24),
        ("maxpool: 2", 24, 12),
        # (K - 1)//2; Ultralytics has K//2, torchvision (k - 1)//2*d, timm (s - 1 + d*(k - 1))//2
        ("conv: {filters: 1, kernel_size: 7, stride: 4, padding: half}", 224, 56),
        ("conv: {filters: 1, kernel_size: 4, padding: half}", 10, 9),
        ("conv: {filters: 1, kernel_size: 4, dilation: 2, padding: half}", 10, 10),
        ("conv: {filters: 1, kernel_size: 3, stride: 2, padding: half}", 224, 112),
    ],
)
def test_corner(layer: str, size: int, output: int | str) -> None:
    assert size_of(layer, size) == output


# PyTorch 2.13: avg_pool3d and lp_pool3d want the input as large as the kernel before padding, also in ceil
@pytest.mark.parametrize(
    ("layer", "rank", "output"),
    [
        ("avgpool: {kernel_size: 3, stride: 1, padding: 1}", 3, TOO_LARGE),
        ("avgpool: {kernel_size: 3, stride: 1, padding: 1}", 1, 2),
        ("avgpool: {kernel_size: 3, stride: 2, rounding: ceil}", 3, TOO_LARGE),
        ("avgpool: {kernel_size: 3, stride: 2, rounding: ceil}", 2, 1),
        ("lppool: {kernel_size: 3, stride: 2, rounding: ceil}", 3, TOO_LARGE),
        ("maxpool: {kernel_size: 3, stride: 1, padding: 1}", 3, 2),
    ],
)
def test_average_pool_3d_wants_the_whole_kernel(layer: str, rank: int, output: int | str) -> None:
    assert size_of(layer, 2, rank) == output


def test_output_padding_is_judged_per_axis() -> None:
    fields = "filters: 1, stride: [1, 2], output_padding: [0, 1]"  # PyTorch takes (0, 1), but not (1, 1)
    report = check_source(Source("x.yaml", f"input: [4, 4, 1]\nlayers: [conv_transpose: {{{fields}}}]"))
    assert report.ok
    assert report.trace is not None
    assert report.trace.steps[-1].node.output == (1, 4, 8)


U_NET = """\
input: [{size}, {size}, 1]
blocks:
  Double:
    params: {{c: required}}
    layers: [conv: {{filters: c, kernel_size: 3}}, conv: {{filters: c, kernel_size: 3}}]
layers:
  - Double: {{c: 64, name: a}}
  - maxpool: 2
  - Double: {{c: 128, name: b}}
  - maxpool: 2
  - Double: {{c: 256, name: c}}
  - maxpool: 2
  - Double: {{c: 512, name: d}}
  - maxpool: 2
  - Double: {{c: 1024}}
  - conv_transpose: {{filters: 512, kernel_size: 2, stride: 2}}
  - Double: {{c: 512}}
  - conv_transpose: {{filters: 256, kernel_size: 2, stride: 2}}
  - Double: {{c: 256}}
  - conv_transpose: {{filters: 128, kernel_size: 2, stride: 2}}
  - Double: {{c: 128}}
  - conv_transpose: {{filters: 64, kernel_size: 2, stride: 2}}
  - Double: {{c: 64}}
  - conv: 2
"""


# Ronneberger et al. 2015, figure 1: 572 gives 388; 188 is the smallest input, and gives 4
@pytest.mark.parametrize(("size", "output"), [(572, 388), (188, 4), (187, None)])
def test_valid_u_net(size: int, output: int | None) -> None:
    report = check_source(Source("x.yaml", U_NET.format(size=size)))
    assert report.ok == (output is not None)
    if output is not None and report.trace is not None:
        assert report.trace.steps[-1].node.output == (2, output, output)


# by hand
@pytest.mark.parametrize(
    ("window", "size", "rounding", "formula"),
    [
        (Window(5), 28, EXACT, "(28 + 2*0 - 5)/1 + 1 = 24"),
        (Window(3, 2, 1, 1), 28, EXACT, "(28 + 2*1 - 3)/2 + 1 = 14.5"),
        (Window(3, 2, 1, 1), 28, FLOOR, "floor((28 + 2*1 - 3)/2) + 1 = 14"),
        (Window(3, 2, 1, 1), 28, CEIL, "ceil((28 + 2*1 - 3)/2) + 1 = 15"),
        (Window(3, 3, 1, 1), 2, CEIL, "ceil((2 + 2*1 - 3)/3) + 1 - 1 = 1"),
        (Window(1, 3), 6, CEIL, "ceil((6 + 2*0 - 1)/3) + 1 - 1 = 2"),
        (Window(4, 4, 2, 2), 8, CEIL, "(8 + 2*2 - 4)/4 + 1 = 3"),
        (Window(3, 1, 1, 0), 28, EXACT, "(28 + 1 + 0 - 3)/1 + 1 = 27"),
        (Window(3, 1, 2, 2, 2), 28, EXACT, "(28 + 2*2 - (2*(3 - 1) + 1))/1 + 1 = 28"),
        (Window(2, 2), 24, EXACT, "24 / 2 = 12"),
        (Window(2, 2), 25, EXACT, "25 / 2 = 12.5"),
        (Window(3, 3), 25, EXACT, "25 / 3 = 8.33..."),
        (Window(2, 2), 25, FLOOR, "floor(25 / 2) = 12"),
        (Window(2, 2), 25, CEIL, "ceil(25 / 2) = 13"),
        (Window(2, 2, 1, 1), 24, EXACT, "(24 + 2*1 - 2)/2 + 1 = 13"),
    ],
)
def test_formula(window: Window, size: int, rounding: str, formula: str) -> None:
    assert window.formula(size, rounding) == formula
    if "." not in formula:
        assert window.output(size, rounding) == int(formula.rpartition("= ")[2])


# by hand
@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (25, 2, "12.5"),
        (25, 3, "8.33..."),
        (24, 2, "12"),
        (1, 8, "0.12..."),
        (-3, 2, "-1.5"),
        (-1, 3, "-0.33..."),
        (2_000_000_007, 2_000_000_000, "1.000000003..."),  # 7/2 of a billionth
        (201, 200, "1.005"),
    ],
)
def test_ratio(numerator: int, denominator: int, text: str) -> None:
    assert ratio(numerator, denominator) == text


@pytest.mark.parametrize(
    ("rests", "text"),
    [
        ((1, 1), "one row and one column are left over"),
        ((0, 2), "2 columns are left over"),
        ((1, 0), "one row is left over"),
        ((1,), "one position is left over"),
        ((3,), "3 positions are left over"),
        ((1, 2, 0), "one slice and 2 rows are left over"),
        ((1, 2, 3), "one slice, 2 rows and 3 columns are left over"),
    ],
)
def test_left_over(rests: tuple[int, ...], text: str) -> None:
    assert left_over(rests) == text


SMALL = st.integers(1, 12)


def first_pixels(size: int, window: Window) -> list[int]:
    """Where windows start that fit wholly into the padded input: found by sliding, not by a formula."""
    starts = range(-window.before, size + window.after, window.stride)
    return [start for start in starts if start + window.extent <= size + window.after]


@given(
    size=SMALL, kernel=SMALL, stride=SMALL, before=st.integers(0, 5), after=st.integers(0, 5), dilation=SMALL
)
def test_floor_is_sliding_and_rest_is_what_is_left(
    size: int, kernel: int, stride: int, before: int, after: int, dilation: int
) -> None:
    window = Window(kernel, stride, before, after, dilation)
    starts = first_pixels(size, window)
    assert window.output(size) == len(starts)
    if starts:
        assert window.rest(size) == size + after - (starts[-1] + window.extent)


@given(size=SMALL, kernel=SMALL, stride=SMALL, padding=st.integers(0, 6))
def test_drops_are_pixels_that_no_window_reads(size: int, kernel: int, stride: int, padding: int) -> None:
    window = Window(kernel, stride, padding, padding)
    starts = first_pixels(size, window)
    read = {pixel for start in starts for pixel in range(start, start + kernel)}
    if starts and kernel >= stride:
        unread = [pixel for pixel in range(size) if pixel not in read]
        assert window.drops(size) == len(unread)
        assert unread == list(range(size - len(unread), size))


@given(size=SMALL, kernel=SMALL, stride=SMALL, padding=st.integers(0, 6), dilation=st.integers(1, 4))
def test_ceil_is_the_formula_with_the_clip(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    window = Window(kernel, stride, padding, padding, dilation)
    exact = Fraction(size + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1
    expected = ceil(exact)
    if (expected - 1) * stride >= size + padding:
        expected -= 1
    assert window.output(size, CEIL) == expected
    assert max(0, floor(exact)) == max(0, window.output(size, FLOOR))


@given(size=SMALL, stride=SMALL, extent=SMALL)
def test_same_is_the_least_padding_that_gives_the_ceiling(size: int, stride: int, extent: int) -> None:
    before, after = same_padding(size, stride, extent)
    window = Window(extent, stride, before, after)
    assert window.output(size) >= ceil(Fraction(size, stride)) if extent < stride else True
    assert after - before in (0, 1)
    if extent >= stride:
        assert window.output(size) == ceil(Fraction(size, stride))
    if before + after:
        assert Window(extent, stride, before, after - 1).output(size) < ceil(Fraction(size, stride))


@given(size=SMALL, kernel=SMALL, stride=SMALL, padding=st.integers(0, 6), dilation=st.integers(1, 4))
def test_transposed_undoes_a_window_that_leaves_nothing_over(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    window = Window(kernel, stride, padding, padding, dilation)
    whole = transposed_output(size, window, 0)
    if whole >= 1:
        assert window.output(whole) == size
        assert window.rest(whole) == 0
