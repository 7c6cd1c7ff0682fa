"""A name that cannot be seen from there.

Why: A `from` or `outputs` names a layer, an expression a param. A layer sees the names that stand before it
in its own list and around that list; nothing inside a block, branch or structure is seen from outside. A
layer without a written name has none that can be used.

Source: the section on scope in specs/README.md.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 1, kernel_size: 3, padding: half, activation: relu, name: features}
  - add: [input, featuers]
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 1, kernel_size: 3, padding: half, activation: relu, name: features}
  - add: [input, features]
```
"""
