"""The input looks like channels first but is read as channels last, or the other way round.

Why: `layout: channels_last` is the default, as in Keras. `[3, 224, 224]`, PyTorch's order, is then an image
of height 3 with 224 channels: the first kernel does not fit, or worse, it does. The same goes for `[1, 101]`,
a sequence, and for `[1, 64, 64, 64]`, a volume.

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

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST, Note, in_layout
from cnn_shapes.rules.context import CAUSE, RuleContext, RuleFinding
from cnn_shapes.shapes import AXIS_NAMES, listed
from cnn_shapes.words import say

SEVERITY = "warning"
CLUE = CAUSE
_FEW = (1, 3, 4)  # channels of a picture: grey, in colour, with transparency
_LAST = "channels come last unless the file says otherwise"
_WIDE = 32  # no picture is narrower
_LONG = 8  # no sequence is shorter
_MANY = 1000  # channels that no first layer takes


def check(context: RuleContext) -> Iterator[RuleFinding]:
    spec, shape = context.spec, context.spec.shape
    if shape is None or not 1 <= shape.rank <= 3:
        return
    written = in_layout(shape, spec.layout)
    first = spec.layout == CHANNELS_FIRST
    likely = (written[-1], *written[:-1]) if first else (*written[1:], written[0])
    channels, sizes = (likely[0], likely[1:]) if first else (likely[-1], likely[:-1])
    if not (_is_sequence if shape.rank == 1 else _is_picture)(channels, sizes):
        return
    axes = [
        say("{axis} {size}", axis=say(name), size=size)
        for name, size in zip(AXIS_NAMES[shape.rank], shape.sizes, strict=True)
    ]
    yield RuleFinding(
        spec.span,
        "the input is read as {axes} with {channels} channels: write [{likely}], or say layout: {other}",
        {
            "axes": listed(axes),
            "channels": shape.channels,
            "likely": ", ".join(map(str, likely)),
            "other": CHANNELS_LAST if first else CHANNELS_FIRST,
        },
        notes=(Note("channels come first in this file" if first else _LAST),),
    )


def _is_picture(channels: int, sizes: tuple[int, ...]) -> bool:
    """Whether these would be a picture or a volume, were the layout the other one."""
    if channels not in _FEW or channels >= sizes[-1]:
        return False
    return sizes[-1] == sizes[-2] or (channels == 3 and min(sizes[-2:]) >= _WIDE)


def _is_sequence(channels: int, sizes: tuple[int, ...]) -> bool:
    """Whether these would be a sequence, were the layout the other one."""
    return (channels == 1 and sizes[0] >= _LONG) or (channels in _FEW and sizes[0] >= _MANY)
