"""A transposed convolution under Keras' class name, exported: it computes what Keras' own layer does."""

import ast
from itertools import product
from typing import Any

import keras
import numpy as np
import pytest
import torch

from cnn_shapes.export import export
from tests.oracle import running
from tests.specs import check

pytestmark = pytest.mark.oracle

SIZES, CHANNELS, FILTERS = (4, 5), 2, 3
WINDOWS = [
    (kernel, stride, padding, added)
    for kernel, stride, padding in product((1, 2, 3, 4, 5), (1, 2, 3), ("valid", "same"))
    for added in (None, *range(stride))
]


def values(*shape: int) -> Any:
    """Numbers that are all different, so that one in a wrong place is seen."""
    return np.random.default_rng(1).normal(size=shape).astype("float32")


def in_keras(code: str, image: Any, weights: list[Any]) -> Any:
    module = ast.parse(code)
    module.body = [part for part in module.body if not isinstance(part, ast.If)]  # the main guard
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(module, "exported", "exec"), namespace)
    model = namespace["build"]()
    model.set_weights(weights)
    return np.asarray(model(image).detach().cpu())


@pytest.mark.parametrize(("kernel", "stride", "padding", "added"), WINDOWS)
def test_both_exports_compute_what_keras_does(
    kernel: int, stride: int, padding: str, added: int | None
) -> None:
    said = {"strides": stride, "padding": padding} | ({} if added is None else {"output_padding": added})
    theirs = keras.layers.Conv2DTranspose(FILTERS, kernel, **said)
    image = values(1, *SIZES, CHANNELS)
    weights = [values(kernel, kernel, FILTERS, CHANNELS), values(FILTERS)]
    theirs.build(image.shape)
    theirs.set_weights(weights)
    wanted = np.asarray(theirs(image).detach().cpu())

    fields = ", ".join(f"{name}: {value}" for name, value in said.items())
    layer = f"Conv2DTranspose: {{filters: {FILTERS}, kernel_size: {kernel}, {fields}}}"
    report = check(f"input: [{SIZES[0]}, {SIZES[1]}, {CHANNELS}]\nlayers:\n  - {layer}\n")
    assert report.ok
    assert np.allclose(in_keras(export(report, "keras"), image, weights), wanted, atol=1e-5)
    network = running.build(export(report, "pytorch"))
    (made,) = [part for part in network.modules() if isinstance(part, torch.nn.ConvTranspose2d)]
    with torch.no_grad():
        made.weight.copy_(torch.tensor(weights[0]).permute(3, 2, 0, 1))
        assert made.bias is not None
        made.bias.copy_(torch.tensor(weights[1]))
        ours = network(torch.tensor(image).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()
    assert np.allclose(ours, wanted, atol=1e-5)
