"""A convolution without kernel_size is 1x1.

Why: No framework has a kernel_size by itself: there a layer without one is an error. Here it is a 1x1
convolution, which mixes the channels of each pixel and sees no neighbour. Where a 3x3 was meant, every size
may still fit, with a ninth of the parameters. Of a map of one pixel there is nothing else to see.

Source: torch.nn.Conv2d demands kernel_size
(https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html), and keras.layers.Conv2D does
(https://keras.io/api/layers/convolution_layers/convolution2d/): so under a class name this is a warning.

Bad:
```yaml
input: [28, 28, 8]
layers:
  - conv: 16
```

Good:
```yaml
input: [28, 28, 8]
layers:
  - conv: {filters: 16, kernel_size: 1}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnn_shapes.network import Node
from cnn_shapes.rules.context import RuleContext, RuleFinding

SEVERITY = "info"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    """Under the kinds one finding speaks for all of them, under a class name each for itself."""
    bare = context.where(lambda layer: "kernel_size" not in layer.given, context.of("is_convolution"))
    large = {x for x in {node.inputs[0].output for node in bare} if x is not None and max(x.sizes) > 1}
    # the entry of a convolution is an item of a list of layers
    entries: dict[Any, Node] = {node.place: node for node in reversed(bare) if node.inputs[0].output in large}
    found = [(entry, node) for entry, node in reversed(entries.items()) if not entry.misread]
    for entry, node in [(entry, node) for entry, node in found if node.kind != entry.key.text]:
        template = "{name} has no kernel_size, which {kind} needs: it is read as 1"
        facts: dict[str, Any] = {"name": node.name, "kind": entry.text}
        yield RuleFinding(entry.span, template, facts, layer=node.name, severity="warning")
    ours = [(entry, node) for entry, node in found if node.kind == entry.key.text]
    if ours:
        entry, node = ours[0]
        template = "{name} has no kernel_size, so it is 1x1"
        if len(ours) > 1:
            template += f", and so {'is' if len(ours) == 2 else 'are'} {{others}} more"
        facts = {"name": node.name, "others": len(ours) - 1}
        yield RuleFinding(entry.span, template, facts, layer=node.name)
