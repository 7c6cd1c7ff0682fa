"""The receptive field against a gradient: an input pixel influences an output unit, or it does not.

Random chains and graphs of layers that take weighted means, run in float64 with positive weights, so that no
way cancels another; upsampling and transposed convolutions among them. What has influence must lie within the
interval that we report. Where no padding was in the way it must fill it from end to end.
"""

import pytest
import torch

from cnn_shapes.checking import CheckResult
from cnn_shapes.export import export
from cnn_shapes.receptive_field import View
from tests.oracle.random_layers import LINEAR
from tests.oracle.running import build
from tests.tools.random_networks import draw

pytestmark = pytest.mark.oracle

UNITS = 24  # looked at in the middle of the output: more than a period of any upsampling drawn
# by rank: the input's size, and a margin; a unit that sees none of the margins meets no padding on its way
SIZES = {1: (160, 50), 2: (60, 18)}
CASES = [(1, seed) for seed in range(120)] + [(2, seed) for seed in range(60)]


class Influence:
    """The exported network of a report with positive weights: on which pixels does an output unit depend?"""

    def __init__(self, report: CheckResult) -> None:
        assert report.trace is not None
        self.shape = report.trace.network.input.output or ()
        self.network = build(export(report, "pytorch")).double()
        for parameter in self.network.parameters():
            torch.nn.init.uniform_(parameter, 0.5, 1.0)

    def of(self, unit: tuple[int, ...]) -> list[tuple[int, int]] | None:
        """The first and last pixel per axis; None where no pixel has a gradient."""
        x = torch.ones(1, *self.shape, dtype=torch.float64, requires_grad=True)
        output = self.network(x)
        output = output[-1] if isinstance(output, tuple) else output
        output[(0, slice(None), *unit)].sum().backward()
        pixels = torch.nonzero(x.grad.abs().sum(dim=(0, 1)))
        if not len(pixels):
            return None
        return [(int(axis.min()), int(axis.max())) for axis in pixels.T]


def end_of(report: CheckResult) -> tuple[tuple[int, ...], list[View]]:
    """The sizes of the last output, and what its units see."""
    assert report.trace is not None
    end = report.trace.network.outputs[-1]
    views = report.trace.steps[end.index - 1].views
    assert views is not None
    assert end.output is not None
    return end.output.sizes, [view for view in views if view is not None]


def is_inside(view: View, unit: int, rank: int) -> bool:
    size, margin = SIZES[rank]
    return view.low(unit) >= margin and view.high(unit) < size - margin


@pytest.mark.parametrize(("rank", "seed"), CASES)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_chains_and_graphs(rank: int, seed: int) -> None:
    report = draw(seed, LINEAR, rank, SIZES[rank][0])
    sizes, views = end_of(report)
    assert len(views) == rank
    influence = Influence(report)
    first = max(0, (sizes[0] - UNITS) // 2)
    for place in range(first, min(sizes[0], first + UNITS)):
        unit = (place, *(size // 2 for size in sizes[1:]))
        inside = all(map(is_inside, views, unit, (rank,) * rank))
        found = influence.of(unit)
        reported = [(view.low(at), view.high(at)) for view, at in zip(views, unit, strict=True)]
        # a unit between transposed windows reads nothing: an interval that ends before it begins
        seen = None if any(low > high for low, high in reported) else reported
        if inside or found is None:
            assert found == seen or not inside
            continue
        for (low, high), (begin, end) in zip(reported, found, strict=True):
            assert low <= begin <= end <= high


def test_most_are_reported_exactly() -> None:
    """Enough units of the draws above see no margin, so that the exact comparison is made."""
    exact = upsampled = 0
    for rank, seed in CASES:
        report = draw(seed, LINEAR, rank, SIZES[rank][0])
        sizes, views = end_of(report)
        middle = [size // 2 for size in sizes]
        if all(map(is_inside, views, middle, (rank,) * rank)):
            assert report.trace is not None
            exact += 1
            upsampled += any(step.node.kind in ("upsample", "conv_transpose") for step in report.trace.steps)
    assert exact >= 50
    assert upsampled >= 15
