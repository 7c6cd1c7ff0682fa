"""`sizes` agrees with `check` where layers follow from the input's sizes, for expressions drawn at random."""

from collections.abc import Sequence
from random import Random

import pytest

from cnn_shapes.input_sizes import Progression, as_json, sizes
from cnn_shapes.input_sizes.answer import SQUARE
from tests.golden import run
from tests.size_reports import answer, layers, report_on
from tests.sizes_by_force import false_claims

BOUND = 10  # the greatest size of the grid
EVERY = Progression(1, 1, None)


def test_each_axis_by_itself_where_expressions_follow_from_it_alone() -> None:
    ran = run(
        "sizes", "-", stdin="input: 8x8x3\nlayers:\n  - upsample: {size: [2*h_in, w_in]}\n  - maxpool: 3\n"
    )
    assert ran.out == (
        "<stdin>   8x8x3   rounding: exact\n"
        "\n"
        "  height and width, each   every multiple of 3 from 3, to infinity\n"
        "  smallest                 3x3\n"
        "  this input, 8x8          does not work\n"
        "  nearest below            6x6\n"
        "  nearest above            9x9\n"
        "\n"
        "  first layer that fails\n"
        "    2x2   maxpool1, line 4   "
        "window-too-large: a 3x3 window does not fit into the 4x2 feature map\n"
        "    7x7   maxpool1, line 4   "
        "pool-not-divisible: a 14x7 feature map is not a multiple of the 3x3 pool\n"
        "    8x8   maxpool1, line 4   "
        "pool-not-divisible: a 16x8 feature map is not a multiple of the 3x3 pool\n"
    )


# by hand: the entries, and the sizes along the height and the width, or of squares where they are tied
DECIDED = [
    ("custom: {output: [h_in / 2, w_in, 4], macs: 9*h_in*w_in}", [[Progression(2, 2, None)], [EVERY]]),
    ("crop: [[0, h_in - 3], [0, w_in // 2]]", [[Progression(3, 1, None)], [EVERY]]),
    ("crop: [[0, 3], [h_in - 3, 0]]", [[Progression(4, 1, None)]]),  # of a width from h - 2 on 3 are left
    ("maxpool: {kernel_size: 2, if: h_in >= 8}", [[Progression(2, 2, None), Progression(1, 2, 7)]]),
    ("conv: {filters: 6, groups: 1 + h_in % 2}", [[Progression(2, 2, None)], [EVERY]]),  # of 3 channels
    ("upsample: {size: [h_in if h_in < 6 else 6, w_in]}", [[EVERY]]),  # a choice may be one for the width too
    ("pad: min(h_in, 4) - 2", [[Progression(2, 1, None)]]),
    ("reshape: [w_in, h_in, -1]", [[EVERY]]),
]


@pytest.mark.parametrize(("entry", "expected"), DECIDED)
def test_sizes_by_hand(entry: str, expected: list[list[Progression]]) -> None:
    report = layers(entry)
    found = answer(report)
    assert found.proved
    assert [*found.axes.values()] == expected
    assert (SQUARE in found.axes) is (len(expected) == 1)
    assert false_claims(report.source.text, as_json(found, report), False, BOUND) == []


# the written length is not among them: at it an expression comes to what no layer can have
FAILING_AS_WRITTEN = [
    ("[20, 8]", "conv: {filters: l_in // 32}", range(32, 70)),  # 0 filters below
    ("[20, 8]", "repeat: {times: l_in - 24, layers: [relu]}", range(24, 70)),
    ("[48, 8]", "conv: {filters: log2(l_in)}", (2, 4, 8, 16, 32, 64)),
    ("[48, 8]", 'conv: {filters: "w[l_in // 10]"}', range(1, 30)),  # three elements
]


@pytest.mark.parametrize(("size", "entry", "expected"), FAILING_AS_WRITTEN)
def test_sizes_where_the_written_input_fails(size: str, entry: str, expected: Sequence[int]) -> None:
    text = f"input: {size}\nparams: {{w: [4, 5, 6]}}\nlayers:\n  - {entry}\n"
    found = answer(report_on(text))
    assert not found.works
    (runs,) = found.axes.values()
    assert [at for at in range(1, 70) if any(at in run for run in runs)] == [*expected]
    assert found.failing[0].failure.error.rule in ("bad-value", "bad-expression")


@pytest.mark.parametrize(
    "entry", ["conv: {filters: l_in // 32, kernel_size: nope}", "conv: {filters: l_in // 32, nosuch: 1}"]
)
def test_an_error_at_every_size_is_the_answer(entry: str) -> None:
    assert sizes(report_on(f"input: [20, 8]\nlayers:\n  - {entry}\n")) is None


