"""Computes a network's sizes for other inputs, numbers or symbols, up to the first layer that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from cnn_shapes.input_sizes.congruences import Coupled, DependsOnResidue
from cnn_shapes.input_sizes.other_axes import AnySize, OtherAxis, with_other_axes
from cnn_shapes.input_sizes.symbolic import Polynomial
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.base import Layer, need_feature_map
from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Network, Node
from cnn_shapes.shapes import EXACT, FLOOR, WINDOW_TOO_LARGE, WRONG_RANK, OpenSize, Shape, ShapeError
from cnn_shapes.source import Span

_FRACTION = 6  # what a fraction of a symbol costs more than a window, in windows computed


class LayersDependOnSize(Exception):
    """A block asks for channels that follow from the input size: other sizes make other layers."""


class Failure(NamedTuple):
    """The first layer that fails, and why."""

    node: Node
    error: ShapeError


class LayerStep(NamedTuple):
    """A layer: how its output shape is computed, and from which of the shapes before."""

    shape: Callable[..., Shape]
    shape_per_axis: Callable[..., Shape]  # the same, where some axes are not asked about
    node: Node
    joins: bool
    must_be_whole: bool  # it fails where a quotient is not whole
    inputs: tuple[int, ...] = ()
    asks_channels: bool = False

    @classmethod
    def of(cls, node: Node, layer: Layer, spec: Spec) -> LayerStep:
        """The step of a node with this layer."""
        if spec.waives is not None:
            layer = _rounded_if_silenced(node, layer, spec.waives)
        return cls(*_shape_functions(node, layer), node, layer.joins, layer.needs_whole_quotient)

    def output_of(self, inputs: list[Shape], per_axis: bool) -> Shape:
        """Raises ShapeError; and, of a size, DependsOnResidue and Coupled, which get to know the layer."""
        try:
            output = self.shape_per_axis(*inputs) if per_axis else self.shape(*inputs)
        except DependsOnResidue as needed:
            needed.must_be_whole, needed.node = self.must_be_whole, self.node
            raise
        except Coupled as coupled:
            coupled.node = self.node
            raise
        return with_other_axes(inputs, output) if self.joins and per_axis else output


class Propagation:
    """The layers of a network that change or test a size, in order: what takes an input's size through them.

    `fixed` is False where the layers themselves may depend on the input size; then nothing can be computed.
    """

    def __init__(self, spec: Spec, network: Network, varied: int = 0) -> None:
        self.inputs = VariedInputs(network, varied)
        self.steps: list[LayerStep] = []
        self.node_count = len(network.nodes)
        self.fixed = not network.asked.sizes
        asking = {name for name, block in spec.blocks.items() if block.uses_channels}
        # which node's shape a node has: many hand on their input's
        shape_of = list(range(len(network.nodes)))
        known: dict[Layer, LayerStep] = {}  # many nodes share a layer
        for node in network.layers:
            layer = node.layer
            if layer is None:
                self.fixed = False
                return
            if layer.keeps_shape and not has_wrong_rank(node):
                shape_of[node.index] = shape_of[node.inputs[0].index]
                continue
            if spec.waives is not None or has_wrong_rank(node):
                step = LayerStep.of(node, layer, spec)  # which depends on the node too
            else:
                step = known.get(layer) or known.setdefault(layer, LayerStep.of(node, layer, spec))
            self.steps.append(
                step._replace(
                    node=node,
                    inputs=tuple([shape_of[source.index] for source in node.reads]),
                    asks_channels=layer.is_stated or (bool(asking) and _is_in_one_of(asking, node)),
                )
            )

    @cached_property
    def cost(self) -> int:
        """What it takes to compute all the layers once; a fraction of a symbol takes longer."""
        return len(self.steps) + sum(_FRACTION for step in self.steps if _makes_fractions(step.node.layer))

    @property
    def latest_cost(self) -> int:
        """What it took the last time: always about the same."""
        return self.cost

    def first_failure(self, sizes: Sequence[Any], per_axis: bool = False) -> Failure | None:
        """None where every layer works. `per_axis`: some axes are not asked about."""
        shapes: list[Any] = [None] * self.node_count
        given = self.inputs.shapes(sizes)
        shapes[: len(given)] = given
        for step in self.steps:
            inputs = [shapes[source] for source in step.inputs]
            if step.asks_channels and not all(type(x[0]) is int for x in inputs):
                raise LayersDependOnSize
            try:
                shapes[step.node.index] = step.output_of(inputs, per_axis)
            except ShapeError as error:
                return Failure(step.node, error)
        return None

    def failure_at_every_size(self, rank: int) -> Failure | None:
        """The first layer that fails whatever the size is: where sizes meet all that is asked of them."""
        return self.first_failure((AnySize(),) * rank, per_axis=True)

    @property
    def treats_axes_alike(self) -> bool:
        """Whether no layer treats one axis differently from another."""
        layers = {step.node.layer for step in self.steps}  # many steps share one
        return all(_treats_axes_alike(layer) for layer in layers if layer is not None)


class VariedInputs:
    """The inputs of a network: that which varies (`varied`, counted from 0), and with it all of its size."""

    def __init__(self, network: Network, varied: int) -> None:
        self._own = [node.output or Shape((1,)) for node in network.inputs]
        self._sizes = self._own[varied].sizes

    def shapes(self, sizes: Sequence[Any]) -> list[Shape]:
        """The shapes of all inputs where those that vary have these sizes."""
        return [
            Shape((shape.channels, *sizes)) if shape.sizes == self._sizes else shape for shape in self._own
        ]


def _makes_fractions(layer: Any) -> bool:
    scales = layer.scale if layer is not None and layer.interpolates else None
    return any(part.denominator > 1 for part in scales or ())


def _is_in_one_of(blocks: set[str], node: Node) -> bool:
    group = node.group
    while group is not None:
        if group.kind in blocks:
            return True
        group = group.parent
    return False


def has_wrong_rank(node: Node) -> bool:
    """Whether a node fails at every size, as `Conv1d` does in an image network."""
    return node.error is not None and node.error.rule == WRONG_RANK


def _rounded_if_silenced(node: Node, layer: Layer, waives: Callable[[str, Span], str | None]) -> Layer:
    """The layer as it is where its size is not whole, if only at other inputs than the spec's own."""
    if getattr(layer, "rounding", None) != EXACT or waives(layer.rule, node.place.span) is None:
        return layer
    return layer.altered(rounding=FLOOR)


