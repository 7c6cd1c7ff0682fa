"""Layers that have the weights of others: they count none of their own, and must need the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn_shapes.layers.sharing import difference
from cnn_shapes.network import UNREACHED, Node
from cnn_shapes.shapes import CHANNELS, SHARE_MISMATCH, ShapeError
from cnn_shapes.shown_text import plural
from cnn_shapes.words import say


def share_weights(name: str, sharing: Sequence[Node], shared: Sequence[Node]) -> None:
    """Pair the layers of an entry with those of the one called `name`; the first that differs fails."""
    mine, theirs = _weighted(sharing), _weighted(shared)
    if any(node.layer is None or node.state == UNREACHED for node in (*sharing, *shared)):
        return  # what is not known cannot differ
    for node, other in zip(mine, theirs, strict=False):
        error = share_error(node, other, [(one.layer, one.input_shapes) for one in (node, other)])
        node.shares = other.shares or other
        if error is not None:
            node.error = node.error or error
            return
    if (len(mine) == len(theirs) and mine) or not sharing:  # a call of nothing has nothing to share
        return
    counts = [plural(len(nodes), "layer") if nodes else say("no layers") for nodes in (mine, theirs)]
    template = "{here} with weights cannot share those of {name}, which has {there}: both must be built alike"
    if not mine:
        template = "there are no weights here to share with {name}: leave share out"
    _fail(sharing[-1], template, name=name, here=counts[0], there=counts[1])


def share_error(node: Node, other: Node, pair: Sequence[tuple[Any, Any]]) -> ShapeError | None:
    """What is wrong where a node has the weights of another; `pair` are their layers and input shapes."""
    (layer, shapes), (others, other_shapes) = pair
    found = difference(layer, tuple(shapes), others, tuple(other_shapes))
    if found is None:
        return None
    what, here, there = found
    return ShapeError(
        SHARE_MISMATCH,
        "{layer} shares the weights of {other}, but {what} is {here} here, and {there} there: "
        "it must be the same",
        field="share",
        floored=node.output,
        about=(CHANNELS,),
        layer=node.name,
        other=other.name,
        what=what,
        here=here,
        there=there,
    )


def _weighted(nodes: Sequence[Node]) -> list[Node]:
    return [node for node in nodes if node.layer is not None and node.layer.has_weights]


def _fail(node: Node, template: str, **facts: Any) -> None:
    if node.error is None:
        error = ShapeError(SHARE_MISMATCH, template, "share", floored=node.output, about=(CHANNELS,), **facts)
        node.error = error
