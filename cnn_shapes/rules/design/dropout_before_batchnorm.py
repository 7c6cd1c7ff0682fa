"""A batch normalisation follows a dropout.

Why: While training, dropout changes the variance of what it lets through, and the batch normalisation
learns that variance as its running statistic. In use dropout does nothing, the variance is another one, and
the normalisation scales by the wrong number. Dropout belongs after the last batch normalisation.

Source: Li et al., "Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift",
2018 (https://arxiv.org/abs/1801.05134): DenseNet with dropout 0.5 in each bottleneck falls from 77.4 % to
68.6 % on CIFAR-100. Wide ResNets are wide enough to gain from it all the same.

Bad:
```yaml
input: [8, 8, 3]
layers:
  - conv: {filters: 64, kernel_size: 3, activation: relu}
  - dropout: 0.5
  - conv: {filters: 64, kernel_size: 3, bias: false, norm: batch, activation: relu}
  - global_avgpool
  - dense: 10
```

Good:
```yaml
input: [8, 8, 3]
layers:
  - conv: {filters: 64, kernel_size: 3, activation: relu}
  - conv: {filters: 64, kernel_size: 3, bias: false, norm: batch, activation: relu}
  - global_avgpool
  - dropout: 0.5
  - dense: 10
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cnn_shapes.diagnostics import Label
from cnn_shapes.network import Node
from cnn_shapes.rules.context import RuleContext, RuleFinding, is_sure, layer_of

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    norms, nodes = context.of("uses_batch_statistics"), context.network.nodes if context.whole else []
    dropouts = (node.index for node in nodes if node.layer is not None and node.layer.drops_values)
    # most networks have theirs at their end; before a part of a network there may be one
    first = next(dropouts, len(nodes)) if norms else 0
    found: dict[int, Node | None] = {}
    reported = set()
    for node in norms:
        dropout = _dropout_before(node.inputs, found) if node.index > first else None
        if dropout is not None and dropout.index not in reported:
            reported.add(dropout.index)
            yield RuleFinding(
                dropout.at("rate"),
                "{norm} normalises what {dropout} has thinned out: put the dropout after the last batchnorm",
                {"norm": node.name, "dropout": dropout.name},
                labels=(Label(node.at("norm"), "learns the variance that only training has"),),
                layer=dropout.name,
            )


def _dropout_before(sources: Sequence[Node], found: dict[int, Node | None]) -> Node | None:
    """The dropout that is before these with no norm between; `found` is what was found out already."""
    waiting = [source for source in sources if source.index not in found]
    while waiting:
        node = waiting[-1]
        layer: Any = node.layer
        dropout: Node | None = None
        if layer is not None and not layer.is_norm and is_sure(node):
            if layer.drops_values and _drops(node):
                dropout = node
            elif unknown := [source for source in node.inputs if source.index not in found]:
                waiting += unknown
                continue
            else:
                dropout = _first(node.inputs, found)
        found[node.index] = dropout
        waiting.pop()
    return _first(sources, found)


def _first(sources: Iterable[Node], found: dict[int, Node | None]) -> Node | None:
    return next((dropout for source in sources if (dropout := found[source.index]) is not None), None)


def _drops(dropout: Node) -> bool:
    return bool(layer_of(dropout).rate > 0)
