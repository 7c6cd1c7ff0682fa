"""Every layer that reads a feature map steps over the same pixels.

Why: A window whose stride is larger than its kernel, or whose stride and dilation share a factor, reads
only some of the pixels. Another layer may read the others, as the main way of a residual does beside its
1x1 shortcut. Where none does, the values between were computed for nothing.

Source: He et al., "Bag of Tricks for Image Classification with Convolutional Neural Networks", 2018
(https://arxiv.org/abs/1812.01187), section 4: in the first published ResNet-50 the 1x1 convolution with
stride 2 ignores three quarters of its input. ResNet-B moves the stride to the 3x3 convolution.

Bad:
```yaml
input: [56, 56, 64]
rounding: floor
defaults:
  conv: {padding: half, bias: false, norm: batch, activation: relu}
layers:
  - residual:
      layers:
        - conv: {filters: 32, kernel_size: 1, stride: 2}
        - conv: {filters: 32, kernel_size: 3}
        - conv: {filters: 128, kernel_size: 1, activation: none}
      shortcut:
        - conv: {filters: 128, kernel_size: 1, stride: 2, activation: none}
      activation: relu
```

Good:
```yaml
input: [56, 56, 64]
rounding: floor
defaults:
  conv: {padding: half, bias: false, norm: batch, activation: relu}
layers:
  - residual:
      layers:
        - conv: {filters: 32, kernel_size: 1}
        - conv: {filters: 32, kernel_size: 3, stride: 2}
        - conv: {filters: 128, kernel_size: 1, activation: none}
      shortcut:
        - conv: {filters: 128, kernel_size: 1, stride: 2, activation: none}
      activation: relu
```
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from cnn_shapes.network import Node
from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of, shape_in, slides
from cnn_shapes.shapes import Window
from cnn_shapes.words import say

SEVERITY = "warning"
_LARGEST_STRIDE = 64  # beyond it, windows of several layers are not compared pixel by pixel


def check(context: RuleContext) -> Iterator[RuleFinding]:
    seen = set()
    for node in context.strided:
        source = node.inputs[0]
        if source.index in seen or context.is_output(source):
            continue
        seen.add(source.index)
        readers = [node] if source.uses == 1 else context.readers(source)
        if not all(slides(reader.layer) and reader.error is None for reader in readers):
            continue
        sizes = shape_in(node).sizes
        columns = zip(*(layer_of(reader).windows(shape_in(reader)) for reader in readers), strict=True)
        shares = [_read(size, windows) for size, windows in zip(sizes, columns, strict=True)]
        if all(read == total for read, total in shares):
            continue
        read = total = 1
        for part, whole in shares:
            read, total = read * part, total * whole
        common = gcd(read, total)
        yield RuleFinding(
            node.at("stride"),
            "no layer reads more than {share} of the {size} feature map from {source}: "
            "{how} steps over the rest",
            {
                "share": f"{read // common}/{total // common}",
                "size": sizes,
                "source": source.name,
                "how": _how(node),
            },
            pointer="larger than the kernel" if _gaps(node) else "",
            layer=node.name,
        )


def _read(size: int, windows: tuple[Window, ...]) -> tuple[int, int]:
    """How many pixels of a period along one axis are read by at least one of the windows."""
    first = windows[0]
    stride = first.stride
    if any(window.output(size) < 2 for window in windows):
        return 1, 1
    share = min(first.kernel_size, stride // gcd(stride, first.dilation))
    if share == stride or len(windows) == 1:
        return share, stride
    if stride > _LARGEST_STRIDE or any(window.stride != stride for window in windows):
        return 1, 1
    pixels = {
        (window.dilation * tap - window.before) % stride
        for window in windows
        for tap in range(min(window.kernel_size, stride))
    }
    return len(pixels), stride


def _gaps(node: Node) -> bool:
    windows = layer_of(node).windows(shape_in(node))
    return any(window.extent < window.stride for window in windows)


def _how(node: Node) -> str:
    first = layer_of(node).windows(shape_in(node))[0]
    template = "kernel_size {kernel} with stride {stride}"
    if first.dilation > 1:
        template = "kernel_size {kernel} with stride {stride}, dilation {dilation}"
    return say(template, kernel=first.kernel_size, stride=first.stride, dilation=first.dilation)
