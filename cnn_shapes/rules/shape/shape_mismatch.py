"""Tensors that are joined, or reshaped, do not fit.

Why: `add` and `multiply` need equal shapes (or axes of size 1), `concat` all but the channels, `reshape` as
many elements as before. A size that differs by one comes most often from an odd size that was halved
upstream: the message names that layer.

Source: https://github.com/qubvel-org/segmentation_models.pytorch/issues/93 ("Got 20 and 21 in dimension
2"), https://github.com/fastai/fastai2/issues/6.

Bad:
```yaml
input: [28, 28, 16]
layers:
  - residual: [conv: {filters: 32, kernel_size: 3, padding: half}]
```

Good:
```yaml
input: [28, 28, 16]
layers:
  - residual: [conv: {filters: 16, kernel_size: 3, padding: half}]
```
"""
