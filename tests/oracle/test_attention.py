"""Attention and matrix products: exported code against NumPy, counts against torch.nn and keras.layers."""

import ast
from math import prod
from typing import Any

import keras
import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnn_shapes.checking import CheckResult
from cnn_shapes.export import export
from tests.oracle import running
from tests.oracle.test_exported_keras import differences as in_keras
from tests.specs import check

pytestmark = pytest.mark.oracle
SIZES = {1: [6], 2: [3, 4], 3: [2, 3, 2]}


def made(report: CheckResult, framework: str, x: Any) -> Any:
    """What the exported code makes of `x`, channels first without the batch, in the same order."""
    code = export(report, framework)
    if framework == "pytorch":
        with torch.no_grad():
            return running.build(code)(torch.from_numpy(x[None]))[0].numpy()
    module = ast.parse(code)
    module.body = [part for part in module.body if not isinstance(part, ast.If)]
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(compile(module, "exported", "exec"), namespace)
    output = namespace["build"]()(np.moveaxis(x, 0, -1)[None])
    return np.moveaxis(output[0].detach().numpy(), -1, 0)  # Keras runs on PyTorch


def report_of(sizes: list[int], channels: int, layers: str, layout: str = "channels_last") -> CheckResult:
    size = [*sizes, channels] if layout == "channels_last" else [channels, *sizes]
    report = check(f"input: {size}\nlayout: {layout}\nlayers:\n{layers}")
    assert report.errors == []
    return report


def attended(query: Any, key: Any, value: Any) -> Any:
    """softmax(Q*K^T / sqrt(d)) * V of one head: each is [channels, places]."""
    scores = np.exp(query.T @ key / np.sqrt(len(key)))
    return value @ (scores / scores.sum(axis=1, keepdims=True)).T


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(("heads", "key", "value"), [(1, 4, 4), (3, 2, 2), (2, 2, 5)])
def test_attention_of_one_tensor(heads: int, key: int, value: int, rank: int, framework: str) -> None:
    channels = heads * (2 * key + value)
    fields = f"heads: {heads}" + (f", key_size: {key}" if key != value else "")
    report = report_of(SIZES[rank], channels, f"  - attention: {{{fields}}}\n")
    x = np.random.default_rng(1).standard_normal((channels, *SIZES[rank]), dtype=np.float32)
    flat = x.reshape(heads, 2 * key + value, -1)
    wanted = [attended(one[:key], one[key : 2 * key], one[2 * key :]) for one in flat]
    found = made(report, framework, x)
    assert np.allclose(found, np.concatenate(wanted).reshape(-1, *SIZES[rank]), atol=1e-5)


THREE = """
  - split: {{into: {{q: {q}, k: {k}, v: {v}}}}}
  - maxpool: {{kernel_size: 1, stride: 2, from: k, name: few_k, rounding: floor}}
  - maxpool: {{kernel_size: 1, stride: 2, from: v, name: few_v, rounding: floor}}
  - attention: {{heads: 2, from: [q, few_k, few_v]}}
"""


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(("key", "value"), [(3, 3), (2, 4)])
def test_attention_of_three(key: int, value: int, rank: int, framework: str) -> None:
    """Fewer places in key and value than in the query."""
    counts = (2 * key, 2 * key, 2 * value)
    layers = THREE.format(q=counts[0], k=counts[1], v=counts[2])
    report = report_of(SIZES[rank], sum(counts), layers)
    x = np.random.default_rng(1).standard_normal((sum(counts), *SIZES[rank]), dtype=np.float32)
    q, k, v = np.split(x, (counts[0], counts[0] + counts[1]))
    few = (
        slice(None),
        *[slice(None, size // 2 * 2 - 1 if size % 2 == 0 else None, 2) for size in SIZES[rank]],
    )
    k, v = k[few], v[few]
    heads = zip(*(np.split(one.reshape(len(one), -1), 2) for one in (q, k, v)), strict=True)
    wanted = np.concatenate([attended(*head) for head in heads]).reshape(-1, *SIZES[rank])
    assert np.allclose(made(report, framework, x), wanted, atol=1e-5)


@pytest.mark.parametrize("framework", ["pytorch", "keras"])
@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
@pytest.mark.parametrize("transpose", ["none", "a", "b"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_matmul(rank: int, transpose: str, layout: str, framework: str) -> None:
    """Over the last two axes of the file's layout, which are made equal here."""
    sizes, channels = [3] * rank, 3
    layers = f"  - relu: {{name: a}}\n  - matmul: {{from: [a, input], transpose: {transpose}}}\n"
    report = report_of(sizes, channels, layers, layout)
    x = np.random.default_rng(1).standard_normal((channels, *sizes), dtype=np.float32)
    given = np.moveaxis(x, 0, -1) if layout == "channels_last" else x
    a, b = np.maximum(given, 0), given
    a = a.swapaxes(-1, -2) if transpose == "a" else a
    b = b.swapaxes(-1, -2) if transpose == "b" else b
    wanted = a @ b
    found = made(report, framework, x)
    assert np.allclose(np.moveaxis(found, 0, -1) if layout == "channels_last" else found, wanted, atol=1e-5)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_multihead_attention_as_in_pytorch(rank: int, bias: bool) -> None:
    layer = f"  - MultiheadAttention: {{embed_dim: 12, num_heads: 3, bias: {str(bias).lower()}}}\n"
    report = report_of(SIZES[rank], 12, layer)
    assert running.differences(report) == []
    assert in_keras(report) == []
    module = nn.MultiheadAttention(12, 3, bias=bias, batch_first=True)
    assert report.trace is not None
    assert report.trace.totals.params == sum(one.numel() for one in module.parameters())
    counter = FlopCounterMode(display=False)
    x = torch.zeros(1, prod(SIZES[rank]), 12)
    with counter:  # with a gradient, so that PyTorch takes no fused path
        module(x, x, x)
    assert report.trace.totals.macs == counter.get_total_flops() // 2


@pytest.mark.parametrize("value", [None, 5])
@pytest.mark.parametrize("out", [None, 7])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_multihead_attention_as_in_keras(rank: int, out: int | None, value: int | None) -> None:
    layer = keras.layers.MultiHeadAttention(3, 2, value_dim=value, output_shape=out)
    x = keras.ops.zeros((1, *SIZES[rank], 12))
    layer(x, x)
    fields = "num_heads: 3, key_dim: 2"
    fields += f", value_dim: {value}" if value else ""
    fields += f", output_shape: {out}" if out else ""
    report = report_of(SIZES[rank], 12, f"  - MultiHeadAttention: {{{fields}}}\n")
    assert in_keras(report) == []
    assert report.trace is not None
    assert report.trace.totals.params == layer.count_params()


OTHER_CHANNELS = """
  - split: {into: {q: 6, k: 4, v: 8}}
  - multihead_attention: {heads: 2, from: [q, k, v]}
"""


def test_multihead_attention_of_other_channels() -> None:
    """torch.nn.MultiheadAttention with kdim and vdim."""
    report = report_of([3, 4], 18, OTHER_CHANNELS)
    assert running.differences(report) == []
    assert in_keras(report) == []


def test_ranks_that_differ() -> None:
    layers = (
        "  - reshape: {shape: [-1, 6], name: words}\n  - dropout: {from: input}\n"
        "  - multihead_attention: {heads: 2, from: [prev, words, words]}\n"
    )
    report = report_of([3, 4], 6, layers)
    assert running.differences(report) == []
    assert in_keras(report) == []
