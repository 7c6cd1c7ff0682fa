"""The network has more of something than its `budget` allows.

Why: A budget is an assertion, as `expect` is: what the device or the team can afford. The message names the
layers that have most of it, and of the deployed peak what is alive at once there: `cnn-shapes explain memory`
says what each figure counts. Bytes are those of the budget's `dtype`, for one sample. It is judged for the
sizes and params that are tried, too.

Source: Lin et al. 2020, MCUNet, https://arxiv.org/abs/2007.10319: a network fits a microcontroller by its
peak memory and its weights.

Bad:
```yaml
input: [28, 28, 1]
budget: {params: 10K}
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: 4
  - flatten
  - dense: 10
```

Good:
```yaml
input: [28, 28, 1]
budget: {params: 15K}
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: 4
  - flatten
  - dense: 10
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnn_shapes.diagnostics import ERROR, Label
from cnn_shapes.memory import FIGURES, FLOAT32, LAYERS, PEAK, amount_of, parts_of
from cnn_shapes.network import Node
from cnn_shapes.rules.context import RuleContext, RuleFinding
from cnn_shapes.shapes import listed
from cnn_shapes.shown_text import size_in_memory
from cnn_shapes.words import say

SEVERITY = ERROR
_SHOWN = 3  # layers that have most


def check(context: RuleContext) -> Iterator[RuleFinding]:
    budget = context.spec.budget
    if budget is None or not context.sound:
        return
    for limit in budget.limits:
        found = amount_of(context.trace, limit.name, budget.dtype)
        if found <= limit.most:
            continue
        kind = FIGURES[limit.name]
        parts = _most(parts_of(context.trace, limit.name, budget.dtype), limit.name)
        template = "the network has {found} {what}, and its budget is {limit}: {where} {layers}"
        where = say("alive at once are" if limit.name == PEAK else "most are in")
        noun = say(kind.noun)
        if kind.in_bytes and budget.dtype != FLOAT32:
            noun = say("{noun} in {dtype}", noun=noun, dtype=budget.dtype)
        yield RuleFinding(
            limit.span,
            template,
            {
                "found": f"{found:,}",
                "what": noun,
                "limit": f"{limit.most:,}",
                "where": where,
                "layers": listed([f"{name} ({size:,})" for size, name, _ in parts]),
            },
            pointer=_as_much(found, limit.most, kind.in_bytes),
            labels=tuple(
                Label(node.place.span, "{size} of them", {"size": f"{size:,}"})
                for size, _, node in parts
                if limit.name != LAYERS
            ),
        )


def _most(parts: Sequence[tuple[int, Node]], name: str) -> list[tuple[int, str, Node]]:
    """The layers that have most of a figure; of the number of layers the entries that have most of them."""
    if name == LAYERS:
        entries: dict[int, list[Node]] = {}
        for _, node in parts:
            entries.setdefault(node.entry, []).append(node)
        named = [(len(nodes), nodes[0].name.partition(".")[0], nodes[0]) for nodes in entries.values()]
    else:
        named = [(size, node.name, node) for size, node in parts if size]
    return sorted(named, key=lambda part: -part[0])[:_SHOWN]


def _as_much(found: int, most: int, in_bytes: bool) -> str:
    """How far a figure is beyond its limit, in words."""
    over = found - most
    text = say("{size} too many", size=size_in_memory(over) if in_bytes else f"{over:,}")
    if most and found >= 2 * most:
        text = say("{text}: {times:.1f} times as many", text=text, times=found / most)
    return text
