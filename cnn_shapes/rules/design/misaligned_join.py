"""A join puts together what looks at different places of the image.

Why: Every unit looks at a patch of the input with a centre. Where two ways lead to a join with different
strides, paddings or pools, the centres may differ: features of one place are added to features of another.
Checked where no upsampling lies on the way; a gate is left out, since it looks at everything.

Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019
(https://distill.pub/2019/computing-receptive-fields/), "Arbitrary computation graphs": with TensorFlow's
`same`, the centres of a strided 3x3 convolution and of its 1x1 shortcut differ on an even size; ResNet-D's
2x2 average pool in the shortcut (https://arxiv.org/abs/1812.01187) moves it by half a pixel.

Bad:
```yaml
input: [56, 56, 64]
rounding: floor
layers:
  - residual:
      layers:
        - conv: {filters: 64, kernel_size: 3, stride: 2, padding: [[0, 1], [0, 1]], activation: relu}
        - conv: {filters: 64, kernel_size: 3, padding: half}
      shortcut:
        - avgpool: {kernel_size: 1, stride: 2}
```

Good:
```yaml
input: [56, 56, 64]
rounding: floor
layers:
  - residual:
      layers:
        - conv: {filters: 64, kernel_size: 3, stride: 2, padding: half, activation: relu}
        - conv: {filters: 64, kernel_size: 3, padding: half}
      shortcut:
        - avgpool: {kernel_size: 1, stride: 2}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import Label
from cnn_shapes.receptive_field import PIXEL, View
from cnn_shapes.rules.context import Context, Found
from cnn_shapes.shapes import AXIS_NAMES

SEVERITY = "info"
_ENLARGING = ("upsample", "conv_transpose", "pixel_shuffle")


def check(context: Context) -> Iterator[Found]:
    joins = [node for node in context.of("add", "concat", "multiply") if not context.step(node).aligned]
    enlarged = _enlarged(context) if joins else set()
    for node in joins:
        if any(source.index in enlarged for source in node.inputs):
            continue
        columns = [
            context.step(source).views if source.inputs else (PIXEL,) * (len(node.output or ()) - 1)
            for source in node.inputs
        ]
        for axis, views in enumerate(zip(*(column or () for column in columns), strict=True)):
            known = [view for view in views if view is not None]
            if len(known) < len(views):
                break
            first = known[0]
            place = next((place for place, view in enumerate(known) if not _same(first, view)), None)
            if place is None:
                continue
            yield Found(
                node.place.span,
                "the inputs of {name} look at different places: along the {axis} {first} and {other} "
                "{difference}",
                {
                    "name": node.name,
                    "axis": AXIS_NAMES[len(columns[0] or ())][axis],
                    "first": node.inputs[0].name,
                    "other": node.inputs[place].name,
                    "difference": _difference(first, known[place]),
                },
                labels=tuple(
                    Label(source.place.span, "{name} comes from here", {"name": source.name})
                    for source in (node.inputs[0], node.inputs[place])
                    if source.place is not node.place
                ),
                layer=node.name,
            )
            break


def _enlarged(context: Context) -> set[int]:
    """The nodes with an upsampling before them: what they see has no one centre."""
    found: set[int] = set()
    for node in context.nodes:
        if node.kind in _ENLARGING or any(source.index in found for source in node.inputs):
            found.add(node.index)
    return found


def _same(one: View, other: View) -> bool:
    return one.advance == other.advance and one.low(0) + one.high(0) == other.low(0) + other.high(0)


def _difference(one: View, other: View) -> str:
    if one.advance != other.advance:
        return f"advance by {one.advance} and {other.advance} input pixels a step"
    twice = abs(one.low(0) + one.high(0) - other.low(0) - other.high(0))
    pixels = "1 input pixel" if twice == 2 else f"{twice // 2}{'.5' if twice % 2 else ''} input pixels"
    return f"have their centres {pixels} apart"
