"""The input looks like channels, height, width, but is read as height, width, channels.

Why: `layout: channels_last` is the default, as in Keras. `[3, 224, 224]`, PyTorch's order, is then an image
of height 3 with 224 channels: the first kernel does not fit, or worse, it does.

Source: https://github.com/keras-team/keras/issues/3844 (`input_shape=(3, 128, 128)` for a 128x128 picture).

Bad:
```yaml
input: [3, 224, 224]
layers:
  - conv: {filters: 64, kernel_size: 3, padding: 1}
```

Good:
```yaml
input: [3, 224, 224]
layout: channels_first
layers:
  - conv: {filters: 64, kernel_size: 3, padding: 1}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import CHANNELS_LAST, Note, in_layout
from cnn_shapes.rules.context import RuleContext, RuleFinding

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    spec = context.spec
    shape = spec.shape
    if spec.layout != CHANNELS_LAST or shape is None or shape.rank != 2:
        return
    height, width, channels = in_layout(shape, spec.layout)
    if height in (1, 3, 4) and width == channels > height:
        yield RuleFinding(
            spec.span,
            "the input is read as height {height}, width {width} and {channels} channels: write {likely}, "
            "or say layout: channels_first",
            {
                "height": height,
                "width": width,
                "channels": channels,
                "likely": f"[{width}, {channels}, {height}]",
            },
            notes=(Note("channels come last unless the file says otherwise"),),
        )
