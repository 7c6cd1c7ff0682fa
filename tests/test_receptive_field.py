"""What an output unit sees of the input: by hand, and by following every tap of random networks."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source
from cnn_shapes.trace import Trace


def trace_of(layers: list[str], size: str) -> Trace:
    lines = "".join(f"\n  - {layer}" for layer in layers)
    report = check_source(Source("x.yaml", f"input: {size}\nrounding: floor\nlayers:{lines}\n"))
    assert report.errors == []
    assert report.trace is not None
    return report.trace


# by hand: width += (kernel - 1)*jump, jump *= stride (Araujo, Norris and Sim, Distill 2019)
@pytest.mark.parametrize(
    ("layers", "field", "jump"),
    [
        (["conv: {filters: 1, kernel_size: 3}"], 3, 1),
        (["conv: {filters: 1, kernel_size: 3}"] * 2, 5, 1),
        (["conv: {filters: 1, kernel_size: 3, dilation: 4}"], 9, 1),
        (["conv: {filters: 1, kernel_size: 5}", "maxpool: 2"], 6, 2),
        (["conv: {filters: 1, kernel_size: 5}", "maxpool: 2", "conv: {filters: 1, kernel_size: 5}"], 14, 2),
        (["conv: {filters: 1, kernel_size: 7, stride: 2, padding: 3}", "maxpool: 3"], 11, 6),
        (["maxpool: {kernel_size: 2, stride: 3}", "conv: {filters: 1, kernel_size: 2}"], 5, 3),
        (["separable_conv: {filters: 1, kernel_size: 3}", "avgpool: 2"], 4, 2),
        (["relu", "batchnorm", "dropout", "conv: 1"], 1, 1),
        (["pad: 2", "conv: {filters: 1, kernel_size: 3}", "crop: 1"], 3, 1),
        (["space_to_depth: 2", "conv: {filters: 1, kernel_size: 3}"], 6, 2),
        # transposed, kernel 2 stride 2: a unit reads one; kernel 3 stride 2: one or two; kernel 4: two
        (["conv_transpose: {filters: 1, kernel_size: 2, stride: 2}"], 1, "1/2"),
        (["conv_transpose: {filters: 1, kernel_size: 3, stride: 2}"], 2, "1/2"),
        (["conv_transpose: {filters: 1, kernel_size: 4, stride: 2, padding: 1}"], 2, "1/2"),
        (["maxpool: 2", "conv_transpose: {filters: 1, kernel_size: 2, stride: 2}"], 2, 1),
        (["maxpool: 2", "conv_transpose: {filters: 1, kernel_size: 3, stride: 3}"], 2, "2/3"),
        # of units t and t + 3 one lies between what a kernel of 1 spreads, and reads nothing
        (
            [
                "conv_transpose: {filters: 1, kernel_size: 1, stride: 2}",
                "conv: {filters: 1, kernel_size: 2, dilation: 3}",
            ],
            1,
            "1/2",
        ),
        # every unit reads one unit: t even by the first tap, t odd by the second
        (["conv_transpose: {filters: 1, kernel_size: 2, stride: 2, dilation: 3}"], 1, "1/2"),
        # nearest reads one unit; a 3-wide window over pairs of equal units reads two of them
        (["upsample: 2"], 1, "1/2"),
        (["upsample: 2", "conv: {filters: 1, kernel_size: 3}"], 2, "1/2"),
        (["upsample: 2", "conv: {filters: 1, kernel_size: 4}"], 3, "1/2"),
        (["upsample: 3", "conv: {filters: 1, kernel_size: 4}"], 2, "1/3"),
        (["maxpool: 4", "upsample: 2"], 4, 2),
        (["upsample: {scale: 2, mode: linear}"], 2, "1/2"),
        (["upsample: {scale: 3, mode: bilinear}"], 2, "1/3"),  # the middle of three reads one, the others two
        (["upsample: {scale: 1, mode: linear}"], 1, 1),
        (["upsample: 0.5"], 1, 2),
        (["upsample: 1.5"], 1, "2/3"),
        (["upsample: 2", "maxpool: 2"], 1, 1),
        # joins: the union; after a residual the wider way
        (["residual: [conv: {filters: 1, kernel_size: 3, padding: 1}]"], 3, 1),
        (["parallel: {branches: [[conv: {filters: 1, kernel_size: 5, padding: half}], [conv: 1]]}"], 5, 1),
        # a gate sees everything; the width is its main way's
        (["conv: {filters: 1, kernel_size: 3}", "gate: [global_avgpool, dense: 1, sigmoid]"], 3, 1),
    ],
)
def test_by_hand(layers: list[str], field: int, jump: int | str) -> None:
    trace = trace_of(layers, "48x1")
    assert trace.receptive_field(trace.steps[-1]) == (field,)
    assert trace.jump(trace.steps[-1]) == (jump,)


@pytest.mark.parametrize(
    ("layers", "field", "jump"),
    [
        (["conv: {filters: 1, kernel_size: [3, 5], stride: [1, 2]}"], (3, 5), (1, 2)),
        (["adaptive_avgpool: [null, 4]", "maxpool: 2"], (2, 30), (2, None)),
        (["adaptive_avgpool: [null, 4]", "permute: [1, 0, 2]"], (24, 1), (None, 1)),
        (["permute: [1, 0, 2]", "conv: {filters: 1, kernel_size: [3, 1]}"], (3, 1), (1, 1)),
        (["conv: {filters: 1, kernel_size: 3}", "global_avgpool"], (24, 30), None),
        (["conv: {filters: 1, kernel_size: 3}", "flatten", "dense: 2"], (24, 30), None),
        (["flatten"], (24, 30), None),
    ],
)
def test_axes_by_hand(
    layers: list[str], field: tuple[int, ...], jump: tuple[int | str | None, ...] | None
) -> None:
    trace = trace_of(layers, "24x30x1")
    assert trace.receptive_field(trace.steps[-1]) == field
    assert trace.jump(trace.steps[-1]) == jump


# two axes that see the whole input say nothing about the one between them
def test_axes_of_a_volume() -> None:
    trace = trace_of(["adaptive_avgpool: [4, null, 4]", "conv: {filters: 1, kernel_size: 3}"], "8x9x7x1")
    assert trace.receptive_field(trace.steps[-1]) == (8, 3, 7)
    assert trace.jump(trace.steps[-1]) == (None, 1, None)


# the centre of unit 0 is 0 after `half` of an odd kernel, -0.5 after an even one padded at its beginning
@pytest.mark.parametrize(
    ("branches", "aligned"),
    [
        ("[identity], [conv: {filters: 1, kernel_size: 3, padding: half}]", True),
        ("[conv: {filters: 1, kernel_size: 2, padding: [[1, 0]]}], [identity]", False),
        ("[pad: [[1, 0]], conv: {filters: 1, kernel_size: 2}], [pad: [[0, 1]], crop: [[0, 1]]]", False),
        ("[pad: [[1, 0]], conv: {filters: 1, kernel_size: 2}], [pad: [[1, 0]], crop: [[0, 1]]]", False),
        ("[pad: [[1, 0]], crop: [[0, 1]]], [pad: [[1, 0]], crop: [[0, 1]]]", True),
        ("[maxpool: 2, upsample: 2], [identity]", False),
        ("[crop: 1], [conv: {filters: 1, kernel_size: 3}]", True),
        ("[crop: [[0, 2]]], [conv: {filters: 1, kernel_size: 3}]", False),
    ],
)  # fmt: skip
def test_a_join_of_units_that_look_elsewhere(branches: str, aligned: bool) -> None:
    assert trace_of([f"parallel: {{branches: [{branches}]}}"], "24x1").steps[-1].aligned is aligned


class Link(NamedTuple):
    """A layer of a random chain: how a spec writes it, and the units of its input that unit t reads."""

    text: str
    reads: Callable[[int], Iterable[int]]


def conv(kernel: int, stride: int, dilation: int, begin: int, end: int) -> Link:
    fields = f"kernel_size: {kernel}, stride: {stride}, dilation: {dilation}, padding: [[{begin}, {end}]]"
    return Link(
        f"conv: {{filters: 1, {fields}}}",
        lambda t: [stride * t - begin + dilation * tap for tap in range(kernel)],
    )


def transposed(kernel: int, stride: int, dilation: int, begin: int, end: int) -> Link:
    fields = f"kernel_size: {kernel}, stride: {stride}, dilation: {dilation}, padding: [[{begin}, {end}]]"

    def reads(t: int) -> list[int]:
        ends = [t + begin - dilation * tap for tap in range(kernel)]
        return [place // stride for place in ends if place % stride == 0]

    return Link(f"conv_transpose: {{filters: 1, {fields}}}", reads)


def upsample(scale: str, linear: bool) -> Link:
    factor = Fraction(scale)

    def reads(t: int) -> list[int]:
        place = (Fraction(2 * t + 1) / factor - 1) / 2 if linear else Fraction(floor(t / factor))
        return [floor(place), ceil(place)]

    return Link(f"upsample: {{scale: {scale}, mode: {'linear' if linear else 'nearest'}}}", reads)


def moved(kind: str, begin: int, end: int) -> Link:
    shift = begin if kind == "crop" else -begin
    return Link(f"{kind}: [[{begin}, {end}]]", lambda t: [t + shift])


def joined(dilation: int, also_input: bool) -> Link:
    ways = f"[conv: {{filters: 1, kernel_size: 3, dilation: {dilation}, padding: half}}]"
    other = "[identity]" if also_input else "[maxpool: {kernel_size: 2, stride: 1, padding: [[1, 0]]}]"
    others = [0] if also_input else [-1, 0]
    return Link(
        f"parallel: {{branches: [{ways}, {other}], merge: add}}",
        lambda t: [t + tap for tap in (-dilation, 0, dilation, *others)],
    )


NUMBER, LITTLE = st.integers(1, 3), st.integers(0, 2)
LINKS = st.one_of(
    st.builds(conv, NUMBER, NUMBER, NUMBER, LITTLE, LITTLE),
    st.builds(transposed, st.integers(1, 4), NUMBER, NUMBER, LITTLE, LITTLE),
    st.builds(upsample, st.sampled_from(["2", "3", "0.5", "1.5", "2.5", "0.75"]), st.booleans()),
    st.builds(moved, st.sampled_from(["pad", "crop"]), LITTLE, LITTLE),
    st.builds(joined, NUMBER, st.booleans()),
)


@given(st.lists(LINKS, min_size=1, max_size=4), st.integers(20, 40))
def test_by_following_every_tap(chain: list[Link], size: int) -> None:
    layers = "".join(f"\n  - {link.text}" for link in chain)
    report = check_source(Source("x.yaml", f"input: [{size}, 1]\nrounding: floor\nlayers:{layers}\n"))
    assume(report.ok)
    assert report.trace is not None
    step = report.trace.steps[-1]
    assert step.views is not None
    view = step.views[0]
    assert view is not None
    units = 2 * len(view.lows)  # two periods
    widths = []
    for unit in range(min(units, 300)):
        seen = {unit}
        for link in reversed(chain):
            seen = {read for reader in seen for read in link.reads(reader)}
        # between what a transposed window shorter than its stride spreads, a unit reads nothing
        assert view.is_empty(unit) is not bool(seen)
        if seen:
            assert (view.low(unit), view.high(unit)) == (min(seen), max(seen))
        widths.append(max(seen) - min(seen) + 1 if seen else 0)
    assert view.width >= max(widths)
    assert units > 300 or view.width == max(widths)


# Keys' cubic is 0 at all whole distances but 0: the middle of three reads one, the others four (PyTorch's
# gradients of F.interpolate are 0 elsewhere)
@pytest.mark.parametrize(("scale", "seen"), [(1, 1), (2, 4), (3, 4)])
def test_a_bicubic_upsampling_sees_four(scale: int, seen: int) -> None:
    trace = trace_of([f"upsample: {{scale: {scale}, mode: bicubic}}"], "9x9x1")
    assert trace.receptive_field(trace.steps[-1]) == (seen, seen)
