"""A batch or instance normalisation has one value per channel and image to normalise.

Why: After a pool over the whole map each channel is a single pixel. With a batch of one, such as the last
one of an epoch, its variance is 0, and PyTorch stops with "Expected more than 1 value per channel when
training". An instance normalisation has nothing else to normalise over, whatever the batch: what comes
out is 0, and PyTorch stops with "Expected more than 1 spatial element when training", in evaluation too.

Source: https://github.com/pytorch/vision/pull/1667 (the pooling branch of DeepLabV3),
https://github.com/jfzhang95/pytorch-deeplab-xception/issues/41.

Bad:
```yaml
input: [32, 32, 256]
layers:
  - global_avgpool: {keepdims: true}
  - conv: {filters: 64, kernel_size: 1, bias: false, norm: batch, activation: relu}
```

Good:
```yaml
input: [32, 32, 256]
layers:
  - global_avgpool: {keepdims: true}
  - conv: {filters: 64, kernel_size: 1, activation: relu}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import WARNING
from cnn_shapes.rules.context import RuleContext, RuleFinding, shape_in
from cnn_shapes.words import say

SEVERITY = "info"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for trait, template, severity in (
        (
            "uses_batch_statistics",
            "{name} normalises a single pixel: PyTorch cannot train this with a batch of one",
            SEVERITY,
        ),
        (
            "uses_map_statistics",
            "{name} normalises a single pixel: less its own mean it is always 0, and PyTorch refuses it",
            WARNING,
        ),
    ):
        for node in context.of(trait):
            shape = shape_in(node)
            if set(shape[1:]) == {1}:
                yield RuleFinding(
                    node.at("norm"),
                    template,
                    {"name": node.name, "shape": shape},
                    pointer=say("{size} comes in", size="x".join(map(str, shape.sizes))),
                    layer=node.name,
                    severity=severity,
                )
