"""What comes out is not what the spec says must come out.

Why: `expect` (and `in_channels`, `in_features`) is an assertion: it holds a network to the sizes that were
once agreed on. Either a change upstream moved the size, or the expectation is out of date.

Source: torch.nn's own `in_features` fails in the same place, at run time:
https://github.com/qubvel-org/segmentation_models.pytorch/issues/93.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: {kernel_size: 2, expect: [14, 14, 32]}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: {kernel_size: 2, expect: [12, 12, 32]}
```
"""
