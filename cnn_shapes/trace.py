"""Folds over a network what it costs and sees: parameters, MACs, activation memory, receptive field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

from cnn_shapes.layers.base import Layer
from cnn_shapes.network import UNREACHED, Network, Node
from cnn_shapes.receptive_field import MOST_WORK, PIXEL, WHOLE, View, join
from cnn_shapes.shapes import GROUPS_NOT_DIVISIBLE, NEEDS_FLATTEN, WRONG_RANK, Shape

BYTES_PER_ELEMENT = 4  # float32
Views = tuple[View | None, ...] | None
_NO_WEIGHTS = (WRONG_RANK, NEEDS_FLATTEN, GROUPS_NOT_DIVISIBLE)  # of such a layer no weight can be made


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

    @property
    def elements(self) -> int:
        """The values that all layers put out."""
        return self.activation_bytes // BYTES_PER_ELEMENT


class Trace:
    """What a network costs and sees: folded when it is first asked for, because a lint asks for little of it.

    `views` are what the units of each node see, the input's first; `misaligned` the indices of the joins that
    add units which look at different places. `steps` are the layers in the order of computing with their
    figures, `totals` the sums of these.
    """

    def __init__(self, network: Network) -> None:
        self.network = network

    @classmethod
    def of_part(cls, network: Network, before: ReceptiveFields) -> Trace:
        """The trace of the layers that a network holds in part: `before` is what those before them see.

        It goes on with what these see.
        """
        trace = cls(network)
        before.go_on(network.layers)
        trace._receptive_fields = before
        return trace

    @cached_property
    def _receptive_fields(self) -> ReceptiveFields:
        found = ReceptiveFields(self.network)
        found.go_on(self.network.layers)
        return found

    @property
    def views(self) -> list[Views]:
        return self._receptive_fields.views

    @property
    def misaligned(self) -> set[int]:
        return self._receptive_fields.misaligned

    @cached_property
    def steps(self) -> list[Step]:
        return list(_fold_figures(self.network, self.views, self.misaligned))

    @cached_property
    def totals(self) -> Totals:
        columns = [*zip(*self.steps, strict=True)][1:4] or ((), (), ())
        params, non_trainable, macs = [sum(filter(None, column)) for column in columns]
        total, peak = _memory(self.network)
        return Totals(params, non_trainable, macs, total * BYTES_PER_ELEMENT, peak * BYTES_PER_ELEMENT)

    def step_of(self, node: Node) -> Step:
        """What a node sees, an input too; without the figures that only `steps` have."""
        return Step(node, None, None, None, self.views[node.index], node.index not in self.misaligned)

    def receptive_field(self, step: Step) -> tuple[int, ...]:
        """Input pixels that an output unit sees, per spatial axis; the whole input after a flatten."""
        whole = self.whole(step.node)
        if step.views is None:
            return whole.sizes
        return tuple(
            size if view is None else view.width
            for view, size in zip(step.views, _padded(whole, step.views), strict=True)
        )

    def whole(self, node: Node) -> Shape:
        """The input of which a node sees something: of several the first that is a map, if there is one."""
        return self._receptive_fields.whole(node)

    def last_map(self) -> Step | None:
        """The last layer whose units see a part of the input each: the last feature map.

        None where there is none, where a map comes first that sees all of it, or what was never reached.
        """
        for step in reversed(self.steps):
            views, output = step.views, step.node.output
            if step.node.stage == UNREACHED:
                return None
            if output is None or not output.known:
                continue
            if views is not None and None not in views:
                return step
            if views is None and max(output.sizes, default=1) > 1:
                return step
        return None

    def jump(self, step: Step) -> tuple[int | str | None, ...] | None:
        """Input pixels from one output unit to the next, per spatial axis."""
        if step.views is None:
            return None
        return tuple(None if view is None else view.jump for view in step.views)


def _padded(whole: Shape, views: tuple[View | None, ...]) -> tuple[int, ...]:
    return (*whole.sizes, *(1,) * len(views))[: len(views)]


class ReceptiveFields:
    """What the units of each node see, as far as the nodes have been gone through.

    `views` are by the index of the node, the input's first; `misaligned` the indices of the joins that add
    units which look at different places.
    """

    def __init__(self, network: Network) -> None:
        wholes = [node.output or Shape((0,)) for node in network.inputs]
        self.views: list[Views] = [(PIXEL,) * whole.rank or None for whole in wholes]
        self.misaligned: set[int] = set()
        self._work = 0
        self._wholes = wholes  # by the index of the node; of a single input that alone

    def whole(self, node: Node) -> Shape:
        """The input that a node sees, which has been gone through."""
        return self._wholes[node.index if len(self._wholes) > 1 else 0]

    def go_on(self, nodes: Sequence[Node]) -> None:
        """Go through the nodes that come next."""
        views, misaligned, work = self.views, self.misaligned, self._work
        for node in nodes:
            layer, inputs = node.layer, node.inputs
            seen: Views = None
            if layer is None:
                pass
            elif layer.joins:
                seen, aligned = _joined(node, [views[source.index] for source in inputs])
                if layer.moves_views and seen is not None and node.output is not None:
                    seen = _seen(layer, seen, node.input_shapes)  # type: ignore[arg-type]
                if not aligned and not layer.treats_axes_apart:
                    misaligned.add(node.index)
            elif node.state != UNREACHED and (node.error is None or node.error.floored is not None):
                seen = views[inputs[0].index]
                if layer.moves_views and seen is not None:
                    seen = _seen(layer, seen, node.input_shapes)  # type: ignore[arg-type]
            if seen is not None and seen is not views[inputs[0].index]:
                work += sum([view.work for view in seen if view is not None])
                if work > MOST_WORK:  # then only what has one phase is followed on
                    seen = tuple(
                        [view if view is not None and len(view.lows) == 1 else None for view in seen]
                    )
            views.append(seen)
        self._work = work
        if len(self._wholes) > 1:
            for node in nodes:
                seen_by = [self._wholes[source.index] for source in node.inputs]
                self._wholes.append(next((whole for whole in seen_by if whole.rank), seen_by[0]))


def _fold_figures(network: Network, views: list[Views], misaligned: set[int]) -> Iterator[Step]:
    """Each layer with its figures, all in one loop: calls for each layer would cost a quarter more."""
    new = tuple.__new__  # Step(...) does just this after one more call
    for node in network.layers:
        layer, error = node.layer, node.error
        learned: int | None = 0
        stored: int | None = 0
        macs: int | None = 0
        if layer is None or node.state == UNREACHED or (error is not None and error.rule in _NO_WEIGHTS):
            learned = stored = macs = None
        else:
            computed = node.output is not None and (error is None or error.floored is not None)
            if layer.has_costs:
                shapes: Any = node.input_shapes
                weights = layer.weights(shapes)
                if node.shares is None:
                    learned = sum(weights)
                    if layer.has_statistics:
                        stored = layer.statistics(shapes)
                if layer.multiplied and computed:
                    macs = prod(layer.positions(shapes, node.output))  # type: ignore[arg-type]
                    macs *= weights[0] if layer.multiplied == 1 else sum(weights[: layer.multiplied])
                if layer.has_products and computed:
                    macs += sum(layer.products(shapes, node.output))  # type: ignore[operator, arg-type]
            if not computed:
                macs = None
        index = node.index
        yield new(Step, (node, learned, stored, macs, views[index], index not in misaligned))


def _seen(layer: Layer, views: tuple[View | None, ...], shapes: tuple[Shape, ...]) -> Views:
    """What a layer sees; an axis that sees the whole input already sees it ever after."""
    seen = layer.views(tuple([view or WHOLE for view in views]) if None in views else views, shapes)  # type: ignore[arg-type]
    for view in seen or ():
        if view is None or view.is_whole:
            return tuple([None if view is None or view.is_whole else view for view in seen or ()])
    return seen


def _memory(network: Network) -> tuple[int, int]:
    """Elements of all outputs, and those alive at once at the peak.

    A tensor dies after its last use, a layer's inputs and output live together; the inputs of the network are
    not outputs, but count while they are alive.
    """
    nodes = network.nodes
    sizes = [prod(node.output) if node.output is not None else 0 for node in nodes]
    last_use = list(range(len(nodes)))
    for node in nodes:
        for source in node.inputs:
            last_use[source.index] = node.index
    for output in network.outputs:
        last_use[output.index] = len(nodes)
    dying = [0] * (len(nodes) + 1)
    for size, last in zip(sizes, last_use, strict=True):
        dying[last] += size
    alive = peak = 0
    for size, dead in zip(sizes, dying, strict=False):
        alive += size
        if alive > peak:
            peak = alive
        alive -= dead
    return sum(sizes[len(network.inputs) :]), peak


def _joined(node: Node, sources: list[Views]) -> tuple[Views, bool]:
    """What a join sees, and whether its inputs look at the same places; a gate reports its main way."""
    layer = node.layer
    if layer is not None and layer.is_product:
        sources = [sources[place] for place in layer.seen_inputs(node.input_shapes, node.output)]
    first = sources[0]
    if first is None:
        return None, True
    same = True
    for source in sources:
        if source is None or len(source) != len(first):
            return None, True
        same = same and source is first
    if same:
        return first, True
    axes: list[View | None] = []
    aligned = True
    before: object = None
    for column in zip(*sources, strict=True):
        if column == before:  # axes that are alike are joined once
            axes.append(axes[-1])
            continue
        before = column
        if None in column:
            axes.append(None)
            continue
        view, together = join(column)
        axes.append(view)
        aligned = aligned and together
    return tuple(axes), aligned
