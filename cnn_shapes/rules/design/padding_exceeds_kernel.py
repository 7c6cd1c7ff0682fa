"""The outermost outputs of a convolution see nothing but padding.

Why: Where the padding is as large as the kernel, the first and the last windows lie in the zeros alone.
Their outputs are the bias, whatever the image is, and the feature map grows for nothing.

Source: https://github.com/forresti/SqueezeNet, SqueezeNet_v1.0/deploy.prototxt: `conv10` is 1x1 with `pad:
1`, so its 15x15 scores have a rim of constants that the average counts.
https://github.com/pytorch/pytorch/issues/72591 is a ResNet that was written with the same slip.

Bad:
```yaml
input: [13, 13, 512]
layers:
  - conv: {filters: 1000, kernel_size: 1, padding: 1, activation: relu}
```

Good:
```yaml
input: [13, 13, 512]
layers:
  - conv: {filters: 1000, kernel_size: 1, activation: relu}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import Note
from cnn_shapes.layers.window import Sliding
from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of, shape_in, shape_out, slides
from cnn_shapes.words import say

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for node in context.where(_pads_beyond, context.of("is_convolution")):
        windows = layer_of(node).fixed_windows
        axes = zip(windows, shape_in(node).sizes, shape_out(node).sizes, strict=True)
        if not any(
            window.before >= window.extent or (output - 1) * window.stride - window.before >= size
            for window, size, output in axes
        ):
            continue
        extents = tuple(window.extent for window in windows)
        notes: tuple[Note, ...] = ()
        if set(extents) == {1}:
            notes = (Note("a kernel_size of 1 needs no padding: it keeps the size by itself"),)
        yield RuleFinding(
            node.at("padding"),
            "the outermost outputs see padding alone: the padding is not smaller than the {extent} kernel",
            {"extent": extents, "padding": tuple(max(window.before, window.after) for window in windows)},
            pointer=say(
                "makes {size} of {before}",
                size="x".join(map(str, shape_out(node).sizes)),
                before="x".join(map(str, shape_in(node).sizes)),
            ),
            notes=notes,
            layer=node.name,
        )


def _pads_beyond(layer: Sliding) -> bool:
    windows = layer.fixed_windows
    return slides(layer) and windows is not None and any(max(w.before, w.after) >= w.extent for w in windows)
