"""Two equal numbers look like a grey image without its channel.

Why: Two numbers are a sequence: `[28, 28]` has 28 steps of 28 channels, and convolutions slide along one
axis only. A grey image has a channel too: `[28, 28, 1]`.

Source: https://github.com/keras-team/keras/issues/11950 ("expected conv2d_1_input to have 4 dimensions, but
got array with shape (60000, 28, 28)").

Bad:
```yaml
input: [28, 28]
layers:
  - conv: {filters: 32, kernel_size: 5}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.rules.context import CAUSE, RuleContext, RuleFinding

SEVERITY = "warning"
CLUE = CAUSE


def check(context: RuleContext) -> Iterator[RuleFinding]:
    shape = context.spec.shape
    if shape is None or shape.rank != 1 or shape[0] != shape[1]:
        return
    if any(item.rank == 1 for item in context.spec.entries):
        return  # a layer such as Conv1d says that it is a sequence
    size = shape[0]
    first = context.spec.layout == CHANNELS_FIRST
    yield RuleFinding(
        context.spec.span,
        "the input is read as a sequence of length {size} with {size} channels: a grey image is {likely}",
        {"size": size, "likely": f"[1, {size}, {size}]" if first else f"[{size}, {size}, 1]"},
    )
