"""Folds over a network what it costs and sees: parameters, MACs, activation memory, receptive field."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.layers.merge import GateMultiply, Join, Multiply
from cnn_shapes.network import Network, Node
from cnn_shapes.receptive_field import PIXEL, WHOLE, View, join
from cnn_shapes.shapes import UNKNOWN, Shape

BYTES_PER_ELEMENT = 4  # float32
_NO_WEIGHTS = ("wrong-rank", "needs-flatten", "groups-not-divisible")  # of such a layer no weight can be made


class Step(NamedTuple):
    """One layer with its figures; None where a figure cannot be known.

    `views` is what an output unit sees of the input per spatial axis (None: the whole of it). `aligned` is
    False where a join adds units that look at different places.
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
        inputs = _known(node)
        weights: tuple[int | None, int | None] = (None, None)
        cost: int | None = None
        seen, aligned = _views(node, views)
        if layer is not None and inputs and not (node.error and node.error.rule in _NO_WEIGHTS):
            learned, stored = weights = layer.weights(inputs)
            params += learned
            non_trainable += stored
            if output is not None and UNKNOWN not in output and not _unusable(node):
                cost = layer.macs(inputs, output)
                macs += cost
        if output is not None and UNKNOWN not in output:
            elements += output.elements
        views.append(seen)
        steps.append(Step(node, *weights, cost, seen, aligned))
    totals = Totals(
        params, non_trainable, macs, elements * BYTES_PER_ELEMENT, _peak(network) * BYTES_PER_ELEMENT
    )
    return Trace(network, steps, totals)


def _known(node: Node) -> tuple[Shape, ...]:
    """The shapes of a node's inputs; none where one of them is not known."""
    shapes = tuple([x for source in node.inputs if (x := source.output) is not None and UNKNOWN not in x])
    return shapes if len(shapes) == len(node.inputs) else ()


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
        if isinstance(node.layer, Multiply):
            sources = _full_size(node, sources)
        return _joined(sources)
    if first is None or node.layer is None:
        return None, True
    inputs = _known(node)
    if not inputs or _unusable(node):
        return None, True
    seen = node.layer.views(tuple([view or WHOLE for view in first]), inputs)
    if seen is None:
        return None, True
    return tuple([view if view is not None and view.advance else None for view in seen]), True


def _full_size(
    node: Node, sources: list[tuple[View | None, ...] | None]
) -> list[tuple[View | None, ...] | None]:
    """A product's inputs without those that are stretched: what scales a map is like the branch of a gate."""
    full = [
        source
        for x, source in zip(node.input_shapes, sources, strict=True)
        if x is not None and x == node.output
    ]
    return full or sources


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
    """Elements alive at once: a tensor dies after its last use; a layer's inputs and output live together."""
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
