"""Computes a network's sizes by unfolding its spec anew, where the layers themselves follow from the sizes.

The spec is unfolded for numbers or for symbols: these go through its expressions as they go through layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn_shapes.diagnostics import Findings
from cnn_shapes.input_sizes.congruences import Undecided
from cnn_shapes.input_sizes.propagation import Failure, LayerStep, VariedInputs, has_wrong_rank
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.overlay import Overlay
from cnn_shapes.language.reading.wording import BAD_VALUE
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.language.unfolding.unfolder import FirstError, LimitReached, Unfolder
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Network, Node
from cnn_shapes.shapes import OpenSize, Shape, ShapeError
from cnn_shapes.source import LIMIT_EXCEEDED, Limits

_LIMITS = Limits()
_UNFOLDED = 3  # what it takes to unfold a layer, in layers computed
_STATED = 6  # what a layer with expressions of sizes takes more than another


class Unfolding:
    """A spec that is unfolded for each question."""

    treats_axes_alike = False

    def __init__(self, spec: Spec, network: Network, overrides: Overrides, varied: int) -> None:
        self.spec, self.overrides, self.inputs = spec, overrides, VariedInputs(network, varied)
        stated = [node for node in network.layers if node.layer is not None and node.layer.is_stated]
        self.cost = self.latest_cost = _UNFOLDED * (len(network.nodes) + _STATED * len(stated))
        self._pool = LayerPool()
        self._steps: dict[Layer, LayerStep] = {}

    def first_failure(self, sizes: Sequence[Any], per_axis: bool = False) -> Failure | None:
        """None where every layer works; expectations do not count. `per_axis`: some axes are not asked about.

        Raises what symbols raise where no one answer holds for all that they stand for.
        """
        first, *others = self.inputs.shapes(sizes)
        unfold = _OpenUnfolder if any(isinstance(size, OpenSize) for size in sizes) else Unfolder
        unfolder = unfold(
            self.spec,
            Overlay(self.spec, shape=first, inputs=dict(zip([*self.spec.inputs][1:], others, strict=False))),
            findings=Findings(),
            overrides=self.overrides,
            limits=_LIMITS,
            pool=self._pool,
            stop_at_error=True,
        )
        unfolder.asserts = False
        if isinstance(unfolder, _OpenUnfolder):
            unfolder.per_axis, unfolder.steps = per_axis, self._steps
            unfolder.compute = unfolder.compute_open
        try:
            unfolder.run()
            if unfolder.findings.any:
                return Failure(unfolder.network.nodes[-1], _found(unfolder))
        except FirstError as first_error:
            node = first_error.node
            return Failure(node, node.error or _found(unfolder))
        except LimitReached:
            return Failure(unfolder.network.nodes[-1], _found(unfolder, LIMIT_EXCEEDED))
        finally:
            self.latest_cost = _UNFOLDED * len(unfolder.network.nodes)
        return None

    def failure_at_every_size(self, rank: int) -> None:
        """Not known: what fails at one size may not be there at another."""
        return None


class _OpenUnfolder(Unfolder):
    """Unfolds a spec for sizes that stand for many."""

    per_axis = False
    steps: dict[Layer, LayerStep]  # what is known of layers that were met before

    def compute_open(self, node: Node) -> None:
        """What `compute` does, for sizes that stand for many."""
        layer, inputs = node.layer, [source.output for source in node.reads]
        if layer is None:
            return
        if any(x is None for x in inputs):  # a name that is not there at these sizes
            raise Undecided
        node.input_shapes = tuple(inputs)
        if layer.keeps_shape and not has_wrong_rank(node):
            node.output = inputs[0]
            return
        try:
            shapes: list[Shape] = [x for x in inputs if x is not None]
            node.output = self._step(node, layer).output_of(shapes, self.per_axis)
        except ShapeError as error:
            node.error = error.with_traceback(None)

    def _step(self, node: Node, layer: Layer) -> LayerStep:
        if self.spec.waives is not None or has_wrong_rank(node):
            return LayerStep.of(node, layer, self.spec)
        step = self.steps.get(layer)
        if step is None:
            step = self.steps[layer] = LayerStep.of(node, layer, self.spec)
        return step._replace(node=node)


def _found(unfolder: Unfolder, rule: str = BAD_VALUE) -> ShapeError:
    """What unfolding has reported last, as the error of a layer."""
    reported = unfolder.findings.listed()
    if not reported:
        return ShapeError(rule, "it cannot be built at this size")
    return ShapeError(reported[-1].rule, reported[-1].template, **reported[-1].facts)
