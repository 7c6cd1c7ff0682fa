"""An even kernel cannot keep a size with the same padding on both sides.

Why: To keep a size at stride 1, the padding must add up to kernel_size - 1. For an even kernel that is an
odd number: with equal padding the map grows or shrinks by one, and everything in it moves by half a pixel.

Source: Wu et al., "Convolution with even-sized kernels and symmetric padding", NeurIPS 2019
(https://arxiv.org/abs/1903.08385); https://github.com/AlexeyAB/darknet/issues/1636 (a kernel of 2 makes 417
of 416). The 4x4 layers at the end of pix2pix's discriminator shrink by one in the same way, on purpose.

Bad:
```yaml
input: [32, 32, 3]
layers:
  - conv: {filters: 16, kernel_size: 4, padding: half, activation: relu}
```

Good:
```yaml
input: [32, 32, 3]
layers:
  - conv: {filters: 16, kernel_size: 4, padding: [[1, 2], [1, 2]], activation: relu}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import Note
from cnn_shapes.layers.window import Sliding
from cnn_shapes.rules.context import CAUSE, RuleContext, RuleFinding, layer_of, shape_in, shape_out, slides
from cnn_shapes.shapes import Window

SEVERITY = "info"
CLUE = CAUSE


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for node in context.where(_loses_one, context.of("is_convolution")):
        windows = layer_of(node).fixed_windows
        pairs = [
            f"[{(window.extent - 1) // 2}, {window.extent // 2}]"
            if _off_by_one(window)
            else f"[{window.before}, {window.after}]"
            for window in windows
        ]
        yield RuleFinding(
            node.at("padding"),
            "the even kernel {kernel} cannot keep a size with equal padding on both sides: "
            "{before} becomes {after}",
            {
                "kernel": tuple(window.extent for window in windows),
                "before": shape_in(node).sizes,
                "after": shape_out(node).sizes,
            },
            notes=(
                Note(
                    "padding: [{padding}] keeps it; so does an odd kernel_size with padding: half",
                    {"padding": ", ".join(pairs)},
                ),
            ),
            layer=node.name,
        )


def _loses_one(layer: Sliding) -> bool:
    return slides(layer) and layer.fixed_windows is not None and any(map(_off_by_one, layer.fixed_windows))


def _off_by_one(window: Window) -> bool:
    ends = window.before + window.after
    return (
        window.stride == 1
        and window.extent % 2 == 0
        and window.before == window.after > 0
        and abs(ends - window.extent + 1) == 1
    )
