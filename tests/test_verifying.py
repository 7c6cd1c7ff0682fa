"""What `verify` compares, without a model: a spec against itself, written otherwise or changed."""

import pytest

from cnn_shapes.checking import check_path, check_source
from cnn_shapes.importing.verifying import Difference, compared_layers, first_difference
from cnn_shapes.source import Source
from tests.networks import SPECS
from tests.single_changes import Unfolded

EACH = 20  # changes of each spec
NAMES = sorted(file.stem for file in SPECS.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_single_change_is_named(name: str) -> None:
    report = check_path(str(SPECS / f"{name}.yaml"))
    assert report.trace is not None
    unfolded = Unfolded(report)
    assert first_difference(compared_layers(report.trace), unfolded.layers) is None
    changed = list(unfolded.changed(EACH))
    assert len(changed) == EACH
    assert [(one.change, one.difference) for one in changed if not unfolded.names(one)] == []


HEAD = "input: [3, 16, 16]\nlayout: channels_first\nlayers:\n"
STEM = "  - conv: {filters: 8, kernel_size: 3, padding: 1, name: stem}\n"
BRANCHES = """\
  - conv: {filters: 8, name: left}
  - conv: {filters: 8, kernel_size: 3, padding: 1, from: stem, name: right}
"""
# texts of layers that are the same network
SAME = {
    "the branches of a sum change places": (
        STEM + BRANCHES + "  - add: [left, right]\n",
        STEM + BRANCHES + "  - add: [right, left]\n",
    ),
    "a sum of three is two sums": (
        STEM + BRANCHES + "  - add: [stem, left, right]\n",
        STEM + BRANCHES + "  - add: [left, right]\n  - add: [prev, stem]\n",
    ),
    "a list of maps grows, and the shorter one is read too": (
        STEM + BRANCHES + "  - concat: [stem, left, right, prev]\n",
        STEM + BRANCHES + "  - concat: [stem, left, right, right]\n",
    ),
    "a dense layer is a convolution of one place": (
        STEM + "  - global_avgpool\n  - dense: {units: 4, bias: false}\n",
        STEM + "  - global_avgpool: {keepdims: true}\n  - conv: {filters: 4, bias: false}\n  - flatten\n",
    ),
    "layers that do nothing once trained": (STEM, "  - dropout: 0.5\n" + STEM + "  - identity\n"),
    "a grouped convolution is a depthwise one": (
        STEM + "  - conv: {filters: 8, kernel_size: 3, groups: 8}\n",
        STEM + "  - depthwise_conv: 3\n",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_network_is_not_different(name: str) -> None:
    first, second = SAME[name]
    assert difference(first, second) is None
    assert difference(second, first) is None


# of two texts of layers what is told: the layer of the spec, that of the model, and in what they differ
DIFFERENT = {
    "a join reads another layer of the same shape": (
        STEM + BRANCHES + "  - add: [left, right]\n",
        STEM + BRANCHES + "  - add: [stem, right]\n",
        ("add1", "add1", "reads: left, right in the spec, stem, right in the model"),
    ),
    "a concat has another order": (
        STEM + BRANCHES + "  - concat: [left, right]\n",
        STEM + BRANCHES + "  - concat: [right, left]\n",
        ("concat1", "concat1", "reads: left, right in the spec, right, left in the model"),
    ),
    "the parts of a split change places": (
        STEM + "  - split: [one, two]\n  - conv: {filters: 4, from: one}\n",
        STEM + "  - split: [one, two]\n  - conv: {filters: 4, from: two}\n",
        ("conv2", "conv2", "reads: split1.one in the spec, split1.two in the model"),
    ),
    "a shuffle is missing": (
        STEM + "  - conv: {filters: 4, kernel_size: 3}\n",
        STEM + "  - channel_shuffle: 2\n  - conv: {filters: 4, kernel_size: 3}\n",
        ("conv2", "channel_shuffle1", "the spec lacks this layer"),
    ),
    "a layer more at the end": (STEM + "  - relu\n", STEM, ("relu1", None, "the model lacks this layer")),
    "several layers more at the end": (
        STEM,
        STEM + "  - relu\n  - conv: 4\n",
        (None, "relu1", "the spec lacks this layer"),
    ),
    "several layers more in between": (
        STEM + "  - maxpool: 2\n",
        STEM + "  - conv: {filters: 4, norm: batch, activation: relu}\n  - maxpool: 2\n",
        ("maxpool1", "conv2", "the spec lacks this layer and the 2 after it"),
    ),
    "a resize is of another mode": (
        STEM + "  - upsample: 2\n",
        STEM + "  - upsample: {scale: 2, mode: bilinear}\n",
        ("upsample1", "upsample1", "mode: nearest in the spec, linear in the model"),
    ),
    "a window is not the same along both axes": (
        "  - conv: {filters: 8, kernel_size: 3, padding: same, stride: 2}\n",
        "  - conv: {filters: 8, kernel_size: [3, 5], padding: [1, 2], stride: 2, rounding: floor}\n",
        (
            "conv1",
            "conv1",
            "kernel_size: 3 in the spec, 3x5 in the model",
            "padding: 0+1 in the spec, 1x2 in the model",
            "parameters: 224 in the spec, 368 in the model",
        ),
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_the_first_difference(name: str) -> None:
    first, second, expected = DIFFERENT[name]
    found = difference(first, second)
    assert found is not None
    layers = [layer and layer.node.name for layer in (found.spec, found.model)]
    assert (*layers, *found.told) == expected


def difference(spec: str, model: str) -> Difference | None:
    traces = [check_source(Source("", HEAD + layers)).trace for layers in (spec, model)]
    assert traces[0] is not None
    assert traces[1] is not None
    return first_difference(compared_layers(traces[0]), compared_layers(traces[1]))
