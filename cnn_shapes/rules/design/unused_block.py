"""Nothing calls this block.

Why: A block that no layer calls is not part of the network. Most often a call was renamed or left out, and
the network is not the one that the file seems to describe.

Source: the same slip in code: https://github.com/tianzhi0549/FCOS/issues/217 (a layer is defined and not
used, and training in parallel stops with an error).

Bad:
```yaml
input: [32, 32, 3]
blocks:
  Stem:
    layers:
      - conv: {filters: 16, kernel_size: 3, padding: half, activation: relu}
layers:
  - conv: {filters: 16, kernel_size: 3, padding: half, activation: relu}
```

Good:
```yaml
input: [32, 32, 3]
blocks:
  Stem:
    layers:
      - conv: {filters: 16, kernel_size: 3, padding: half, activation: relu}
layers:
  - Stem
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.language.entry import BLOCK, Item
from cnn_shapes.rules.context import TRACE, RuleContext, RuleFinding

SEVERITY = "warning"
CLUE = TRACE


def check(context: RuleContext) -> Iterator[RuleFinding]:
    blocks = context.spec.blocks
    if not blocks or not context.whole:
        return
    called: set[str] = set()
    seen: set[int] = set()  # many aliases may refer to one list
    waiting: list[Item] = list(context.spec.items)
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if item.form == BLOCK and item.kind not in called:
            called.add(item.kind)
            waiting += blocks[item.kind].items
        for items in item.lists.values():
            waiting += items
    for name, block in blocks.items():
        if name not in called:
            yield RuleFinding(
                block.key.span, "nothing calls the block {name}: call it, or leave it out", {"name": name}
            )
