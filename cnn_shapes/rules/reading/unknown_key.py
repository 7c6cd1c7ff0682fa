"""A key that means nothing here.

Why: A misspelt key that is passed over is a setting that silently does not hold. So every key must be
known, and the nearest known one is offered. Arguments of PyTorch and Keras that change no shape (`eps`,
`momentum`, `inplace`), or that follow from the input (`num_features`), are refused too: leave them out.

Source: https://github.com/keras-team/keras-applications/issues/63 shows what an argument that does nothing
costs its users.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel-size: 5}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
"""
