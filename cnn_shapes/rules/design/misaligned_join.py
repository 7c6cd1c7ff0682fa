"""A join puts together what looks at different places of the image.

Why: Every unit looks at a patch of the input with a centre. Where two ways lead to a join with different
strides, paddings or pools, the centres may differ: features of one place are added to features of another.
Checked where no upsampling lies on the way; a gate is left out, since it looks at everything. Two shifts
are meant so: a causal network pads the beginning alone, and all ways end at the same place; a pool beside
another strided layer (ResNet-D, ENet) has its centre between two pixels, less than one step away.

Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019
(https://distill.pub/2019/computing-receptive-fields/), "Arbitrary computation graphs": with TensorFlow's
`same`, the centres of a strided 3x3 convolution and of its 1x1 shortcut differ on an even size. Meant so:
causal convolutions (WaveNet, https://arxiv.org/abs/1609.03499), the 2x2 average pool in ResNet-D's shortcut
(https://arxiv.org/abs/1812.01187), the 2x2 pool in ENet's first block (https://arxiv.org/abs/1606.02147).

Bad:
```yaml
input: [56, 56, 64]
rounding: floor
layers:
  - residual:
      layers:
        - conv: {filters: 64, kernel_size: 3, stride: 2, padding: [[0, 1], [0, 1]], activation: relu}
        - conv: {filters: 64, kernel_size: 3, padding: half}
      shortcut:
        - avgpool: {kernel_size: 1, stride: 2}
```

Good:
```yaml
input: [56, 56, 64]
rounding: floor
layers:
  - residual:
      layers:
        - conv: {filters: 64, kernel_size: 3, stride: 2, padding: half, activation: relu}
        - conv: {filters: 64, kernel_size: 3, padding: half}
      shortcut:
        - avgpool: {kernel_size: 1, stride: 2}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnn_shapes.diagnostics import Label
from cnn_shapes.network import Node
from cnn_shapes.receptive_field import View
from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of, shape_in
from cnn_shapes.shapes import AXIS_NAMES
from cnn_shapes.words import say

SEVERITY = "info"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    joins = [node for node in context.of("joins") if node.index in context.trace.misaligned]
    if not joins or any(node.layer.is_causal for node in context.trace.network.layers if node.layer):
        return  # windows that look back do so on purpose
    upstream = _Upstream(context)
    for node in joins:
        found = _parting(context, upstream, node)
        if found is not None:
            yield _tell(node, found)


class _Parted(NamedTuple):
    """The first input of a join and another one that look at different places, along an axis."""

    axis: str
    first: Node
    other: Node
    difference: str


def _parting(context: RuleContext, upstream: _Upstream, node: Node) -> _Parted | None:
    """The first axis along which two inputs part; None where none does, or where that cannot be known."""
    if any(source.index in upstream.enlarged for source in node.inputs):
        return None
    columns = [context.trace.views[source.index] or () for source in node.inputs]
    for axis, views in enumerate(zip(*columns, strict=True)):
        known = [view for view in views if view is not None]
        if len(known) < len(views):
            return None
        if upstream.causal(node, known):
            continue
        first = known[0]
        for source, view in zip(node.inputs, known, strict=True):
            if not _same(first, view) and not upstream.beside_a_pool(node.inputs[0], source, first, view):
                name = AXIS_NAMES[len(columns[0])][axis]
                return _Parted(name, node.inputs[0], source, _difference(first, view))
    return None


def _tell(node: Node, found: _Parted) -> RuleFinding:
    return RuleFinding(
        node.place.span,
        "the inputs of {name} look at different places: along the {axis} {first} and {other} {difference}",
        {
            "name": node.name,
            "axis": say(found.axis),
            "first": found.first.name,
            "other": found.other.name,
            "difference": found.difference,
        },
        labels=tuple(
            Label(source.place.span, "{name} comes from here", {"name": source.name})
            for source in (found.first, found.other)
            if source.place is not node.place
        ),
        layer=node.name,
    )


class _Upstream:
    """What lies before a layer, on the ways to it.

    `enlarged` are the nodes with an upsampling before them: what they see has no one centre. `leading` are
    those with more padding at the beginning than at the end before them, `strided` the last layer with a
    stride at or before each node.
    """

    def __init__(self, context: RuleContext) -> None:
        self.enlarged: set[int] = set()
        self.leading: set[int] = set()
        self.strided: dict[int, Node] = {}
        for node in context.nodes:
            before = [source.index for source in node.inputs]
            layer = layer_of(node)
            if layer.enlarges or not self.enlarged.isdisjoint(before):
                self.enlarged.add(node.index)
            if _leads(node) or not self.leading.isdisjoint(before):
                self.leading.add(node.index)
            if layer.strides:
                self.strided[node.index] = node
            elif before and before[0] in self.strided:
                self.strided[node.index] = self.strided[before[0]]

    def causal(self, node: Node, views: list[View]) -> bool:
        """Whether the inputs of a join look at different lengths of the past and end at the same pixel."""
        return any(source.index in self.leading for source in node.inputs) and all(
            view.advance == views[0].advance and view.high(0) == views[0].high(0) for view in views
        )

    def beside_a_pool(self, one: Node, other: Node, first: View, second: View) -> bool:
        """Whether a pool beside another strided layer, and so less than one step, parts two inputs."""
        strided = self.strided.get(one.index), self.strided.get(other.index)
        return (
            first.advance == second.advance
            and _twice_apart(first, second) < 2 * first.advance
            and strided[0] is not strided[1]
            and any(node is not None and layer_of(node).merges_pixels for node in strided)
        )


def _leads(node: Node) -> bool:
    return any(begin > end for begin, end in layer_of(node).margins(shape_in(node)))


def _same(one: View, other: View) -> bool:
    return one.advance == other.advance and not _twice_apart(one, other)


def _twice_apart(one: View, other: View) -> int:
    """Twice the pixels between two centres."""
    return abs(one.low(0) + one.high(0) - other.low(0) - other.high(0))


def _difference(one: View, other: View) -> str:
    if one.advance != other.advance:
        return say("advance by {one} and {other} input pixels a step", one=one.advance, other=other.advance)
    twice = _twice_apart(one, other)
    if twice == 2:
        return say("have their centres 1 input pixel apart")
    return say(
        "have their centres {pixels} input pixels apart", pixels=f"{twice // 2}{'.5' if twice % 2 else ''}"
    )
