"""What exported code computes is what a layer's definition says, written out in NumPy with the channels last.

Weights are drawn, so that one in a wrong place is seen. Dropping is not compared: nothing is trained here.
"""

import ast
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from cnn_shapes.checking import CheckResult
from cnn_shapes.export import Unexportable, export
from tests.oracle.running import build
from tests.specs import check

pytestmark = pytest.mark.oracle

Array = Any
Definition = Callable[..., Array]
INPUT = (5, 4, 6)  # height, width, channels


def softmax(x: Array, axis: int) -> Array:
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def sparsemax(x: Array) -> Array:
    """Martins and Astudillo 2016, algorithm 1, along the last axis."""
    ordered = -np.sort(-x)
    sums = ordered.cumsum(-1)
    places = np.arange(1, x.shape[-1] + 1)
    support = (1 + places * ordered > sums).sum(-1, keepdims=True)
    return np.maximum(x - (np.take_along_axis(sums, support - 1, -1) - 1) / support, 0)


def grn(x: Array, gamma: Array, beta: Array) -> Array:
    """ConvNeXt V2 (https://arxiv.org/abs/2301.00808), algorithm 1."""
    norms = np.sqrt((x**2).sum((0, 1), keepdims=True))
    return gamma * (x * norms / norms.mean(-1, keepdims=True)) + beta + x


PADS = ((1, 2), (3, 0), (0, 0))
# by layer, what it computes of its input and its weights in their order
ONE: dict[str, Definition] = {
    "scale": lambda x, w: x * w,
    "scale: {per: tensor, bias: true}": lambda x, w, b: x * w + b,
    "scale: {bias: true}": lambda x, w, b: x * w + b,
    "scale: {per: element, bias: true}": lambda x, w, b: x * w + b,
    "stochastic_depth: 0.2": lambda x: x,
    "rmsnorm": lambda x, w: x / np.sqrt((x**2).mean(-1, keepdims=True)) * w,
    "rmsnorm: {affine: false}": lambda x: x / np.sqrt((x**2).mean(-1, keepdims=True)),
    "l2norm": lambda x: x / np.sqrt((x**2).sum(-1, keepdims=True)),
    "grn": grn,
    "glu": lambda x: x[..., :3] / (1 + np.exp(-x[..., 3:])),
    "hardtanh": lambda x: x.clip(-1, 1),
    "softsign": lambda x: x / (1 + abs(x)),
    "logsigmoid": lambda x: -np.log1p(np.exp(-x)),
    "celu": lambda x: np.maximum(x, 0) + np.minimum(np.exp(x) - 1, 0),
    "hardshrink": lambda x: np.where(abs(x) > 0.5, x, 0),
    "softshrink": lambda x: np.sign(x) * np.maximum(abs(x) - 0.5, 0),
    "tanhshrink": lambda x: x - np.tanh(x),
    "softmin": lambda x: softmax(-x, -1),
    "softmax": lambda x: softmax(x, -1),
    "log_softmax": lambda x: np.log(softmax(x, -1)),
    "rrelu": lambda x: np.where(x < 0, x * (1 / 8 + 1 / 3) / 2, x),
    "exponential": np.exp,
    "squareplus": lambda x: (x + np.sqrt(x**2 + 4)) / 2,
    "sparse_plus": lambda x: np.where(x < -1, 0, np.where(x > 1, x, (x + 1) ** 2 / 4)),
    "sparse_sigmoid": lambda x: ((x + 1) / 2).clip(0, 1),
    "sparsemax": sparsemax,
    "prelu": lambda x, w: np.where(x < 0, w.reshape(-1)[0] * x, x),
    "prelu: channel": lambda x, w: np.where(x < 0, w.reshape(-1) * x, x),
    "prelu: element": lambda x, w: np.where(x < 0, w * x, x),
    "softmax: {axis: height}": lambda x: softmax(x, 0),
    "softmax: {axis: width}": lambda x: softmax(x, 1),
    "reduce": lambda x: x.mean(2, keepdims=True),
    "reduce: {by: max, axis: width}": lambda x: x.max(1, keepdims=True),
    "reduce: {by: sum, axis: [channels, height]}": lambda x: x.sum((0, 2), keepdims=True),
    "pad: {amount: [[1, 2], [3, 0]], mode: reflect}": lambda x: np.pad(
        x, ((1, 2), (3, 0), (0, 0)), "reflect"
    ),
    "pad: {amount: [[1, 2], [3, 0]], mode: replicate}": lambda x: np.pad(x, PADS, "edge"),
    "pad: {amount: [[1, 5], [4, 0]], mode: circular}": lambda x: np.pad(x, ((1, 5), (4, 0), (0, 0)), "wrap"),
}
# of one input, several parts: what each is
PARTS: dict[str, Definition] = {
    "split: {into: [a, b], axis: width}": lambda x: np.split(x, 2, 1),
    "split: {into: {a: 1, b: -1, c: 2}, axis: height}": lambda x: np.split(x, (1, 3), 0),
    "split: {into: {a: -1, b: 2}}": lambda x: np.split(x, (4,), 2),
}
# of three inputs, the second a function of the first
SEVERAL: dict[str, Definition] = {
    "add": lambda x, y: x + y + x,
    "subtract": lambda x, y: x - y - x,
    "average": lambda x, y: (x + y + x) / 3,
    "maximum": lambda x, y: np.maximum(x, y),
    "minimum": lambda x, y: np.minimum(x, y),
    "concat": lambda x, y: np.concatenate((x, y, x), 2),
    "concat: {axis: height}": lambda x, y: np.concatenate((x, y, x), 0),
    "concat: {axis: width}": lambda x, y: np.concatenate((x, y, x), 1),
}
NOT_IN = {
    ("scale: {per: tensor, bias: true}", "keras"),
    ("grn", "keras"),
    ("rmsnorm: {affine: false}", "keras"),
    ("rrelu", "keras"),
    ("sparsemax", "pytorch"),
    ("prelu: element", "pytorch"),
    ("pad: {amount: [[1, 2], [3, 0]], mode: replicate}", "keras"),
    ("pad: {amount: [[1, 5], [4, 0]], mode: circular}", "keras"),
}
FAULTS = {("sparsemax", "keras")}  # Keras 3.15 adds up the cumulative sums: its values sum to anything


