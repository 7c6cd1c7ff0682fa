"""A layer or block gets more or fewer inputs than it takes.

Why: A join takes two or more, a block as many as it declares under `inputs`, every other layer one: several
tensors must be joined first.

Source: the section on structure in specs/README.md.

Bad:
```yaml
input: [28, 28, 8]
layers:
  - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: a}
  - maxpool: {kernel_size: 2, from: [input, a]}
```

Good:
```yaml
input: [28, 28, 8]
layers:
  - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: a}
  - concat: [input, a]
  - maxpool: 2
```
"""
