"""A dense layer after a flatten holds most of the parameters.

Why: A flatten hands every pixel of every channel to the dense layer, which needs a weight for each of them
and each unit. Such a layer is most of the file, overfits first, and ties the network to one input size. A
mean over the map (`global_avgpool`) leaves one number a channel. Reported from a million parameters on.

Source: Lin, Chen and Yan, "Network in Network", 2013 (https://arxiv.org/abs/1312.4400), section 3.2. In
VGG-16 the first dense layer holds 102,764,544 of 138,357,544 parameters, in AlexNet 37,752,832 of
61,100,840.

Bad:
```yaml
input: [32, 32, 3]
layers:
  - conv: {filters: 64, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 2
  - flatten
  - dense: {units: 512, activation: relu}
  - dense: 10
```

Good:
```yaml
input: [32, 32, 3]
layers:
  - conv: {filters: 64, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 4
  - conv: {filters: 128, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 2
  - conv: {filters: 256, kernel_size: 3, padding: half, activation: relu}
  - global_avgpool
  - dense: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import Label
from cnn_shapes.rules.context import RuleContext, RuleFinding, shape_in, shape_out

SEVERITY = "info"
_FEW = 1_000_000


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for node in context.of("needs_vector"):
        source = node.inputs[0]
        while source.layer is not None and source.layer.is_identity:
            source = source.inputs[0]
        if source.layer is None or not source.layer.flattens or max(shape_in(source).sizes, default=1) == 1:
            continue
        params, total = (
            context.trace.steps[node.index - len(context.network.inputs)].params or 0,
            context.trace.totals.params,
        )
        if params < _FEW or 2 * params <= total:
            continue
        shape = shape_in(source)
        yield RuleFinding(
            node.at("units"),
            "{name} holds {params} of {total} parameters ({percent} %), because it reads a flattened "
            "{shape} feature map",
            {
                "name": node.name,
                "params": f"{params:,}",
                "total": f"{total:,}",
                "percent": params * 100 // total,
                "shape": shape,
            },
            labels=(
                Label(
                    source.place.span,
                    "global_avgpool instead leaves {fewer} of them",
                    {"fewer": f"{params - (shape.elements - shape.channels) * shape_out(node).channels:,}"},
                ),
            ),
            layer=node.name,
        )
