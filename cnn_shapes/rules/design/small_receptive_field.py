"""What is averaged for the answer sees less than half of the image.

Why: A mean over the last feature map is a vote of patches. Where the receptive field is small, no part of
the network relates what lies farther apart: it sees textures, not shapes. More layers, strides, pools or
dilation widen the field.

Source: Brendel and Bethge, "Approximating CNNs with Bag-of-local-Features models works surprisingly well on
ImageNet", ICLR 2019 (https://arxiv.org/abs/1904.00760): ResNet-50 with fields of 9, 17 and 33 pixels, which
it shows to be bags of patches; Araujo et al., Distill 2019
(https://distill.pub/2019/computing-receptive-fields/), for how accuracy follows the field.

Bad:
```yaml
input: [224, 224, 3]
layers:
  - conv: {filters: 32, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 2
  - conv: {filters: 64, kernel_size: 3, padding: half, activation: relu}
  - global_avgpool
  - dense: 10
```

Good:
```yaml
input: [16, 16, 3]
layers:
  - conv: {filters: 32, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 2
  - conv: {filters: 64, kernel_size: 3, padding: half, activation: relu}
  - global_avgpool
  - dense: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.network import Node
from cnn_shapes.rules.context import RuleContext, RuleFinding, shape_in

SEVERITY = "info"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    pool = _last_pool(context) if context.sound else None
    if pool is None or not pool.inputs[0].inputs:
        return
    sizes = context.trace.whole(pool).sizes
    field = _field(context, pool.inputs[0])
    if field is not None and _narrow(field, sizes) and not _related(context, pool, sizes):
        yield RuleFinding(
            pool.place.span,
            "{name} averages patches: each sees {field} of the {input} input, less than half, "
            "and no layer relates them",
            {"name": pool.name, "field": field, "input": sizes},
            layer=pool.name,
        )


def _field(context: RuleContext, node: Node) -> tuple[int, ...] | None:
    """What a layer sees; None where that is the whole input along some axis."""
    views = context.trace.views[node.index]
    if views is None or None in views:
        return None
    return tuple([view.width for view in views if view is not None])


def _narrow(field: tuple[int, ...], sizes: tuple[int, ...]) -> bool:
    return len(field) == len(sizes) and all(
        2 * width < size for width, size in zip(field, sizes, strict=True)
    )


def _related(context: RuleContext, pool: Node, sizes: tuple[int, ...]) -> bool:
    """Whether a layer before sees more: the branch of a gate, which counts for no receptive field."""
    if not context.of("is_product"):
        return False  # only a product sees less than one of its inputs
    waiting = list(pool.inputs)
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node.index in seen or not node.inputs:
            continue
        seen.add(node.index)
        field = _field(context, node)
        if field is None or not _narrow(field, sizes):
            return True
        waiting += node.inputs
    return False


def _last_pool(context: RuleContext) -> Node | None:
    """The pool over a whole map after which only vectors and single pixels follow; not that of a gate."""
    for node in reversed(context.network.nodes):
        output = node.output
        if output is None or output.elements != output.channels:
            return None
        if node.layer is not None and node.layer.is_adaptive:
            return node if max(shape_in(node).sizes, default=1) > 1 else None
    return None