class Draw(Random):
    """Draws one spec of an image network, whose blocks and layers ask for the sizes that come in."""

    def number(self, names: str = "hwc", depth: int = 2) -> str:
        """An expression of some sizes: the first is that of the axis, others are seldom in it."""
        if depth == 0 or self.random() < 0.3:
            name = names[0] if self.random() < 0.8 else self.choice(names)
            return self.choice([f"{name}_in"] * 4 + [str(self.randint(0, 6))])
        one, other = self.number(names, depth - 1), self.number(names, depth - 1)
        few = self.randint(1, 5)
        return self.choice(
            [
                *(f"({one} {sign} {few})" for sign in ("+", "-", "*", "//", "/", "%", "+", "//")),
                *(f"({one} {sign} {other})" for sign in ("+", "-", "*")),
                f"{self.choice(['min', 'max'])}({one}, {few})",
                f"{self.choice(['ceil', 'floor', 'round'])}({one} / {self.choice([2, 2, 3, 4])})",
                f"({one} if {self.condition(names)} else {other})",
                f"ceil_to({one}, {few})",
                f"({one} * {self.choice(['0.5', '1.5', '0.3'])})",
                f"({few} ** 2 - {one})",
            ]
        )

    def condition(self, names: str = "hwc") -> str:
        compared = f"{self.number(names, 0)} {self.choice(['<', '<=', '>', '>=', '==', '!='])}"
        return f"{compared} {self.choice([str(self.randint(0, 9)), self.number(names, 0)])}"

    def entry(self) -> str:
        h, w, c = self.number("hhc"), self.number("wwc"), self.number("chw")
        few = self.randint(1, 3)
        return self.choice(
            [
                f"upsample: {{size: ['{h}', '{w}']}}",
                f"upsample: {{size: ['{few}*h_in', '{few}*w_in']}}",
                f"custom: {{output: ['{h}', '{w}', '{c}'], macs: '{self.number()}'}}",
                f"custom: {{output: ['ceil(h_in / {few})', 'ceil(w_in / {few})', c_in]}}",
                f"custom: {{output: ['h_in // {few}', 'w_in // {few}', '{few}*c_in']}}",
                f"crop: [[0, '{h}'], [0, '{w}']]",
                f"pad: {{amount: [['{h}', 0], ['{w}', 1]], if: '{self.condition()}'}}",
                f"conv: {{filters: '{c}', kernel_size: ['{h}', '{w}'], padding: half}}",
                f"avgpool: {{kernel_size: [h_in, w_in], if: '{self.condition()}'}}",
                f"conv: {{filters: '{c}', if: '{self.condition()}'}}",
                f"maxpool: {{kernel_size: 2, if: '{self.condition()}'}}",
                f"adaptive_avgpool: ['{h}', '{w}']",
                f"repeat: {{times: 'min({h}, {few})', layers: [maxpool: {{kernel_size: 2, stride: 1}}]}}",
                f"reshape: ['{h}', '{w}', '{c}']",
                "reshape: ['h_in*w_in', 'c_in']",
                f"conv: {{filters: 4, stride: '{h}'}}",
                f"residual: {{add_if: '{self.condition()}', layers: [maxpool: 2]}}",
                "B",
                "B",
                f"B: {{n: '{h}'}}",
            ]
        )

    def spec(self) -> str:
        plain = ["maxpool: 2", "conv: {filters: 4, kernel_size: 3, stride: 2}"]
        ends = ["flatten", "maxpool: 3", "global_avgpool", "dense: c_in"]
        entries = [self.choice([*plain, self.entry()]) for _ in range(self.randint(1, 3))]
        entries.append(self.choice(ends) if self.random() < 0.5 else self.entry())
        inside = [self.entry() for _ in range(self.randint(1, 2))]
        inside = [one for one in inside if not one.startswith("B")] or ["relu"]
        inside.append(
            self.choice(["pad: m", "crop: [[0, m], [0, n]]", "conv: {filters: n, if: m > 3}", "relu"])
        )
        sizes = [self.randint(1, 12), self.randint(1, 12), 4]
        block = "".join(f"      - {one}\n" for one in inside)
        lines = "".join(f"  - {one}\n" for one in entries)
        return (
            f"input: {sizes}\nrounding: {self.choice(['exact', 'floor'])}\n"
            f"blocks:\n  B:\n    params: {{n: '{self.number('hwc', 1)}'}}\n"
            f"    let: {{m: '{self.number()}'}}\n"
            f"    layers:\n{block}layers:\n{lines}"
        )


@pytest.mark.parametrize("seed", range(150))
def test_every_size_of_a_grid(seed: int) -> None:
    draw = Draw(seed)
    found = None
    while found is None:  # what fails as an expression at the input's own size has no answer
        spec = draw.spec()
        report = report_on(spec)
        found = sizes(report, square=draw.random() < 0.2)
    tried = None
    if not found.found and found.coupling is not None:
        tried = found.coupling.further.tried if found.coupling.further is not None else 0
    square = found.question.square
    assert false_claims(spec, as_json(found, report), square, BOUND, tried) == [], spec
