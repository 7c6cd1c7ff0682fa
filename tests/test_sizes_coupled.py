"""`sizes` where axes depend on each other, where squares alone are asked for, and where nothing works."""

import pytest

from cnn_shapes.checking import CheckResult
from cnn_shapes.input_sizes import Progression, Sizes, as_json, text
from cnn_shapes.input_sizes.answer import SQUARE, Coupling
from tests.golden import run
from tests.size_reports import answer, layers, report_on, zoo

COUPLED = ("conv: {filters: 8, kernel_size: 3, padding: 1}", "maxpool: 2", "flatten")  # 8 * h/2 * w/2
DENSE = "dense: {units: 3, in_features: 1600}"  # h*w = 800, both even


def coupling(found: Sizes) -> Coupling:
    assert found.coupling is not None
    return found.coupling


def test_coupled_axes_take_the_input_although_no_square_works() -> None:
    report = layers(*COUPLED, DENSE, input="[40, 20, 3]")
    assert report.ok
    ran = run("sizes", "-", stdin=report.source.text)
    assert ran.code == 0
    assert ran.out == (
        "<stdin>   40x20x3   rounding: exact\n"
        "\n"
        "  height = width         none\n"
        "  height with width 20   only 40\n"
        "  width with height 40   only 20\n"
        "  smallest               40x20\n"
        "  this input, 40x20      works\n"
        "  nearest below          none\n"
        "  nearest above          none\n"
        "\n"
        "  first layer that fails\n"
        "    39x19   maxpool1, line 5   "
        "pool-not-divisible: a 39x19 feature map is not a multiple of the 2x2 pool\n"
        "    41x21   maxpool1, line 5   "
        "pool-not-divisible: a 41x21 feature map is not a multiple of the 2x2 pool\n"
        "  note: dense1, line 7, ties height and width together: "
        "shown are equal sizes, and each axis with the other as in this input; more may work\n"
    )


def test_coupled_axes_as_json() -> None:
    report = layers(*COUPLED, DENSE, input="[40, 20, 3]")
    found = as_json(answer(report), report)
    assert found["smallest"] == [40, 20]
    assert found["progressions"] == []
    assert found["varied"] == [
        {"axis": "height", "held": {"width": 20}, "progressions": [{"first": 40, "step": 1, "last": 40}]},
        {"axis": "width", "held": {"height": 40}, "progressions": [{"first": 20, "step": 1, "last": 20}]},
    ]


