"""Tries changes on a network without touching its text: recomputes only what they reach, stops at the first error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnn_shapes.diagnostics import Findings
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.patches import FieldPatch, InputPatch, Patch, RoundingPatch, merged
from cnn_shapes.shapes import FLOOR, UNKNOWN, Shape, ShapeError
from cnn_shapes.source import Limits
from cnn_shapes.spec.document import Overrides, Spec
from cnn_shapes.spec.unfold import FirstError, LimitReached, Unfolder


class Outcome(NamedTuple):
    """What a set of changes leads to: the first node that fails, or None. `shapes` are outputs that changed."""

    node: Node | None
    error: ShapeError | None
    shapes: dict[int, Shape]
    dead: bool = False  # fails in a way that no further change is tried on
    network: Network | None = None  # the network itself, where it was unfolded anew

    @property
    def valid(self) -> bool:
        return self.node is None and not self.dead

    @property
    def progress(self) -> int:
        return 1 << 30 if self.node is None else self.node.index

    def shape(self, node: Node) -> Shape | None:
        if self.network is not None:
            twin = next((other for other in self.network.nodes if other.name == node.name), None)
            return twin.output if twin is not None else None
        return self.shapes.get(node.index, node.output)


_DEAD = Outcome(None, None, {}, dead=True)
_LIMITS = Limits()
_UNFOLDING = 5  # what a layer costs to unfold, in layers computed anew


class Workbench:
    """One spec under repair. `work` counts the layers computed so far."""

    def __init__(self, spec: Spec, network: Network, overrides: Overrides) -> None:
        self.spec, self.network, self.overrides = spec, network, overrides
        self.work = 0
        self._memo: dict[object, Shape | ShapeError] = {}
        self._made: dict[object, Layer] = {}
        self.by_item: dict[int, list[Node]] = {}
        for node in network.layers:
            if node.owner is None and node.layer is not None:
                self.by_item.setdefault(id(node.place), []).append(node)
        self.replayable = not any(
            block.uses_channels and self._on_vector(block.name) for block in spec.blocks.values()
        )

    def _on_vector(self, name: str) -> bool:
        """Whether a block that asks for its channels is used on a vector, whose features follow from the size."""
        for node in self.network.layers:
            group = node.group
            if (
                group is not None
                and group.kind == name
                and any(x is None or not x.rank for x in node.input_shapes)
            ):
                return True
        return False

    def base(self) -> Outcome:
        for node in self.network.layers:
            if node.error is not None or node.layer is None:
                return Outcome(node, node.error, {}, dead=node.error is None)
        return Outcome(None, None, {})

    def evaluate(self, patches: Sequence[Patch]) -> Outcome:
        if self.replayable and all(patch.spatial for patch in patches):
            outcome = self._replay(patches)
            if not outcome.dead:
                return outcome
        return self._unfold(patches)

    def _layers(self, patches: Sequence[Patch]) -> dict[int, Layer]:
        values: dict[int, dict[str, object]] = {}
        layers: dict[int, Layer] = {}
        for patch in patches:
            if isinstance(patch, FieldPatch):
                move = patch.move
                for item in patch.items:
                    fields = values.setdefault(id(item), {})
                    before = fields.get(move.field)
                    if isinstance(before, tuple):
                        fields[move.field] = tuple(
                            move.value[a] if a in move.axes else part for a, part in enumerate(before)
                        )
                    else:
                        fields[move.field] = move.value
            elif isinstance(patch, RoundingPatch) and patch.item is not None:
                values.setdefault(id(patch.item), {})["rounding"] = FLOOR
            elif isinstance(patch, RoundingPatch):
                for node in self.network.layers:
                    if node.layer is not None and "rounding" in node.layer.fields:
                        setting = getattr(node.place, "settings", {}).get("rounding")
                        if setting is None:
                            layers[node.index] = self._altered(node.layer, {"rounding": FLOOR})
        for key, fields in values.items():
            for node in self.by_item.get(key, ()):
                layer = layers.get(node.index, node.layer)
                if layer is not None and all(name in layer.fields for name in fields):
                    layers[node.index] = self._altered(layer, fields)
        return layers

    def _replay(self, patches: Sequence[Patch]) -> Outcome:
        layers = self._layers(patches)
        shapes: dict[int, Shape] = {}
        nodes = self.network.nodes
        start = min(layers, default=len(nodes))
        for patch in patches:
            if isinstance(patch, InputPatch):
                shapes[0] = patch.shape
                start = 1
        for node in nodes[1:start]:
            if node.error is not None:
                return Outcome(node, node.error, shapes)
        for node in nodes[start:]:
            layer = layers.get(node.index)
            if layer is None:
                for source in node.inputs:
                    if source.index in shapes:
                        break
                else:
                    if node.error is not None:
                        return Outcome(node, node.error, shapes)
                    continue
                layer = node.layer
                if layer is None:
                    return _DEAD
            self.work += 1
            inputs = [shapes.get(source.index, source.output) for source in node.inputs]
            output = self._shape(layer, inputs)
            if isinstance(output, ShapeError):
                return Outcome(node, output, shapes)
            if node.expected is not None and not _as_expected(node.expected, output):
                return Outcome(node, _unexpected(node.expected, output), shapes)
            if output != node.output or node.error is not None or node.state:
                shapes[node.index] = output
        return Outcome(None, None, shapes)

    def _shape(self, layer: Layer, inputs: list[Shape | None]) -> Shape | ShapeError:
        """What a layer makes of these inputs; the same question is asked many thousand times."""
        key = (layer, *inputs)
        known = self._memo.get(key)
        if known is None:
            try:
                known = layer.shape(*inputs)  # type: ignore[arg-type]
            except ShapeError as error:
                known = error
            self._memo[key] = known
        return known

    def _altered(self, layer: Layer, fields: dict[str, object]) -> Layer:
        key = (layer, *fields.items())
        if key not in self._made:
            self._made[key] = layer.altered(**fields)
        return self._made[key]

    def _unfold(self, patches: Sequence[Patch]) -> Outcome:
        spec = self.spec
        findings, spec.findings = spec.findings, Findings()
        undos = [patch.apply(spec) for patch in merged(patches)]
        try:
            assert spec.shape is not None
            unfolder = Unfolder(spec, spec.shape, self.overrides, _LIMITS, stop_at_error=True)
            unfolder.run()
            outcome = (
                Outcome(None, None, {}, network=unfolder.network) if not spec.findings.listed() else _DEAD
            )
        except FirstError as first:
            outcome = Outcome(first.node, first.node.error, {}, first.node.error is None, unfolder.network)
        except LimitReached:
            outcome = _DEAD
        finally:
            for undo in reversed(undos):
                undo()
            spec.findings = findings
        self.work += _UNFOLDING * len(unfolder.network.nodes)
        return outcome


def _as_expected(expected: Shape, output: Shape) -> bool:
    return len(expected) == len(output) and all(
        wanted in (UNKNOWN, found) for wanted, found in zip(expected, output, strict=True)
    )


def _unexpected(expected: Shape, output: Shape) -> ShapeError:
    return ShapeError("expect-mismatch", "", "expect", floored=output, expected=expected, found=output)
