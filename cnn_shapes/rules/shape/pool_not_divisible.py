"""A feature map is no multiple of the pool that stands behind it.

Why: A pool of 2 halves a size, and 25 has no half: rows and columns would be left over. The message says
how many, and the fixes change the layer before by as little as makes it fit. `rounding: floor` on the pool
drops them, `rounding: ceil` keeps them.

Source: https://github.com/keras-team/keras/issues/4818 (45 rows become 22, and the decoder gives 44 back);
https://github.com/moberweger/deep-prior/issues/4.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 4, activation: relu}
  - maxpool: 2
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: 2
```
"""
