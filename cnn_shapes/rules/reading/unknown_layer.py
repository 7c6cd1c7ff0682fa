"""No layer, structure or block has this name.

Why: Kinds are lower case (`conv`, `maxpool`); class names of PyTorch and Keras that mean the same are read
as they are (`Conv2d`, `MaxPooling2D`); names of your own blocks begin with a capital. Where a framework's
class means something else, the message says what to write. `cnn-shapes explain layers` lists the kinds.

Source: torch.nn (https://docs.pytorch.org/docs/stable/nn.html) and keras.layers
(https://keras.io/api/layers/).

Bad:
```yaml
input: [28, 28, 1]
layers:
  - convolution: {filters: 32, kernel_size: 5}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
"""