def test_coupled_axes_where_neither_squares_nor_the_inputs_own_sizes_work() -> None:
    report = layers(*COUPLED, DENSE, input="[41, 21, 3]")
    found = answer(report)
    further = coupling(found).further
    assert further is not None
    # the even pairs whose product is 800: the nearest to 41x21 first
    pairs = {(n, 800 // n) for n in range(2, 801, 2) if 800 % n == 0 and 800 // n % 2 == 0}
    assert {*further.sizes} == pairs
    assert further.sizes[0] == (40, 20)
    assert found.nearest.smallest == (20, 40)
    assert (found.nearest.below, found.nearest.above) == ((40, 20), None)
    assert found.proved
    assert run("sizes", "-", stdin=report.source.text).code == 0


def test_coupled_axes_for_which_nothing_is_found() -> None:
    # 4*(2h - 1)*(2w - 1): never 4*2
    entries = ("conv_transpose: {filters: 4, kernel_size: 1, stride: 2}", "flatten")
    report = layers(*entries, "dense: {units: 3, in_features: 8}", input="[3, 3, 1]")
    found = answer(report)
    assert not found.found
    assert not found.proved
    further = coupling(found).further
    assert further is not None
    assert text(found, report) == (
        "spec.yaml   3x3x1   rounding: exact\n"
        "\n"
        "  no input size was found that works\n"
        f"  tried were all squares, and every height with each width up to {further.tried:,}\n"
        "\n"
        "  first layer that fails\n"
        "    2x2   dense1, line 6   "
        "expect-mismatch: in_features says 8, but the input has 36 features: "
        "write 36 or leave in_features out\n"
        "    3x3   dense1, line 6   "
        "expect-mismatch: in_features says 8, but the input has 100 features: "
        "write 100 or leave in_features out\n"
        "    4x4   dense1, line 6   "
        "expect-mismatch: in_features says 8, but the input has 196 features: "
        "write 196 or leave in_features out\n"
    )


def test_three_coupled_axes() -> None:
    entries = ("maxpool: 2", "flatten", "dense: {units: 3, in_features: 240}")  # 4*10*6
    found = answer(layers(*entries, input="[8, 20, 12, 1]"))
    assert found.nearest.smallest == (8, 20, 12)
    assert [(one.axis, one.held, one.progressions) for one in coupling(found).varied] == [
        ("depth", {"height": 20, "width": 12}, [Progression(8, 1, 8)]),
        ("height", {"depth": 8, "width": 12}, [Progression(20, 1, 20)]),
        ("width", {"depth": 8, "height": 20}, [Progression(12, 1, 12)]),
    ]


def test_coupled_axes_of_a_network_that_follows_from_its_input() -> None:
    found = answer(
        report_on(
            "input: [4, 3, 1]\n"
            "blocks:\n  B: {layers: [dense: c_in // 2]}\n"
            "layers: [flatten, B, {dense: {units: 3, in_features: 6}}]\n"  # 12 and 13 pixels, halved
        )
    )
    assert found.axes == {SQUARE: []}
    assert [one.progressions for one in coupling(found).varied] == [
        [Progression(4, 1, 4)],
        [Progression(3, 1, 3)],
    ]
    assert found.nearest.smallest == (4, 3)


def test_squares_alone_are_told_where_they_were_asked_for() -> None:
    report = layers(*COUPLED, DENSE, input="[40, 20, 3]")
    ran = run("sizes", "-", "--square", stdin=report.source.text)
    assert ran.code == 1
    assert ran.out == (
        "<stdin>   40x20x3   rounding: exact\n"
        "\n"
        "  no square input size works\n"
        "  dense1, line 7, fails at every size that gets as far\n"
        "    expect-mismatch: in_features says 1600, but the input has 1800 features: "
        "write 1800 or leave in_features out\n"
        "\n"
        "  first layer that fails\n"
        "    29x29   maxpool1, line 5   "
        "pool-not-divisible: a 29x29 feature map is not a multiple of the 2x2 pool\n"
        "  note: 40x20 works and is not square: without --square, other sizes are told too\n"
    )


def test_failing_sizes_are_square_where_squares_were_asked_for() -> None:
    spec = zoo("mnist").source.text.replace("[28, 28, 1]", "[30, 21, 1]")
    found = answer(report_on(spec), square=True)
    assert [one.size for one in found.failing] == [(15, 15), (25, 25), (26, 26)]  # 25*25 < 30*21 < 26*26
    assert "this input, 30x21   does not work, and is not square" in text(found, report_on(spec))


# the layer that lets nothing through, the rule, and whether that is so whatever the size
BLOCKING = [
    ("channels never fit", layers("conv: {filters: 5, groups: 2}"), "conv1", "groups-not-divisible", True),
    ("a wrong assertion", layers("conv: {filters: 5, in_channels: 4}"), "conv1", "expect-mismatch", True),
    (
        "behind a layer that the input does not pass",
        layers("maxpool: 5", "conv: {filters: 5, groups: 2}"),
        "conv1",
        "groups-not-divisible",
        True,
    ),
    ("not the rank of the input", layers("Conv1d: {filters: 4}"), "conv1", "wrong-rank", True),
    (
        "features that are no multiple of the channels",
        layers("conv: 4", "flatten", "dense: {units: 3, in_features: 783}"),
        "dense1",
        "expect-mismatch",
        True,
    ),
    (
        "a known size that is cut away",
        layers("upsample: {size: 5}", "crop: 3"),
        "crop1",
        "window-too-large",
        True,
    ),
    (
        "odd for every multiple of 4",
        layers("maxpool: 4", "upsample: 2", "pad: [[0, 1], [0, 1]]", "maxpool: {kernel_size: 2, name: last}"),
        "last",
        "pool-not-divisible",
        False,
    ),
]


@pytest.mark.parametrize("row", BLOCKING, ids=[row[0] for row in BLOCKING])
@pytest.mark.parametrize("square", [True, False])
def test_why_no_size_works(row: tuple[str, CheckResult, str, str, bool], square: bool) -> None:
    _, report, layer, rule, whatever = row
    found = answer(report, square=square)
    assert found.blocking is not None
    assert (found.blocking.node.name, found.blocking.error.rule) == (layer, rule)
    assert found.blocking.at_every_size is whatever
    assert not found.found


def test_an_odd_size_behind_an_even_one_is_no_multiple_of_two() -> None:
    # 2n behind the upsampling, 2n - 1 behind the convolution: it can be anything odd
    entries = ("conv: {filters: 1, kernel_size: 2}", "flatten", "dense: {units: 3, in_features: 9}")
    found = answer(layers("upsample: 2", *entries))
    assert found.axes == {SQUARE: [Progression(2, 1, 2)]}


def test_what_fails_at_every_size_is_said_once() -> None:
    ran = run("sizes", "-", stdin="input: 28x28x1\nlayers:\n  - conv: {filters: 32, in_channels: 3}\n")
    assert ran.code == 1
    assert ran.out == (
        "<stdin>   28x28x1   rounding: exact\n"
        "\n"
        "  no input size works\n"
        "  conv1, line 3, fails whatever the size: fix it first\n"
        "    expect-mismatch: in_channels says 3, but the input 28x28x1 has 1: "
        "write 1 or leave in_channels out\n"
    )
