"""PyTorch's binary arithmetic gives one pixel less than this scale promises.

Why: A scale such as 1.4 is not a binary number: PyTorch multiplies with the nearest one and rounds down, so
45 * 1.4 is 62 there and not 63. Join the result with a map of 63 and the network fails. `size` says what is
meant.

Source: https://github.com/pytorch/pytorch/issues/96236 (88 pixels at 120/88 give 119),
https://github.com/pytorch/pytorch/issues/62396.

Bad:
```yaml
input: [45, 45, 8]
layers:
  - upsample: {scale: 1.4}
```

Good:
```yaml
input: [45, 45, 8]
layers:
  - upsample: {size: 63}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of, shape_in, shape_out
from cnn_shapes.shapes import CEIL

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for node in context.of("interpolates"):
        layer = layer_of(node)
        if layer.scale is None or layer.rounding == CEIL:
            continue
        sizes = shape_in(node).sizes
        binary = tuple(floor(size * float(scale)) for size, scale in zip(sizes, layer.scale, strict=True))
        if binary != shape_out(node).sizes:
            yield RuleFinding(
                node.at("scale"),
                "PyTorch makes {binary} of {size} here, not {exact}: write size instead of scale",
                {"binary": binary, "size": sizes, "exact": shape_out(node).sizes},
                pointer="not a binary number: it multiplies with the nearest one and rounds down",
                layer=node.name,
            )