def by_pytorch(report: CheckResult, x: Array) -> tuple[list[Array], list[Array]]:
    """What comes out, and the weights that were drawn for it; channels last."""
    network = build(export(report, "pytorch"))
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(torch.randn(weight.shape))
        made = network(torch.tensor(np.moveaxis(x, -1, 0)[None]))
    made = made if isinstance(made, tuple) else (made,)
    weights = [last(weight.detach().numpy()) for weight in network.parameters()]
    return [last(one[0].numpy()) for one in made], weights


def last(weight: Array) -> Array:
    return np.moveaxis(weight, 0, -1) if weight.ndim > 1 else weight


def by_keras(report: CheckResult, x: Array) -> tuple[list[Array], list[Array]]:
    module = ast.parse(export(report, "keras"))
    module.body = [part for part in module.body if not isinstance(part, ast.If)]  # the main guard
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(module, "exported", "exec"), namespace)
    model = namespace["build"]()
    random = np.random.default_rng(1)
    weights = [random.normal(size=weight.shape).astype("float32") for weight in model.weights]
    model.set_weights(weights)
    made = model(torch.tensor(x[None]))
    return [one[0].detach().numpy() for one in (made if isinstance(made, list) else [made])], weights


RUN = {"pytorch": by_pytorch, "keras": by_keras}


@pytest.mark.parametrize("framework", RUN)
@pytest.mark.parametrize("layer", ONE)
def test_of_one_input(layer: str, framework: str) -> None:
    report = check(f"input: {list(INPUT)}\nlayers: [{layer}]\n")
    assert report.ok
    x = np.random.default_rng(0).normal(size=INPUT).astype("float32")
    if (layer, framework) in NOT_IN:
        with pytest.raises(Unexportable):
            export(report, framework)
        return
    (made,), weights = RUN[framework](report, x)
    if (layer, framework) in FAULTS:
        assert made.shape == x.shape
        return
    np.testing.assert_allclose(made, ONE[layer](x, *weights), rtol=1e-3, atol=1e-4)


