"""`padding: same` with a stride pads one end more than the other.

Why: TensorFlow puts the odd pixel of padding at the end, and how much it is depends on the input size.
PyTorch and Caffe pad both ends alike: the sizes agree, but each output looks at other pixels, so that
weights which were trained in the one give other results in the other. PyTorch refuses `padding='same'` with
a stride.

Source: https://github.com/taehoonlee/tensornets/issues/25 (a 7x7 convolution with stride 2 on 224 pixels),
https://github.com/pytorch/pytorch/issues/67551.

Bad:
```yaml
input: [224, 224, 3]
layers:
  - conv: {filters: 64, kernel_size: 7, stride: 2, padding: same, activation: relu}
```

Good:
```yaml
input: [224, 224, 3]
rounding: floor
layers:
  - conv: {filters: 64, kernel_size: 7, stride: 2, padding: half, activation: relu}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of, shape_in
from cnn_shapes.words import say

SEVERITY = "info"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for node in context.strided:
        layer = layer_of(node)
        if layer.padding != "same":
            continue
        for window in layer.windows(shape_in(node)):
            if window.before != window.after:
                yield RuleFinding(
                    node.at("padding"),
                    "padding: same with a stride differs between frameworks: this {kind} pads one end more "
                    "than the other",
                    {"kind": node.kind},
                    pointer=say("{before} before, {after} after", before=window.before, after=window.after),
                    layer=node.name,
                )
                break
