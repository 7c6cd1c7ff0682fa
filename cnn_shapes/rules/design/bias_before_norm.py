"""The normalisation after this layer takes its bias away.

Why: Batch and instance normalisation subtract the mean of each channel, and with it whatever constant the
bias added. The bias stays in the file, in memory and in the optimiser, and never changes an output. `bias:
false` is the habit.

Source: Ioffe and Szegedy, "Batch Normalization", 2015 (https://arxiv.org/abs/1502.03167), section 3.2;
https://github.com/milesial/Pytorch-UNet/pull/325 and https://github.com/keras-team/keras-cv/pull/697 took
such biases out. torchvision's VGG with batch normalisation still has them: where weights are to be loaded
into it, they must stay.

Bad:
```yaml
input: [32, 32, 3]
layers:
  - conv: {filters: 16, kernel_size: 3, norm: batch, activation: relu}
```

Good:
```yaml
input: [32, 32, 3]
layers:
  - conv: {filters: 16, kernel_size: 3, bias: false, norm: batch, activation: relu}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import Fix
from cnn_shapes.language.entry import Item
from cnn_shapes.layers.base import Weighted
from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of, shape_out
from cnn_shapes.shapes import ending

SEVERITY = "info"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    lent = set()
    if "share" in context.spec.source.text:  # few texts say it, and this asks every layer
        lent = {node.shares for node in context.of("has_weights") if node.shares is not None}
    for norm in context.of("subtracts_mean"):
        node = norm.inputs[0]
        layer = layer_of(node)
        if node.uses != 1 or not isinstance(layer, Weighted) or context.is_output(node):
            continue
        if node.error is not None or node.shares is not None or not layer.bias:  # type: ignore[attr-defined]
            continue
        fixes: tuple[Fix, ...] = ()
        if context.sound and node not in lent and norm.owner is node and isinstance(node.place, Item):
            from cnn_shapes.edit.patches import edits_of
            from cnn_shapes.language.field_patches import NewValue, field_patches

            change = {"bias": NewValue(False, alone=True)}
            source = context.spec.source
            edits = edits_of(source, field_patches(source, node.place, change, layer.shorthand))
            # where the norm is an expression, other copies of this line may have no norm
            norms = node.place.settings.get("norm")
            if edits and (norms is None or norms.value.constant):
                fixes = (Fix("bias: false", tuple(edits)),)
        yield RuleFinding(
            node.at("bias"),
            "the {norm} after {layer} takes its bias away again: bias: false saves {count} "
            f"parameter{ending(shape_out(node).channels)}",
            {"norm": norm.kind, "layer": node.name, "count": shape_out(node).channels},
            fixes=fixes,
            layer=node.name,
        )
