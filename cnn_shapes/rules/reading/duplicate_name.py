"""A name that is taken already.

Why: A `from` would not know which of the two layers it means. Names are unique in their list of layers;
blocks cannot be called as a layer kind is.

Source: Keras refuses it too: https://github.com/keras-team/keras/issues/5540 ("All layer names should be
unique").

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu, name: features}
  - maxpool: {kernel_size: 2, name: features}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu, name: features}
  - maxpool: {kernel_size: 2, name: pool}
```
"""
