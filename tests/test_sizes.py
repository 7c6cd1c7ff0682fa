"""`sizes` finds the published smallest inputs, holds to brute force, and says what it cannot prove."""

import json
from fractions import Fraction

import pytest

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.input_sizes import Progression, as_json, sizes, text
from cnn_shapes.input_sizes.answer import SQUARE
from cnn_shapes.input_sizes.congruences import Congruence, DependsOnResidue
from cnn_shapes.input_sizes.progressions import progressions
from cnn_shapes.input_sizes.symbolic import SymbolicRun
from cnn_shapes.input_sizes.unfolding import Unfolding
from cnn_shapes.language.spec import Overrides
from tests.golden import run
from tests.networks import SPECS
from tests.size_reports import answer, layers, report_on, zoo
from tests.tools.verify_sizes import disagreements, holds

ZOO = sorted(file.stem for file in SPECS.glob("*.yaml"))


def both(runs: list[Progression]) -> dict[str, list[Progression]]:
    return {"height": runs, "width": runs}


# the smallest square inputs that torchvision's models take (found by running them; one below fails);
# the course network and the U-Net: by hand, and the figures of the U-Net's paper
ENDLESS = [
    ("alexnet", [(63, 1)]),
    ("vgg11", [(32, 32)]),  # strict: torchvision's takes every size from 32 on, with rounding floor
    ("squeezenet1_0", [(21, 1)]),
    ("squeezenet1_1", [(17, 1)]),
    ("densenet121", [(29, 1)]),
    ("googlenet", [(15, 1)]),
    ("resnet50", [(1, 1)]),
    ("mnist", [(16, 4)]),
    ("unet_valid", [(188, 16)]),
    ("unet", [(16, 16)]),
    # a map of ceil(n/8) cells must be a multiple of 4, or what is halved and doubled does not come back
    ("yolov8", [(first, 32) for first in range(25, 33)]),
    # a map of ceil(n/32) cells must be even, or it cannot be cut into patches of 2x2; so must those before it
    ("pvt_v2_b0", [(29, 1)]),  # a map of ceil(n/4) cells, of which windows of 8x8 make the keys
    ("mobilevit_xxs", [(first, 64) for first in range(57, 65)]),
    ("yolov10n", [(first, 32) for first in range(25, 33)]),
    ("audio_m5", [(8000, 4096)]),  # strides 16, 4, 4, 4, 4
]


@pytest.mark.parametrize("square", [True, False])
@pytest.mark.parametrize(("name", "expected"), ENDLESS)
def test_known_sizes(name: str, expected: list[tuple[int, int]], square: bool) -> None:
    found = answer(zoo(name), square=square)
    assert found.proved
    for runs in found.axes.values():
        assert runs == [Progression(first, step, None) for first, step in expected]


def test_vgg_takes_32_and_more_when_it_rounds() -> None:
    found = answer(zoo("vgg16"), rounding="floor")
    assert found.axes["height"] == [Progression(32, 1, None)]
    assert found.question.rounding == "floor"


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo_by_unfolding_it_for_each_size(name: str) -> None:
    report = zoo(name)
    assert report.spec is not None
    assert report.input is not None
    assert report.trace is not None
    unfolding = Unfolding(report.spec, report.trace.network, Overrides(), 0)
    found = as_json(answer(report, square=True), report)["progressions"]
    wrong = [
        size
        for size in range(1, 41)
        if holds(found, size) != (unfolding.first_failure((size,) * report.input.rank) is None)
    ]
    assert wrong == []


# where layers follow from the sizes: the square sizes that `check` takes up to 2,000, each tried once
FOLLOWING = [
    ("botnet26t", [(first, 32) for first in range(49, 65)]),  # a map of ceil(n/16) cells is even, and not 2
    ("mobilenetv4_hybrid_medium", [(1, 1)]),
    ("ghostnet", [(1, 1)]),
]


@pytest.mark.parametrize(("name", "expected"), FOLLOWING)
def test_sizes_of_layers_that_follow_from_them(name: str, expected: list[tuple[int, int]]) -> None:
    report = zoo(name)
    found = answer(report, square=True)
    assert found.proved
    assert found.axes == {SQUARE: [Progression(first, step, None) for first, step in expected]}
    some = [*range(46, 50), *range(63, 67), 208, 209, 224, 240, 241, 1984, 1985, 2000]
    checked = [
        size for size in some if check_source(report.source, Overrides((size, size, 3)), rules=False).ok
    ]
    assert checked == [size for size in some if any(size in run for run in found.axes[SQUARE])]


@pytest.mark.parametrize("name", ["mnist", "lenet5", "voxnet"])
def test_the_checker_agrees(name: str) -> None:
    report = zoo(name)
    assert disagreements(report.source.text, as_json(answer(report), report), 40) == []


