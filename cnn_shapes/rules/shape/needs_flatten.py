"""A dense layer stands behind a feature map.

Why: `dense` takes a vector. `flatten` makes one of all pixels and channels, `global_avgpool` one of the
channels' means. Frameworks do not object: they apply the layer to the last axis alone, which is hardly ever
meant.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html (input `(*, in_features)`);
Keras' Dense likewise.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - dense: 10
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - flatten
  - dense: 10
```
"""
