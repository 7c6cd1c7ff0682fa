"""The exported PyTorch code of the zoo and of random networks runs, and gives our shape at each layer.

Also the comments after its lines, its outputs, its parameters and, by PyTorch's flop counter, its MACs.
"""

import warnings

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from cnn_shapes.checking import CheckResult, check_path
from cnn_shapes.export import export
from cnn_shapes.export.pytorch_layers import TABLE
from cnn_shapes.layers import KINDS
from tests.golden import ROOT
from tests.networks import FAMILY, SPECS, overrides
from tests.oracle.running import build, differences, run
from tests.specs import check
from tests.tools.random_networks import draw

pytestmark = pytest.mark.oracle

ZOO = sorted(file.stem for file in SPECS.glob("*.yaml"))
EXAMPLES = sorted(file.stem for file in (ROOT / "tests" / "examples").glob("*.yaml"))
SEEDS = range(150)
# of sequences and of several tensors, or drawn by nobody: each has rows of its own
NOT_DRAWN = {
    *("instancenorm", "lstm", "gru", "rnn", "embedding", "attention", "multihead_attention", "matmul"),
    *("max_unpool", "custom"),
}
ACTIVATIONS = {kind for kind, layer in KINDS.items() if layer.family == "activations"}


def macs_in_pytorch(report: CheckResult) -> int:
    assert report.trace is not None
    counter = FlopCounterMode(display=False)
    run(export(report, "pytorch"), tuple(report.trace.network.input.output or ()), 1, counter)
    return int(counter.get_total_flops()) // 2


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo(name: str) -> None:
    assert differences(check_path(str(SPECS / f"{name}.yaml")), batch=1) == []


@pytest.mark.parametrize("name", FAMILY)
def test_the_zoo_with_other_params(name: str) -> None:
    spec, params = FAMILY[name]
    report = check_path(str(SPECS / f"{spec}.yaml"), overrides(params))
    assert differences(report, batch=1) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples(name: str) -> None:
    assert differences(check_path(str(ROOT / "tests" / "examples" / f"{name}.yaml")), batch=1) == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_random_networks(seed: int) -> None:
    report = draw(seed)
    assert differences(report) == []
    assert report.trace is not None
    assert macs_in_pytorch(report) == report.trace.totals.macs


def test_random_networks_are_of_every_kind() -> None:
    drawn = {step.node.kind for seed in SEEDS for step in draw(seed).trace.steps}  # type: ignore[union-attr]
    assert drawn >= set(KINDS) - NOT_DRAWN - ACTIVATIONS
    assert len(drawn & ACTIVATIONS) >= 5


@pytest.mark.parametrize("kind", sorted((ACTIVATIONS | {"instancenorm"}) - TABLE.refused.keys()))
def test_each_activation(kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert differences(check(f"input: [6, 6, 4]\nlayers: [conv: 4, {kind}]")) == []


@pytest.mark.parametrize(
    "layers",
    [
        # in 3-D PyTorch refuses an average pool larger than its input, whatever its padding
        "avgpool: {kernel_size: 3, stride: 1, padding: same}",
        "permute: [3, 1, 0, 2], lrn",  # takes a view of what was permuted
        "adaptive_avgpool: [null, null, null]",
        "reshape: [4, 1, 2, 3, 1], permute: [4, 1, 0, 2, 3]",
    ],
)
def test_what_random_networks_found(layers: str) -> None:
    assert differences(check(f"input: [1, 2, 3, 4]\nlayers: [{layers}]")) == []


@pytest.mark.parametrize(
    ("size", "pool"),
    [
        ([3, 8, 10], "kernel_size: 2"),
        ([3, 9, 11], "kernel_size: 2, rounding: floor"),
        ([3, 9, 11], "kernel_size: 2, rounding: ceil"),
        ([3, 9, 10], "kernel_size: 3, stride: 2, padding: 1, rounding: floor"),
        ([3, 9, 16], "kernel_size: 2, dilation: 2, stride: 2, rounding: floor"),
        ([3, 12], "kernel_size: 3"),
        ([3, 4, 6, 8], "kernel_size: [1, 3, 2]"),
    ],
)
def test_an_unpooling_puts_each_value_where_its_pool_found_it(size: list[int], pool: str) -> None:
    report = check(
        f"input: {size}\nlayout: channels_first\nlayers:\n  - maxpool: {{{pool}, name: p}}\n"
        "  - max_unpool: p\n  - add: [prev, input]\n"
    )
    assert differences(report) == []
    network = build(export(report, "pytorch"))
    x = torch.randn(1, *size)
    undone = network(x) - x
    there = undone.abs() > 1e-6
    assert bool(there.any())
    assert torch.allclose(undone[there], x[there])
