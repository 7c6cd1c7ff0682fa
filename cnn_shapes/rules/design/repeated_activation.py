"""An activation directly follows another one.

Why: A relu of a relu is the relu itself, and a relu in front of a sigmoid or a softmax cuts off half of its
range. Most often the activation is written twice: as a field of a layer and again after it. One that other
layers read too is not a repetition, as in a sigmoid gate after a shared relu; but a relu of it still does
nothing.

Source: https://github.com/edvardHua/PoseEstimationForMobile/issues/12 (relu after relu6),
https://github.com/DepthAnything/Depth-Anything-V2/issues/71 (two relus),
https://github.com/keras-team/keras/issues/12626 (sigmoid, then relu).

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - relu
  - maxpool: 2
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: 2
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import Label
from cnn_shapes.network import Node
from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for node in context.of("is_activation"):
        before = node.inputs[0]
        between = [before]
        while before.layer is not None and before.layer.is_identity:
            before = before.inputs[0]
            between.append(before)
        if before.layer is None or not before.layer.is_activation:
            continue
        if layer_of(node).clips_negative and before.layer.never_negative:
            template = "this relu changes nothing: what {before} gives is never negative"
        elif any(_shared(context, shared) for shared in between):
            continue
        else:
            template = "two activations in a row: {kind} directly follows {before}"
        yield RuleFinding(
            node.at("activation"),
            template,
            {"kind": node.kind, "before": before.name},
            labels=(Label(before.at("activation"), "the first one: {kind}", {"kind": before.kind}),),
            layer=node.name,
        )


def _shared(context: RuleContext, node: Node) -> bool:
    return context.is_output(node) or node.uses > 1
