"""Layers over sequences: counts, shapes and exported code, against torch.nn and keras.layers."""

from itertools import product
from typing import Any

import keras
import numpy as np
import pytest
import torch
from torch import nn

from cnn_shapes.checking import CheckResult
from cnn_shapes.export import export
from tests.oracle import running
from tests.oracle.test_exported_keras import differences as in_keras
from tests.specs import check

pytestmark = pytest.mark.oracle
CHANNELS, LENGTH, UNITS = 5, 7, 3
OPTIONS = [*product(("LSTM", "GRU", "RNN"), (1, 2, 3), (False, True), (False, True))]


def report_of(layer: str, size: str = f"[{LENGTH}, {CHANNELS}]") -> CheckResult:
    report = check(f"input: {size}\nlayers:\n  - {layer}\n")
    assert report.errors == []
    return report


@pytest.mark.parametrize(("name", "layers", "bidirectional", "bias"), OPTIONS)
def test_as_in_pytorch(name: str, layers: int, bidirectional: bool, bias: bool) -> None:
    module = getattr(nn, name)(
        CHANNELS, UNITS, layers, bias=bias, bidirectional=bidirectional, batch_first=True
    )
    made, _ = module(torch.zeros(1, LENGTH, CHANNELS))
    fields = f"hidden_size: {UNITS}, num_layers: {layers}, bidirectional: {bidirectional}, bias: {bias}"
    report = report_of(f"{name}: {{{fields.lower()}}}")
    assert report.trace is not None
    assert report.trace.totals.params == sum(one.numel() for one in module.parameters())
    output = report.trace.steps[-1].node.output
    assert output is not None
    assert (*output.sizes, output[0]) == tuple(made.shape[1:])


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_as_in_keras(name: str, bias: bool, sequences: bool) -> None:
    for more in ({}, {"reset_after": False}) if name == "GRU" and bias else ({},):
        layer = getattr(keras.layers, name)(UNITS, use_bias=bias, return_sequences=sequences, **more)
        made = layer(keras.ops.zeros((1, LENGTH, CHANNELS)))
        fields = {"units": UNITS, "use_bias": bias, "return_sequences": sequences, **more}
        if more:
            del fields["use_bias"]
        text = ", ".join(f"{key}: {value}" for key, value in fields.items())
        report = report_of(f"{name}: {{{text.lower()}}}")
        assert report.trace is not None
        assert report.trace.totals.params == layer.count_params()
        output = report.trace.steps[-1].node.output
        assert output is not None
        shape = tuple(made.shape[1:])
        assert ((*output.sizes, output[0]) if sequences else (output[0],)) == shape


KINDS = [*product(("lstm", "gru", "rnn"), (1, 3), (False, True), (False, True))]


@pytest.mark.parametrize(("kind", "layers", "bidirectional", "sequences"), KINDS)
def test_the_exported_code(kind: str, layers: int, bidirectional: bool, sequences: bool) -> None:
    fields = f"units: {UNITS}, layers: {layers}, bidirectional: {bidirectional}, sequences: {sequences}"
    for biases in (0, 1, 2):
        report = report_of(f"{kind}: {{{fields.lower()}, biases: {biases}}}")
        if biases != 1:
            assert running.differences(report) == []
        if biases < 2 or kind == "gru":
            assert in_keras(report) == []


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_the_last_step_is_that_of_each_direction(kind: str) -> None:
    """Of the forward one the last of the sequence, of the backward one the first."""
    outputs = []
    for sequences in ("true", "false"):
        torch.manual_seed(1)
        layer = f"{kind}: {{units: {UNITS}, biases: 2, bidirectional: true, sequences: {sequences}}}"
        outputs.append(run_on_ones(report_of(layer)))
    every, last = outputs
    assert np.allclose(last, np.concatenate([every[:UNITS, -1], every[UNITS:, 0]]))


def run_on_ones(report: CheckResult) -> Any:
    assert report.input is not None
    network = running.build(export(report, "pytorch"))
    with torch.no_grad():
        return network(torch.ones(1, *report.input))[0].numpy()


def test_embedding() -> None:
    report = report_of("embedding: {count: 9, units: 4}", "6")
    assert running.differences(report) == []
    assert in_keras(report) == []
    assert report.trace is not None
    assert report.trace.totals.params == nn.Embedding(9, 4).weight.numel()