def test_the_checker_sees_a_wrong_answer() -> None:
    report = zoo("mnist")
    wrong = as_json(answer(report, square=True), report)
    wrong["progressions"] = [{"first": 12, "step": 4, "last": 24}]
    assert disagreements(report.source.text, wrong, 33) == [(12, 12), (28, 28), (32, 32)]


# by hand
CORNERS: list[tuple[str, CheckResult, dict[str, list[Progression]]]] = [
    (
        "scales of 7/5 twice and 7/10, then halves and thirds: 2**2 * 3 * 5**3",
        layers("upsample: 1.4", "upsample: 1.4", "upsample: 0.7", "maxpool: 2", "maxpool: 3"),
        both([Progression(1500, 1500, None)]),
    ),
    (
        "a product after flatten ties the axes: 4*14*14, with floor both 30 and 31",
        layers(
            "conv: {filters: 4, kernel_size: 3}",
            "maxpool: {kernel_size: 2, rounding: floor}",
            "flatten",
            "dense: {units: 3, in_features: 784}",
        ),
        {SQUARE: [Progression(30, 1, 31)]},
    ),
    (
        "each axis by itself",
        layers("maxpool: [2, 3]"),
        {"height": [Progression(2, 2, None)], "width": [Progression(3, 3, None)]},
    ),
    (
        "a size that is fixed later meets one that is not",
        layers("parallel: {branches: {a: [upsample: {size: 5}], b: [identity]}}"),
        both([Progression(5, 1, 5)]),
    ),
    (
        "broadcast: an add takes 1 too, and an equal size",
        layers("parallel: {merge: add, branches: {a: [upsample: {size: 5}], b: [identity]}}"),
        both([Progression(1, 4, 5)]),
    ),
    (
        "height and width change places and meet",
        layers("parallel: {merge: add, branches: {a: [crop: [[0, 0], [1, 1]]], b: [permute: [1, 0, 2]]}}"),
        {SQUARE: [Progression(3, 1, 3)]},  # 3x1 and 3x3: an add congruences 1
    ),
    (
        "a large kernel",
        layers("conv: {filters: 1, kernel_size: 1000000}"),
        both([Progression(1_000_000, 1, None)]),
    ),
    (
        "primes one after the other: 7*11*13*17*19*23",
        layers(*(f"maxpool: {prime}" for prime in (7, 11, 13, 17, 19, 23))),
        both([Progression(7_436_429, 7_436_429, None)]),
    ),
    (
        "primes side by side: 3 more than a multiple of 101, 5 than one of 103, 7 than one of 107",
        layers(
            *(
                f"conv: {{filters: 1, kernel_size: {kernel}, stride: {stride}, from: input}}"
                for kernel, stride in ((3, 101), (5, 103), (7, 107))
            )
        ),
        # 3 + 101*10093 = 5 + 103*9897 = 7 + 107*9527
        both([Progression(1_019_396, 101 * 103 * 107, None)]),
    ),
    (
        "scales with hundreds: 137/100, 73/100 and 11/10, then 128",
        layers("upsample: 1.37", "upsample: 0.73", "upsample: 1.1", "maxpool: 128"),
        both([Progression(12_800_000, 12_800_000, None)]),
    ),
    (
        "the same rounded down: the largest kernel decides",
        layers(
            *(
                f"conv: {{filters: 1, kernel_size: {kernel}, stride: {stride}, from: input}}"
                for kernel, stride in ((3, 101), (5, 103), (7, 107))
            ),
            rounding="floor",
        ),
        both([Progression(7, 1, None)]),
    ),
    (
        "rounded down five times by primes: 7*11*13*17*19 gives 1",
        layers(*(f"maxpool: {prime}" for prime in (7, 11, 13, 17, 19)), rounding="floor"),
        both([Progression(323_323, 1, None)]),
    ),
    (
        "rounded down alike on two ways, and by a third of another stride",
        # n//6 on the first two; n//6 = n//7 from 1 on where both are 1 (7 to 11), 2 (14 to 17), 3, 4 or 5
        layers(
            "parallel: {branches: "
            "{a: [maxpool: 2, maxpool: 3], b: [maxpool: 3, maxpool: 2], c: [maxpool: 7]}}",
            rounding="floor",
        ),
        both(
            [
                Progression(7, 1, 11),
                Progression(14, 1, 17),
                Progression(21, 1, 23),
                Progression(28, 1, 29),
                Progression(35, 1, 35),
            ]
        ),
    ),
    ("a stride beyond all", layers("maxpool: 1000003"), both([Progression(1_000_003, 1_000_003, None)])),
    (
        "an even stride never meets an odd one",
        layers(
            "conv: {filters: 1, kernel_size: 1, stride: 10000, from: input}",
            "conv: {filters: 1, kernel_size: 2, stride: 30000, from: input}",
        ),
        both([]),
    ),
    (
        "a reshape asks for a multiple too: 3*n*n of 7**4",
        layers("reshape: [7, 7, 7, -1, 7]"),
        {SQUARE: [Progression(49, 49, None)]},
    ),
    ("one axis", layers("maxpool: 4", input="[9, 3]"), {SQUARE: [Progression(4, 4, None)]}),
]


