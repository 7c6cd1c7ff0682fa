"""A size would be no natural number.

Why: An output has (size + padding - extent)/stride + 1 pixels. Where the division leaves a rest, the last
step of the window does not fit: frameworks round down and lose what is left over. In `exact`, the default,
that is an error, since it is most often a slip in a kernel, stride or padding. `rounding: floor` is what
PyTorch and Keras do.

Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016
(https://arxiv.org/abs/1603.07285), relationships 5 and 6.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, stride: 2}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 4, stride: 2}
```
"""
