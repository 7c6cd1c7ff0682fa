"""A layer shares the weights of one that its `if` leaves out, and so has weights of its own.

Why: `share` counts no weights, because the layer that it names has them. Where the `if` of that one is
false, nothing has them, and those of this layer are counted instead: two that share the same absent layer are
counted twice. Give the sharing layer the same `if`, or let it share with a layer that is always there.

Source: torch.nn.Module.parameters yields a parameter once, of the module that holds it
(https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html): without that module there is none.

Bad:
```yaml
input: [28, 28, 8]
params: {deep: false}
layers:
  - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: first, if: deep}
  - conv: {filters: 8, kernel_size: 3, padding: half, share: first}
```

Good:
```yaml
input: [28, 28, 8]
params: {deep: false}
layers:
  - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: first, if: deep}
  - conv: {filters: 8, kernel_size: 3, padding: half, share: first, if: deep}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.rules.context import RuleContext, RuleFinding

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    for span, name in dict.fromkeys(context.network.unshared):
        template = "the if of {name} leaves it out here: this layer has weights of its own, which are counted"
        yield RuleFinding(span, template, {"name": name})
