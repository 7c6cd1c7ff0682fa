"""Folds over a network what it costs and sees: parameters, MACs, activation memory, receptive field."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.layers.merge import GateMultiply, Join
from cnn_shapes.network import Network, Node
from cnn_shapes.receptive_field import PIXEL, View, join
from cnn_shapes.shapes import UNKNOWN, Shape

BYTES_PER_ELEMENT = 4  # float32


class Step(NamedTuple):
    """One layer with its figures; None where a figure cannot be known.

    `views` is what an output unit sees of the input per spatial axis (axes of the input where `views` is None:
    the whole of it). `aligned` is False where a join adds units that look at different places.
    """

    node: Node
    params: int | None
    non_trainable_params: int | None
    macs: int | None
    views: tuple[View | None, ...] | None
    aligned: bool


class Totals(NamedTuple):
    """Sums over the layers whose figures are known. Bytes are of one float32 sample."""

    params: int
    non_trainable_params: int
    macs: int
    activation_bytes: int
    peak_activation_bytes: int


class Trace:
    """The steps of a network in the order of computing, and their totals."""

    __slots__ = ("network", "steps", "totals")

    def __init__(self, network: Network, steps: list[Step], totals: Totals) -> None:
        self.network, self.steps, self.totals = network, steps, totals

    def receptive_field(self, step: Step) -> tuple[int, ...]:
        """Input pixels that an output unit sees, per spatial axis; the whole input behind a flatten."""
        whole = self.network.input.output or Shape((0,))
        if step.views is None:
            return whole.sizes
        return tuple(
            size if view is None else view.width
            for view, size in zip(step.views, _padded(whole, step.views), strict=True)
        )

    def jump(self, step: Step) -> tuple[int | str | None, ...] | None:
        """Input pixels from one output unit to the next, per spatial axis."""
        if step.views is None:
            return None
        return tuple(None if view is None else view.jump for view in step.views)


def _padded(whole: Shape, views: tuple[View | None, ...]) -> tuple[int, ...]:
    return (*whole.sizes, *(1,) * len(views))[: len(views)]


def trace(network: Network) -> Trace:
    """Fold the figures over a network whose shapes are computed."""
    input_views: tuple[View | None, ...] | None = (PIXEL,) * (len(network.input.output or ()) - 1) or None
    views: list[tuple[View | None, ...] | None] = [input_views]
    steps: list[Step] = []
    params = non_trainable = macs = elements = 0
    for node in network.nodes[1:]:
        layer, output = node.layer, node.output
        inputs = node.input_shapes
        weights: tuple[int | None, int | None] = (None, None)
        cost: int | None = None
        seen, aligned = _views(node, views)
        if layer is not None and all(x is not None and UNKNOWN not in x for x in inputs):
            if not (node.error and node.error.rule == "wrong-rank"):
                learned, stored = weights = layer.weights(inputs)  # type: ignore[arg-type]
                params += learned
                non_trainable += stored
                if output is not None and UNKNOWN not in output and not _unusable(node):
                    cost = layer.macs(inputs, output)  # type: ignore[arg-type]
                    macs += cost
        if output is not None and UNKNOWN not in output:
            elements += output.elements
        views.append(seen)
        steps.append(Step(node, *weights, cost, seen, aligned))
    totals = Totals(
        params, non_trainable, macs, elements * BYTES_PER_ELEMENT, _peak(network) * BYTES_PER_ELEMENT
    )
    return Trace(network, steps, totals)


def _unusable(node: Node) -> bool:
    return node.error is not None and node.error.floored is None


def _views(
    node: Node, views: list[tuple[View | None, ...] | None]
) -> tuple[tuple[View | None, ...] | None, bool]:
    sources = [views[source.index] if source.index < len(views) else None for source in node.inputs]
    first = sources[0]
    if isinstance(node.layer, Join):
        if isinstance(node.layer, GateMultiply):
            return first, True
        return _joined(sources)
    if first is None or node.layer is None:
        return None, True
    inputs = node.input_shapes
    if any(x is None or UNKNOWN in x for x in inputs) or _unusable(node):
        return None, True
    if None in first:
        # an axis that sees the whole input sees it ever after
        seen = node.layer.views(tuple(view or PIXEL for view in first), inputs)  # type: ignore[arg-type]
        if seen is None or len(seen) != len(first):
            return None, True
        return tuple(None if old is None else new for old, new in zip(first, seen, strict=True)), True
    return node.layer.views(first, inputs), True  # type: ignore[arg-type]


def _joined(
    sources: list[tuple[View | None, ...] | None],
) -> tuple[tuple[View | None, ...] | None, bool]:
    known = [source for source in sources if source is not None]
    if len(known) < len(sources) or len({len(source) for source in known}) != 1:
        return None, True
    if all(source is known[0] for source in known):
        return known[0], True
    axes: list[View | None] = []
    aligned = True
    for column in zip(*known, strict=True):
        present = [view for view in column if view is not None]
        if len(present) < len(column):
            axes.append(None)
            continue
        view, same = join(present)
        axes.append(view)
        aligned = aligned and same
    return tuple(axes), aligned


def _peak(network: Network) -> int:
    """Elements that must be alive at once: a tensor dies after its last use; inputs and output live together."""
    last_use = list(range(len(network.nodes)))
    for node in network.nodes[1:]:
        for source in node.inputs:
            if source.index < node.index:
                last_use[source.index] = node.index
    for output in network.outputs:
        last_use[output.index] = len(network.nodes)
    dying: list[list[Node]] = [[] for _ in range(len(network.nodes) + 1)]
    for node in network.nodes:
        dying[last_use[node.index]].append(node)
    alive = peak = 0
    for node in network.nodes:
        alive += _elements(node)
        peak = max(peak, alive)
        for dead in dying[node.index]:
            alive -= _elements(dead)
    return peak


def _elements(node: Node) -> int:
    return node.output.elements if node.output is not None else 0
