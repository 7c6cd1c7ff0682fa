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

from collections.abc import Iterator

from cnn_shapes.diagnostics import Label
from cnn_shapes.network import Node
from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of

SEVERITY = "warning"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    if not any(map(_drops, context.of("drops_values"))):
        return
    dropped: dict[int, Node] = {}  # the dropout that a node is after, with no norm between
    reported = set()
    for node in context.nodes:
        layer = layer_of(node)
        if layer.drops_values and _drops(node):
            dropped[node.index] = node
            continue
        if not dropped:
            continue
        dropout = None
        for source in node.inputs:
            dropout = dropout or dropped.get(source.index)
        if dropout is None:
            continue
        if not layer.is_norm:
            dropped[node.index] = dropout
        elif layer.uses_batch_statistics and dropout.index not in reported:
            reported.add(dropout.index)
            yield RuleFinding(
                dropout.at("rate"),
                "{norm} normalises what {dropout} has thinned out: put the dropout after the last batchnorm",
                {"norm": node.name, "dropout": dropout.name},
                labels=(Label(node.at("norm"), "learns the variance that only training has"),),
                layer=dropout.name,
            )


def _drops(dropout: Node) -> bool:
    return bool(layer_of(dropout).rate > 0)
