"""A block calls itself, directly or through another one.

Why: It would unfold without end. `repeat` does a thing several times.

Source: the section on structure in specs/README.md.

Bad:
```yaml
input: [28, 28, 8]
blocks:
  Again:
    layers:
      - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}
      - Again
layers:
  - Again
```

Good:
```yaml
input: [28, 28, 8]
blocks:
  Again:
    layers:
      - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}
layers:
  - repeat: {times: 3, layers: [Again]}
```
"""
