"""What a beginner most likely had in mind, where a message alone would not tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnn_shapes.checking import Report
from cnn_shapes.diagnostics import Diagnostic
from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Node
from cnn_shapes.shapes import Shape


def hints(report: Report, found: Diagnostic) -> Iterator[str]:
    """Lines of arithmetic behind a message, in the numbers of the layer it is about."""
    if report.trace is None or found.layer is None:
        if found.rule == "expect-mismatch" and report.trace is not None:
            yield from _assertion(found.facts)
        return
    node = next((node for node in report.trace.network.layers if node.name == found.layer), None)
    if node is None or found.rule != "expect-mismatch":
        return
    yield from _assertion(found.facts)
    expected, given = found.facts.get("expected"), found.facts.get("found")
    node = node.owner or node  # what is expected of an activation is so of the layer that it is written on
    x = node.inputs[0].output if node.inputs else None
    if isinstance(expected, Shape) and isinstance(given, Shape) and x is not None and x.known:
        yield from _prediction(node, x, expected, given)


def _assertion(facts: Any) -> Iterator[str]:
    """A stated number that is a multiple of the right one holds the batch too."""
    stated, channels = facts.get("stated"), facts.get("channels")
    if (
        stated
        and channels
        and stated > channels
        and stated % channels == 0
        and facts.get("assertion") == "in_features"
    ):
        yield (
            f"{stated} = {stated // channels}*{channels}: flatten keeps the batch apart, "
            "it is never part of a shape"
        )


def _prediction(node: Node, x: Shape, expected: Shape, given: Shape) -> Iterator[str]:
    """Why something else comes out than a reader expected."""
    layer: Any = node.layer
    formula = layer.formula((x,), given) if layer is not None else ""
    if formula:
        yield formula
    if not isinstance(layer, Sliding) or x.rank != len(layer.kernel_size) or len(expected) != len(given):
        return
    kept = any(want == size for want, size in zip(expected.sizes, x.sizes, strict=True))
    dilated = set(layer.per_axis_dilation) != {1}
    if layer.padding == "same":
        if set(layer.stride) != {1}:
            yield "same keeps a size at stride 1 only: otherwise it gives ceil(size/stride)"
        return
    if kept and set(layer.stride) == {1} and all(window.extent % 2 for window in layer.windows(x)):
        window = layer.windows(x)[0]
        yield (
            f"a kernel of {window.extent} keeps the size with padding "
            f"({window.extent} - 1)/2 = {(window.extent - 1) // 2}"
        )
    elif dilated:
        window = layer.windows(x)[0]
        yield (
            f"with dilation {window.dilation} a kernel of {window.kernel_size} covers "
            f"{window.dilation}*({window.kernel_size} - 1) + 1 = {window.extent}"
        )
    elif set(layer.stride) == {1} and all(
        want and want <= size // 2 + 1 for want, size in zip(expected.sizes, x.sizes, strict=True)
    ):
        yield "the stride is 1 here, so nothing is halved: the formula divides by the stride"
