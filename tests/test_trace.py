"""Totals of a network: parameters, MACs, and the activations that must be alive at once."""

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source
from cnn_shapes.trace import Totals


def totals(text: str) -> Totals:
    report = check_source(Source("x.yaml", text))
    assert report.errors == []
    assert report.trace is not None
    return report.trace.totals


# by hand; 4 bytes an element, the input counts while it is alive
@pytest.mark.parametrize(
    ("layers", "outputs", "elements", "peak"),
    [
        ("[conv: 3]", "", 12, 8 + 12),
        ("[conv: 3, conv: 5]", "", 12 + 20, 12 + 20),
        ("[conv: 5, conv: 3]", "", 20 + 12, 20 + 12),
        ("[conv: 10, conv: 1]", "", 44, 40 + 8),
        ("[relu, relu, relu]", "", 24, 16),  # nothing is in place
        ("[flatten]", "", 8, 16),  # and nothing a view
        ("[conv: {filters: 3, activation: relu}]", "", 24, 24),
        ("[residual: [conv: 2, conv: 2]]", "", 24, 8 + 8 + 8),
        ("[conv: {filters: 1, name: a}, conv: 9, conv: 1, concat: [a, prev]]", "", 52, 4 + 36 + 4),
        # a layer that nobody reads dies at once; an output never
        ("[conv: {filters: 9, name: a}, conv: {filters: 1, from: input}]", "", 40, 8 + 36),
        ("[conv: {filters: 9, name: a}, conv: {filters: 1, from: input, name: b}]", "[a, b]", 40, 8 + 36 + 4),
        ("[conv: {filters: 1, name: a}, conv: 9, conv: 9]", "[a]", 76, 4 + 36 + 36),
        ("[conv: 4, split: [a, b], conv: 1, concat: [a, b]]", "", 52, 16 + 8 + 8),
        ("[repeat: {times: 0, layers: [conv: 3]}, conv: 1]", "", 4, 12),
    ],
)
def test_activations_by_hand(layers: str, outputs: str, elements: int, peak: int) -> None:
    found = totals(f"input: [2, 2, 2]\nlayers: {layers}\n" + (f"outputs: {outputs}\n" if outputs else ""))
    assert (found.activation_bytes, found.peak_activation_bytes) == (4 * elements, 4 * peak)


class Graph(NamedTuple):
    """Channels per layer (None: the sum of its inputs), the layers it reads (0: the input), the outputs."""

    layers: list[tuple[int | None, list[int]]]
    outputs: list[int]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    layers: list[tuple[int | None, list[int]]] = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        earlier = st.integers(0, number - 1)
        if draw(st.booleans()):
            layers.append((draw(st.integers(1, 20)), [draw(earlier)]))
        else:
            layers.append((None, draw(st.lists(earlier, min_size=2, max_size=4))))
    outputs = st.lists(st.integers(1, len(layers)), unique=True, max_size=3)
    return Graph(layers, draw(outputs))


@given(graphs())
def test_peak_is_what_a_simulation_holds(graph: Graph) -> None:
    sizes = [3]
    lines = []
    for number, (filters, reads) in enumerate(graph.layers, 1):
        names = ", ".join(f"n{read}" if read else "input" for read in reads)
        kind = "concat" if filters is None else "conv"
        fields = "" if filters is None else f"filters: {filters}, "
        lines.append(f"\n  - {kind}: {{{fields}name: n{number}, from: [{names}]}}")
        sizes.append(filters or sum(sizes[read] for read in reads))
    outputs = "".join(f"\n  - n{number}" for number in graph.outputs)
    text = f"input: [1, 3]\nlayers:{''.join(lines)}\n" + (f"outputs:{outputs}\n" if outputs else "")

    kept = set(graph.outputs) or {len(graph.layers)}
    peak = sizes[0]
    for number in range(1, len(sizes)):
        still_read = {read for _, reads in graph.layers[number - 1 :] for read in reads}
        alive = {made for made in range(number) if made in still_read or made in kept}
        peak = max(peak, sum(sizes[made] for made in alive | {number}))

    found = totals(text)
    assert found.activation_bytes == 4 * sum(sizes[1:])
    assert found.peak_activation_bytes == 4 * peak


# LeNet of the course: by hand, and issue 1's figure of 184,586
def test_totals_by_hand() -> None:
    text = """\
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, norm: batch}
  - maxpool: 2
  - conv: {filters: 8, kernel_size: 3, bias: false}
  - flatten
  - dense: 10
"""
    first, second, last = 5 * 5 * 32, 3 * 3 * 32 * 8, 10 * 10 * 8 * 10
    found = totals(text)
    assert found.params == first + 32 + 2 * 32 + second + last + 10
    assert found.non_trainable_params == 2 * 32
    assert found.macs == first * 24 * 24 + second * 10 * 10 + last
    shapes = [24 * 24 * 32, 24 * 24 * 32, 12 * 12 * 32, 10 * 10 * 8, 10 * 10 * 8, 10]
    assert found.activation_bytes == 4 * sum(shapes)
    assert found.peak_activation_bytes == 4 * max(a + b for a, b in pairwise([28 * 28, *shapes]))


def test_a_layer_that_failed_has_no_figures() -> None:
    """But what is known counts: a window that does not fit has weights, a dense on a feature map has none."""
    layers = "[conv: {filters: 2, kernel_size: 9}, conv: 3, dense: {units: 5, from: input}]"
    text = f"input: [4, 4, 1]\nlayers: {layers}"
    report = check_source(Source("x.yaml", text))
    assert [found.rule for found in report.errors] == ["window-too-large", "needs-flatten"]
    assert report.trace is not None
    figures = [(step.params, step.macs, step.node.output) for step in report.trace.steps]
    assert figures == [(164, None, (2, 0, 0)), (None, None, (3, 0, 0)), (None, None, (5,))]
    assert report.trace.totals == Totals(164, 0, 0, 4 * 5, 4 * (16 + 5))
