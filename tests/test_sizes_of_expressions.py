"""`sizes` agrees with `check` where layers follow from the input's sizes, for expressions drawn at random."""

from random import Random

import pytest

from cnn_shapes.input_sizes import as_json, sizes
from tests.size_reports import report_on
from tests.sizes_by_force import false_claims

BOUND = 10  # the greatest size of the grid


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
                f"residual: {{add_if: '{self.condition()}', layers: [maxpool: {{kernel_size: 2, padding: half}}]}}",
                "B",
                "B",
                f"B: {{n: '{h}'}}",
            ]
        )

    def spec(self) -> str:
        layers = []
        for _ in range(self.randint(1, 3)):
            layers.append(self.choice(["maxpool: 2", "conv: {filters: 4, kernel_size: 3, stride: 2}"] * 2 + [self.entry()] * 3))
        layers.append(self.choice(["flatten", "maxpool: 3", "global_avgpool", "dense: c_in"]) if self.random() < 0.5 else self.entry())
        inside = [self.entry() for _ in range(self.randint(1, 2))]
        inside = [one for one in inside if not one.startswith("B")] or ["relu"]
        head = f"input: [{self.randint(1, 12)}, {self.randint(1, 12)}, 4]\nrounding: {self.choice(['exact', 'floor'])}\n"
        block = "".join(f"      - {one}\n" for one in inside)
        named = f"blocks:\n  B:\n    params: {{n: '{self.number('hwc', 1)}'}}\n    let: {{m: '{self.number()}'}}\n    layers:\n{block}"
        asked = self.choice(["      - pad: 'm'\n", "      - crop: [[0, 'm'], [0, n]]\n", "      - conv: {filters: 'n', if: 'm > 3'}\n", ""])
        return head + named + asked + "layers:\n" + "".join(f"  - {one}\n" for one in layers)


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
