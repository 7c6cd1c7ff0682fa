"""Nothing reads this layer, and it is not an output.

Why: What no layer reads was computed for nothing: a `from` names the wrong layer, or an output was
forgotten.

Source: https://github.com/Cadene/pretrained-models.pytorch/issues/79: every relu in the blocks of its
BNInception was computed and never used, because the layer after it read the batch normalisation.

Bad:
```yaml
input: [28, 28, 16]
layers:
  - conv: {filters: 16, kernel_size: 3, padding: half, name: conv}
  - relu: {name: act}
  - conv: {filters: 16, kernel_size: 3, padding: half, from: act, activation: relu, name: side}
  - maxpool: {kernel_size: 2, from: act}
```

Good:
```yaml
input: [28, 28, 16]
layers:
  - conv: {filters: 16, kernel_size: 3, padding: half, name: conv}
  - relu: {name: act}
  - conv: {filters: 16, kernel_size: 3, padding: half, from: act, activation: relu, name: side}
  - maxpool: {kernel_size: 2, from: side}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.language.entry import Item
from cnn_shapes.network import Node
from cnn_shapes.rules.context import TRACE, RuleContext, RuleFinding, layer_of, written
from cnn_shapes.source import Span

SEVERITY = "warning"
CLUE = TRACE


def check(context: RuleContext) -> Iterator[RuleFinding]:
    if not context.whole:
        return
    for node in context.network.nodes[1:]:
        if node.uses or context.is_output(node):
            continue
        if not node.inputs:
            yield RuleFinding(
                node.place.span,
                "nothing reads the input {name}: read it in a from, or leave it out",
                {"name": node.name},
            )
            continue
        yield RuleFinding(
            _place(node),
            "nothing reads {name}, and it is not an output: read it in a from, name it under outputs, "
            "or leave it out",
            {"name": written(node)},
            layer=node.name,
        )


def _place(node: Node) -> Span:
    """The name of the part in a split, else the layer."""
    item, layer = node.place, layer_of(node)
    if isinstance(item, Item) and layer is not None and layer.is_part and "into" in item.settings:
        name = layer.split.into[layer.position][0]
        value = item.settings["into"].value
        return value.locate((name if isinstance(value.items, dict) else layer.position,))
    return item.span