def _shape_functions(node: Node, layer: Layer) -> tuple[Callable[..., Shape], Callable[..., Shape]]:
    error = node.error
    if error is not None and has_wrong_rank(node):

        def fail(*inputs: Shape) -> Shape:
            raise error

        return fail, fail
    if isinstance(layer, Sliding) and type(layer).shape is Sliding.shape:
        return layer.shape, _sliding_per_axis(layer)
    return layer.shape, layer.shape


def _sliding_per_axis(layer: Sliding) -> Callable[[Shape], Shape]:
    """A window, axis by axis: the layer's own way compares its axes first, which would couple them."""
    axes = list(zip(layer.kernel_size, layer.stride, layer.per_axis_dilation, strict=True))
    ends = ("same",) * layer.rank if layer.fixed_windows is None else layer.ends()
    keys = [(layer.rounding, *axis, end) for axis, end in zip(axes, ends, strict=True)]
    fixed = [not any(isinstance(part, OpenSize) for part in (*key, *key[-1])) for key in keys]

    def output(x: Shape, axis: int) -> Any:
        size = x[axis + 1]
        window = layer.windows(Shape((x[0], *(size,) * x.rank)))[axis]
        found = window.output(size, layer.rounding)
        if found < 1:
            raise ShapeError(WINDOW_TOO_LARGE, "")
        if layer.needs_whole_quotient and window.rest(size):
            raise ShapeError(layer.rule, "")
        return found

    def slide(x: Shape) -> Shape:
        need_feature_map(layer, x)
        layer.check(x)
        sizes: list[Any] = list(x)
        sizes[0] = layer.channels(x[0])
        for axis, size in enumerate(sizes[1:]):
            if isinstance(size, Polynomial) and fixed[axis]:
                known, key = size.run.window_sizes, (keys[axis], size.terms)
                if key not in known:
                    known[key] = output(x, axis)
                sizes[axis + 1] = known[key]
            elif isinstance(size, AnySize):
                sizes[axis + 1] = AnySize()
            elif not isinstance(size, OtherAxis):
                sizes[axis + 1] = output(x, axis)
        return Shape(sizes)

    return slide


def _treats_axes_alike(layer: Layer) -> bool:
    if layer.mixes_axes or layer.treats_axes_apart:
        return False
    values = (getattr(layer, field.attribute) for field in layer.fields.values())
    per_axis = (value for value in values if isinstance(value, tuple) and len(value) == layer.rank)
    return all(part == value[0] for value in per_axis for part in value)
