"""No expression uses this param.

Why: A param that nothing reads is a knob without a wire: `--set` changes it and nothing happens.

Source: https://github.com/keras-team/keras-applications/issues/63 (`depth_multiplier` of MobileNetV2 does
nothing), https://github.com/slideflow/slideflow/issues/294 (a hyperparameter search over an argument that
was thrown away).

Bad:
```yaml
input: [32, 32, 3]
params: {width: 1.0}
layers:
  - conv: {filters: 32, kernel_size: 3, activation: relu}
```

Good:
```yaml
input: [32, 32, 3]
params: {width: 1.0}
layers:
  - conv: {filters: 32*width, kernel_size: 3, activation: relu}
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import Item
from cnn_shapes.language.spec import Spec
from cnn_shapes.language.values import read_value
from cnn_shapes.rules.context import TRACE, RuleContext, RuleFinding
from cnn_shapes.source import Map, Span

SEVERITY = "warning"
CLUE = TRACE


def check(context: RuleContext) -> Iterator[RuleFinding]:
    spec = context.spec
    if not context.whole:
        return
    used_in_blocks: set[str] = set()
    for block in spec.blocks.values():
        own = {*block.params, *block.let}
        if not own and not spec.param_nodes:
            continue
        used = _used(block.items).union(
            *(value.names for value in (*block.params.values(), *block.let.values()))
        )
        used_in_blocks |= used - own
        for part, names in (("params", block.params), ("let", block.let)):
            for name in names:
                if name not in used:
                    yield RuleFinding(
                        _key(spec, block, part, name),
                        "nothing in {block} uses {name}: use it in an expression, or leave it out",
                        {"block": block.name, "name": name},
                    )
    if spec.param_nodes:
        used = used_in_blocks | _used(spec.items) | _used_above(spec)
        for name, (key, _) in spec.param_nodes.items():
            if name not in used:
                yield RuleFinding(
                    key.span,
                    "nothing uses the param {name}: use it in an expression, or leave it out",
                    {"name": name},
                )


def _used(items: Iterable[Item]) -> set[str]:
    """The names in the expressions of these entries and of the lists in them, not of the blocks they call."""
    used: set[str] = set()
    seen: set[int] = set()  # many aliases may refer to one list
    waiting = list(items)
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        for _, value in item.dynamic:
            used |= value.names
        for extra in (item.condition, item.expect, *item.branch_conditions.values()):
            if extra is not None:
                used |= extra.names
        for inner in item.lists.values():
            waiting += inner
    return used


def _used_above(spec: Spec) -> set[str]:
    """The names in `params`, `input` and `defaults`."""
    used = {name for value in spec.derived.values() for name in value.names}
    for settings in spec.defaults.values():
        for setting in settings.values():
            used |= setting.value.names
    given = [one.node for one in spec.inputs.values()]
    for node in given or ([] if spec.input_node is None else [spec.input_node]):
        used |= read_value(node, Findings()).names
    return used


def _key(spec: Spec, block: Block, part: str, name: str) -> Span:
    """Where a block's param or local name is declared."""
    node: object = spec.root
    for step in ("blocks", block.name, part):
        node = node.get(step) if isinstance(node, Map) else None
    pairs = node.pairs if isinstance(node, Map) else []
    return next((key.span for key, _ in pairs if key.text == name), block.key.span)