# what takes the elements in the order of the file's layout: the same definition in both layouts
ORDERED: dict[str, Definition] = {
    "flatten": lambda x: x.reshape(-1),
    "reshape: -1": lambda x: x.reshape(-1),
    "reshape: [10, 12]": lambda x: x.reshape(10, 12),
    "reshape: [2, -1, 4]": lambda x: x.reshape(2, 15, 4),
    "reshape: [2, 3, 4, 5]": lambda x: x.reshape(2, 3, 4, 5),
    "permute: [1, 2, 0]": lambda x: x.transpose(1, 2, 0),
    "permute: [1, 0, 2]": lambda x: x.transpose(1, 0, 2),
}


@pytest.mark.parametrize("framework", RUN)
@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
@pytest.mark.parametrize("layer", ORDERED)
def test_the_order_is_that_of_the_layout(layer: str, layout: str, framework: str) -> None:
    x = np.random.default_rng(0).normal(size=INPUT).astype("float32")
    own = x if layout == "channels_last" else np.moveaxis(x, -1, 0)
    report = check(f"input: {list(own.shape)}\nlayout: {layout}\nlayers: [{layer}]\n")
    assert report.ok
    (made,), _ = RUN[framework](report, x)
    expected = ORDERED[layer](own)
    np.testing.assert_array_equal(made if layout == "channels_last" else np.moveaxis(made, -1, 0), expected)


@pytest.mark.parametrize("framework", RUN)
@pytest.mark.parametrize("layer", SEVERAL)
def test_of_several_inputs(layer: str, framework: str) -> None:
    kind, _, fields = layer.partition(": {")
    body = f"{{from: [input, y, input], {fields or '}'}"
    report = check(f"input: {list(INPUT)}\nlayers: [exponential: {{name: y}}, {kind}: {body}]\n")
    assert report.ok
    x = np.random.default_rng(0).normal(size=INPUT).astype("float32")
    (made,), _ = RUN[framework](report, x)
    np.testing.assert_allclose(made, SEVERAL[layer](x, np.exp(x)), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("framework", RUN)
@pytest.mark.parametrize("layer", PARTS)
def test_of_several_parts(layer: str, framework: str) -> None:
    names = re.findall(r"\b([abc])\b", layer)
    report = check(f"input: {list(INPUT)}\nlayers: [{layer}]\noutputs: {names}\n".replace("'", ""))
    assert report.ok
    x = np.random.default_rng(0).normal(size=INPUT).astype("float32")
    made, _ = RUN[framework](report, x)
    for one, part in zip(made, PARTS[layer](x), strict=True):
        np.testing.assert_array_equal(one, part)


@pytest.mark.parametrize("framework", RUN)
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 3), (3, 1)])
def test_a_causal_convolution(stride: int, dilation: int, framework: str) -> None:
    """Step t is the kernel's weights times the steps t, t - dilation, ..., zeros before the first."""
    fields = f"filters: 2, kernel_size: 3, stride: {stride}, dilation: {dilation}, bias: false"
    report = check(f"input: [11, 4]\nlayers: [conv: {{{fields}, padding: causal}}]\n")
    x = np.random.default_rng(0).normal(size=(11, 4)).astype("float32")
    (made,), (weights,) = RUN[framework](report, x)
    # PyTorch's are (filters, channels, taps), put last here; Keras' (taps, channels, filters)
    taps = weights.transpose(1, 0, 2) if framework == "pytorch" else weights
    before = np.concatenate((np.zeros((2 * dilation, 4)), x))
    steps = [sum(before[t + tap * dilation] @ taps[tap] for tap in range(3)) for t in range(0, 11, stride)]
    np.testing.assert_allclose(made, np.array(steps), rtol=1e-3, atol=1e-4)
    assert len(made) == -(-11 // stride)
