"""A layer gets more or fewer axes than it works on.

Why: A convolution or pool slides over 1 to 3 spatial axes: behind `flatten` there are none. A class name
with its rank in it (`Conv1d`) is held to that rank.

Source: https://github.com/keras-team/keras/issues/3385 ("expected ndim=4, found ndim=3").

Bad:
```yaml
input: [28, 28, 1]
layers:
  - flatten
  - conv: {filters: 32, kernel_size: 5}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - flatten
```
"""
