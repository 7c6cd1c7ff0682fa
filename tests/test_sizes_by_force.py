"""`sizes` agrees with `check` on every size of a grid, for chains and graphs of any rank drawn at random."""

from random import Random

import pytest

from cnn_shapes.input_sizes import as_json
from cnn_shapes.shapes import AXIS_NAMES
from tests.size_reports import answer, report_on
from tests.sizes_by_force import false_claims

BOUNDS = {1: 60, 2: 16, 3: 6}  # the greatest size of the grid by rank
ENDS = [
    (),
    ("flatten", "dense: 3"),
    ("flatten", "dense: {units: 3, in_features: FEATURES}"),
    ("reshape: [FEATURES]",),
    ("reshape: [FEATURES, -1]",),
    ("global_avgpool", "dense: {units: 3, in_features: 4}"),
]
FEATURES = [36, 64, 96, 144, 192, 360, 400, 600]


class Draw(Random):
    """Draws one spec: `sometimes` differing along the axes, in the order (depth,) height, width."""

    def axes(self, rank: int, low: int, high: int) -> str:
        same = self.random() < 0.6
        sizes = [self.randint(low, high)] * rank if same else [self.randint(low, high) for _ in range(rank)]
        return str(sizes)

    def ends(self, rank: int) -> str:
        return str([[self.randint(0, 2), self.randint(0, 2)] for _ in range(rank)])

    def axis(self, rank: int) -> str:
        return self.choice(["channels", *AXIS_NAMES[rank]])

    def plain(self, rank: int) -> str:
        window = f"kernel_size: {self.axes(rank, 1, 4)}, stride: {self.axes(rank, 1, 3)}"
        padding = self.choice(["0", "1", "same", "half"])
        rounding = self.choice(["exact", "floor", "ceil"])
        sizes = ", ".join(self.choice(["null", str(self.randint(1, 9))]) for _ in range(rank))
        order = self.sample(range(rank + 1), rank + 1)
        one, other = (f"{name}{self.randrange(10**6)}" for name in "st")
        return self.choice(
            [
                f"conv: {{filters: {self.choice([2, 4, 6])}, {window}, padding: {padding}}}",
                f"conv: {{filters: 4, kernel_size: 1, groups: {self.choice([1, 2, 3])}}}",
                f"maxpool: {{{window}, rounding: {rounding}}}",
                f"avgpool: {{kernel_size: {self.choice([2, 3])}, padding: 1, rounding: {rounding}}}",
                f"conv_transpose: {{filters: 4, {window}}}",
                f"upsample: {{scale: {self.choice([2, 1.5, 0.75, 1.4])}, rounding: {rounding}}}",
                f"upsample: {{size: [{sizes}]}}",
                "space_to_depth: 2",
                "pixel_shuffle: 2",
                f"crop: {self.ends(rank)}",
                f"pad: {self.ends(rank)}",
                f"permute: {order}",
                f"pad: {{amount: {self.ends(rank)}, mode: {self.choice(['reflect', 'circular'])}}}",
                f"reduce: {{by: max, axis: {self.axis(rank)}}}",
                f"softmax: {{axis: {self.axis(rank)}}}",
                f"split: {{into: [{one}, {other}], axis: {self.axis(rank)}}}",
                f"split: {{into: {{{one}: {self.randint(1, 3)}, {other}: -1}}, axis: {self.axis(rank)}}}",
                f"conv: {{filters: 4, {window}, padding: {'causal' if rank == 1 else 'same'}}}",
                "glu",
                "gate: [global_avgpool: {keepdims: true}, conv: 4]",
                f"attention: {{key_size: {self.choice([1, 2])}}}",
                f"matmul: {{from: [prev, prev], transpose: {self.choice(['none', 'a', 'b'])}}}",
                "lstm: 4" if rank == 1 else "multihead_attention: 2",
            ]
        )

    def entry(self, rank: int, earlier: int) -> str:
        """A layer, a structure of two, or a join with the output of an earlier entry, l1, l2, ..."""
        kind = self.randrange(8)
        merge = self.choice(["add", "concat", "multiply", "maximum"])
        if kind == 0:
            return f"residual: [{{{self.plain(rank)}}}]"
        if kind == 1:
            branches = f"a: [{{{self.plain(rank)}}}], b: [{{{self.plain(rank)}}}]"
            merge = "add" if merge == "maximum" else merge
            return f"parallel: {{merge: {merge}, branches: {{{branches}}}}}"
        if kind == 2 and earlier > 1:
            joined = f"[l{self.randint(1, earlier - 1)}, l{earlier}]"
            if merge == "concat":
                return f"concat: {{from: {joined}, axis: {self.axis(rank)}}}"
            return f"{merge}: {joined}"
        return self.plain(rank)

    def spec(self) -> tuple[str, int]:
        rank = self.choice([1, 2, 2, 3])
        lines = []
        for number in range(self.randint(1, 4)):
            lines += [f"  - {self.entry(rank, number)}", f"  - identity: {{name: l{number + 1}}}"]
        lines += [
            f"  - {entry.replace('FEATURES', str(self.choice(FEATURES)))}" for entry in self.choice(ENDS)
        ]
        sizes = [self.randint(1, 24) for _ in range(rank)]
        rounding = self.choice(["exact", "floor"])
        body = "\n".join(lines)
        return f"input: {[*sizes, 4]}\nrounding: {rounding}\nlayers:\n{body}\n", rank


@pytest.mark.parametrize("seed", range(80))
def test_every_size_of_a_grid(seed: int) -> None:
    draw = Draw(seed)
    spec, rank = draw.spec()
    report = report_on(spec)
    square = draw.random() < 0.3
    found = answer(report, draw.choice([None, "floor", "exact"]), square)
    assert false_claims(spec, as_json(found, report), square, BOUNDS[rank]) == [], spec
