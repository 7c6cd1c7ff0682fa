"""Two layers with weights follow each other with nothing but linear steps between.

Why: A linear function of a linear function is one linear function: two such layers can do no more than one.
An activation was forgotten, or the first layer can go. Silent where the pair is meant: a bottleneck whose
middle is narrower than both its ends (MobileNetV2), a depthwise or grouped part (separable convolutions),
a kernel that is taken apart into its axes (1x7 and 7x1), and a first layer that is read elsewhere too.

Source: https://github.com/ialhashim/DenseDepth/issues/6 ("it's an oversight"),
https://github.com/amdegroot/ssd.pytorch/issues/134, https://github.com/YujiaBao/ls/issues/1.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - flatten
  - dense: 128
  - dense: 10
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - flatten
  - dense: {units: 128, activation: relu}
  - dense: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnn_shapes.diagnostics import Fix, Label
from cnn_shapes.language.entry import Item
from cnn_shapes.layers.base import Weighted
from cnn_shapes.network import Node, Place
from cnn_shapes.rules.context import RuleContext, RuleFinding, is_sure, layer_of, shape_in, shape_out

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    told: dict[Place, RuleFinding] = {}  # copies of a line are told together
    for node in context.nodes:
        if isinstance(node.layer, Weighted):
            before = _linear_before(context, node)
            if before is not None and not _meant(before, node):
                if node.place not in told:
                    told[node.place] = _tell(context, before, node)
                yield told[node.place]


def _linear_before(context: RuleContext, node: Node) -> Node | None:
    """The layer with weights of whose output a node's input is a linear function."""
    source = node.inputs[0]
    # what else reads it makes it more than a step to the next, as in a feature pyramid
    while is_sure(source) and source.uses == 1 and not context.is_output(source):
        layer: Any = source.layer
        if isinstance(layer, Weighted):
            return source
        if layer is None or not layer.is_linear or layer.is_part:  # parts go ways of their own
            return None
        source = source.inputs[0]
    return None


def _meant(first: Node, second: Node) -> bool:
    for node in (first, second):
        if layer_of(node).is_grouped:
            return True
    start, middle, features = shape_in(first), shape_out(first), shape_in(second)
    ends = shape_out(second)
    if features.channels == middle.channels:
        return middle.channels < min(start.channels, ends.channels) or _taken_apart(first, second)
    return middle.elements < min(start.elements, ends.elements)  # flattened between


def _taken_apart(first: Node, second: Node) -> bool:
    """Two kernels that are 1 along each other's axes."""
    kernels = [getattr(node.layer, "kernel_size", ()) for node in (first, second)]
    if not kernels[0] or len(kernels[0]) != len(kernels[1]):
        return False
    axes = list(zip(*kernels, strict=True))
    return all(1 in axis for axis in axes) and all(max(kernel) > 1 for kernel in kernels)


def _tell(context: RuleContext, first: Node, second: Node) -> RuleFinding:
    fixes: tuple[Fix, ...] = ()
    item, layer = first.place, first.layer
    if (
        context.sound
        and second.inputs[0] is first
        and layer is not None
        and isinstance(item, Item)
        and item is not second.place
    ):
        from cnn_shapes.edit.patches import edits_of
        from cnn_shapes.language.field_patches import NewValue, field_patches

        source = context.spec.source
        change = {"activation": NewValue("relu", alone=True)}
        edits = edits_of(source, field_patches(source, item, change, layer.shorthand))
        if edits and "activation" not in item.settings:
            fixes = (Fix("activation: relu", tuple(edits)),)
    return RuleFinding(
        second.place.span,
        "no activation between {first} and {second}: together they can do no more than one layer",
        {"first": first.name, "second": second.name},
        labels=(Label(first.place.span, "an activation is missing after {first}", {"first": first.name}),),
        fixes=fixes,
        layer=second.name,
    )