@pytest.mark.parametrize(
    ("report", "expected"), [row[1:] for row in CORNERS], ids=[row[0] for row in CORNERS]
)
def test_corners(report: CheckResult, expected: dict[str, list[Progression]]) -> None:
    found = answer(report)
    assert found.axes == expected
    assert found.proved


def test_what_is_not_proved_says_so() -> None:
    report = report_on(
        "input: [9, 9, 3]\nblocks:\n  B: {layers: [repeat: {times: h_in, layers: [relu]}]}\n"
        "layers: [maxpool: 2, B]\n"
    )
    found = answer(report)
    assert not found.proved
    assert found.tested is not None
    assert found.axes == {SQUARE: [Progression(2, 2, found.tested // 2 * 2)]}
    assert f"note: tested up to {found.tested:,}, not proved beyond" in text(found, report)
    assert as_json(found, report)["proved"] is False


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "input: [9, 9, 3]\nlayers: [convv: 3]",
        "input: 9\nlayers: [dense: 3]",
        "input: [9, 9, 3]\nlayers: [{conv: {filters: 3, from: nowhere}}]",
    ],
)
def test_no_answer_where_the_network_is_not_known(spec: str) -> None:
    assert sizes(report_on(spec)) is None


@pytest.mark.parametrize(
    ("own", "square", "below", "above"),
    [
        ("[28, 28, 1]", False, (24, 24), (32, 32)),
        ("[30, 21, 1]", False, (28, 20), (32, 24)),
        # squares of fewer pixels than the input, and of more: 24*24 < 30*21 < 28*28, 24*24 < 32*20 < 28*28
        ("[30, 21, 1]", True, (24, 24), (28, 28)),
        ("[32, 20, 1]", True, (24, 24), (28, 28)),
        ("[36, 16, 1]", True, (20, 20), (28, 28)),  # 36*16 = 24*24: neither fewer nor more
        ("[16, 16, 1]", False, None, (20, 20)),
        ("[3, 90, 1]", False, None, (16, 92)),
    ],
)
def test_nearest(own: str, square: bool, below: tuple[int, ...] | None, above: tuple[int, ...]) -> None:
    spec = zoo("mnist").source.text.replace("[28, 28, 1]", own)
    found = answer(report_on(spec), square=square)
    assert (found.nearest.below, found.nearest.above) == (below, above)


@pytest.mark.parametrize(
    ("congruences", "expected"),
    [
        ([], []),
        ([Congruence(2, 0, 1, None), Congruence(2, 1, 4, None)], [(8, 1, None), (2, 2, 6)]),
        ([Congruence(4, 0, 1, None), Congruence(4, 2, 0, None)], [(2, 2, None)]),
        ([Congruence(6, residue, 1, None) for residue in (0, 2, 3, 4)], [(6, 2, None), (6, 3, None)]),
        ([Congruence(1, 0, 5, 5), Congruence(1, 0, 9, 12)], [(5, 4, 9), (10, 1, 12)]),
        ([Congruence(1, 0, 3, 10**9)], [(3, 1, 10**9)]),
    ],
)
def test_progressions(congruences: list[Congruence], expected: list[tuple[int, int, int | None]]) -> None:
    assert progressions(congruences) == [Progression(*one) for one in expected]


def test_symbols_compute_as_numbers_do() -> None:
    run_ = SymbolicRun(Congruence(6, 1, 2, None))
    size = run_.size()
    assert ((size - 1) // 2).value(2) == 6
    assert (size * size - size * size) == 0
    assert (size * Fraction(1, 2)).denominator == 2  # 6t + 1, halved
    assert size > 20
    assert run_.congruence == Congruence(6, 1, 4, None)  # 13 and 19 were postponed
    assert run_.postponed == [Congruence(6, 1, 2, 3)]
    with pytest.raises(DependsOnResidue) as caught:
        (size // 4) % 3
    assert caught.value.factor == 2


def test_the_command() -> None:
    spec = "input: [28, 28, 1]\nlayers:\n  - conv: {filters: 32, kernel_size: 5}\n  - maxpool: 2\n"
    spec += "  - conv: {filters: 64, kernel_size: 5}\n  - maxpool: {kernel_size: 2, name: second}\n"
    ran = run("sizes", "-", "--square", "--json", stdin=spec)
    assert ran.code == 0
    assert json.loads(ran.out) == {
        "version": 1,
        "rounding": "exact",
        "proved": True,
        "smallest": [16, 16],
        "below": [24, 24],
        "above": [32, 32],
        "progressions": [{"first": 16, "step": 4, "last": None}],
        "failing": [
            {"size": [n, n], "layer": "maxpool1", "rule": "pool-not-divisible", "line": 4}
            for n in (15, 27, 29)
        ],
    }
