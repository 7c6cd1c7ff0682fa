"""What comes out of a custom layer, and what it costs, is as it is stated.

Why: Nothing checks what a `custom` layer says of itself. All sizes after it hold if its own does, and its
parameters and MACs are in the totals. So a reader of the report should know which of its numbers were
computed and which were stated.

Source: fvcore's counter of FLOPs lists each operator that it cannot count, and what it left out
(https://github.com/facebookresearch/fvcore/blob/main/docs/flop_count.md): a total without that is not one.

Bad:
```yaml
input: [28, 28, 8]
layers:
  - custom: {output: [h_in, w_in, 16], params: 1152}
```

Good:
```yaml
input: [28, 28, 8]
layers:
  - conv: {filters: 16, kernel_size: 3, padding: half, bias: false}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.rules.context import RuleContext, RuleFinding, layer_of

SEVERITY = "info"


def check(context: RuleContext) -> Iterator[RuleFinding]:
    told: set[int] = set()
    for node in context.of("is_stated"):
        if id(node.place) in told:
            continue
        told.add(id(node.place))
        layer = layer_of(node)
        stated = "" if layer.output is None else "its output, "
        stated += "{params} parameters and {macs} MACs" if node.shares is None else "{macs} MACs"
        template = "{name} is taken on trust: " + stated + ", as stated"
        facts = {"name": node.name, "params": f"{layer.params:,}", "macs": f"{layer.macs:,}"}
        if node.shares is not None:
            template += "; its parameters are those of {of}, counted there"
            facts["of"] = node.shares.name
        yield RuleFinding(node.place.span, template, facts, layer=node.name)
