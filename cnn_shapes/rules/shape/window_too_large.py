"""A window is larger than the feature map, or nothing is left of it.

Why: After a few pools a map is small: a 5x5 kernel does not fit into 4x4. The same holds for a crop that
takes everything, and for padding of a transposed convolution that does. A larger input, less pooling, or
padding help.

Source: PyTorch: "Kernel size can't be greater than actual input size"
(aten/src/ATen/native/Convolution.cpp); https://github.com/pytorch/pytorch/issues/17247 from when it was not
checked.

Bad:
```yaml
input: [8, 8, 3]
layers:
  - conv: {filters: 16, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 2
  - conv: {filters: 16, kernel_size: 5, activation: relu}
```

Good:
```yaml
input: [8, 8, 3]
layers:
  - conv: {filters: 16, kernel_size: 3, padding: half, activation: relu}
  - maxpool: 2
  - conv: {filters: 16, kernel_size: 3, activation: relu}
```
"""
