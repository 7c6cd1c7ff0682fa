"""Rows or columns at the end of a feature map are read by no window.

Why: With `rounding: floor` a window stops where its next step would not fit, and what is left over is lost
without a word. In a decoder the size that was lost is missed later, when it is to be joined with what came
before the pool. A rest that lies in the padding loses nothing and is not reported.

Source: https://github.com/keras-team/keras/issues/4818 (a pool makes 22 rows of 45, and the decoder gives
44 back); https://github.com/jvanvugt/pytorch-unet/issues/2 (1646 pixels go in, 1632 come out).

Bad:
```yaml
input: [45, 60, 3]
rounding: floor
layers:
  - conv: {filters: 16, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 2
```

Good:
```yaml
input: [46, 60, 3]
rounding: floor
layers:
  - conv: {filters: 16, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 2
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import Note
from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of, shape_in
from cnn_shapes.shapes import EXACT, FLOOR, Window, left_over, per_axis

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for node in context.strided:
        layer = layer_of(node)
        if layer.rounding != FLOOR or layer.padding == "same" or layer.is_causal:
            continue  # a causal window sees what is before its place: what is after the last has none
        if node.waived is not None:
            continue  # the same was silenced as an error
        sizes = shape_in(node).sizes
        windows: tuple[Window, ...] = layer.fixed_windows
        lost = tuple([window.drops(size) for window, size in zip(windows, sizes, strict=True)])
        if not any(lost):
            continue
        formulas = [
            window.formula(size, EXACT)
            for window, size, drop in zip(windows, sizes, lost, strict=True)
            if drop
        ]
        longer = [
            f"[{window.before}, {window.after + (window.stride - window.rest(size) if drop else 0)}]"
            for window, size, drop in zip(windows, sizes, lost, strict=True)
        ]
        advice = "padding: [{padding}] reads all of it"
        if layer.is_pool:
            advice = "rounding: ceil on this pool reads all of it; so does padding: [{padding}]"
        yield RuleFinding(
            node.at("kernel_size" if layer.is_pool else "stride"),
            "the end of the {size} feature map is never read: {formula} rounds down",
            {"size": sizes, "formula": per_axis(formulas), "lost": lost},
            pointer=left_over(lost),
            notes=(Note(advice, {"padding": ", ".join(longer)}),),
            layer=node.name,
        )
