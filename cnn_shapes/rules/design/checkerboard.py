"""A transposed convolution whose kernel is not a multiple of its stride draws a checkerboard.

Why: Some output pixels are the sum of more inputs than their neighbours. The pattern repeats with the
stride, and a generator or decoder has to learn weights that cancel it, which it does not quite do.

Source: Odena, Dumoulin and Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016
(https://distill.pub/2016/deconv-checkerboard/), which shows it in the images of several published
generators; https://github.com/NVIDIA/pix2pixHD/issues/149 asks about `kernel_size=3, stride=2`.

Bad:
```yaml
input: [64, 64, 256]
layers:
  - conv_transpose: {filters: 128, kernel_size: 3, stride: 2, padding: 1, output_padding: 1}
  - relu
```

Good:
```yaml
input: [64, 64, 256]
layers:
  - conv_transpose: {filters: 128, kernel_size: 4, stride: 2, padding: 1}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any

from cnn_shapes.diagnostics import Note
from cnn_shapes.layers.short_text import short
from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of
from cnn_shapes.words import say

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for node in context.of("is_transposed"):
        layer = layer_of(node)
        axes = zip(layer.kernel_size, layer.stride, layer.dilation, strict=True)
        if not any(kernel % stride or gcd(stride, dilation) > 1 for kernel, stride, dilation in axes):
            continue
        yield RuleFinding(
            node.at("kernel_size"),
            "the kernel_size {kernel} is not a multiple of the stride {stride}: "
            "the outputs get unequal shares of the input",
            {"kernel": short(layer.kernel_size), "stride": short(layer.stride)},
            pointer=_shares(layer),
            notes=_even(layer),
            layer=node.name,
        )


def _shares(layer: Any) -> str:
    """Along the first uneven axis: how many inputs fall on an output pixel."""
    for kernel, stride in zip(layer.kernel_size, layer.stride, strict=True):
        if kernel % stride:
            less = kernel // stride
            return say("{less} or {more} inputs on an output, by turns", less=less, more=less + 1)
    return ""


def _even(layer: Any) -> tuple[Note, ...]:
    """The nearest larger kernel that shares evenly, with the padding that keeps the output size."""
    ends = set(layer.ends())
    values = {*zip(layer.kernel_size, layer.stride, layer.dilation, layer.output_padding, strict=True)}
    if len(values) != 1 or len(ends) != 1:
        return ()
    ((kernel, stride, dilation, extra),) = values
    ((before, after),) = ends
    larger = -(-kernel // stride) * stride
    taken = 2 * before + larger - kernel - extra  # what padding minus output_padding must take away
    if before != after or dilation > 1 or taken < 0:
        return ()
    padding, output_padding = (taken + 1) // 2, taken % 2
    words = f"kernel_size: {larger}, padding: {padding}"
    if output_padding or extra:
        words += f", output_padding: {output_padding}"
    return (Note("{fields} gives the same size in equal shares", {"fields": words}),)
