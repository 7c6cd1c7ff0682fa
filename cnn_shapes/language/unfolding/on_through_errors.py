"""Computes a network on after its errors, where it is known what the layers that fail would give."""

from __future__ import annotations

from collections.abc import Mapping

from cnn_shapes.language.entry import Item
from cnn_shapes.language.unfolding.layers import check_rank
from cnn_shapes.network import Network, Node, check_expectation, compute
from cnn_shapes.shapes import SHARE_MISMATCH, Shape, ShapeError


def compute_on(network: Network, outputs: Mapping[str, Shape]) -> None:
    """Compute each layer again, after one that fails with its output in `outputs`, which are by name."""
    failed: list[tuple[Node, ShapeError]] = []
    for node in network.layers:
        error = node.error
        compute(node)
        check_expectation(node)
        if isinstance(node.place, Item):
            check_rank(node.place, node)
        if error is not None and error.rule == SHARE_MISMATCH:  # found beside computing
            node.error = node.error or error
        if node.error is not None and node.name in outputs:
            failed.append((node, node.error))
            node.error, node.output = None, outputs[node.name]
    for node, error in failed:
        node.error = error
