"""The rules of shapes: what each means, as `cnn-shapes explain` prints it. Others raise them.

By its name, each is written like the docstring of a design rule.
"""

SHAPE_DOCS: dict[str, str] = {
    "bad-padding": """\
More padding than the layer can have.

Why: A pool whose window lies in the padding alone has nothing to compare: PyTorch allows at most half of
the kernel. The `output_padding` of a transposed convolution only chooses among the sizes that its stride
leaves open, so it is smaller than the stride or the dilation.

Source: PyTorch: "pad should be at most half of effective kernel size" (aten/src/ATen/native/Pool.h);
"output padding must be smaller than either stride or dilation" (aten/src/ATen/native/Convolution.cpp).

Bad:
```yaml
input: [28, 28, 8]
layers:
  - maxpool: {kernel_size: 3, stride: 1, padding: 2}
```

Good:
```yaml
input: [28, 28, 8]
layers:
  - maxpool: {kernel_size: 3, stride: 1, padding: 1}
```
""",
    "expect-mismatch": """\
What comes out is not what the spec says must come out.

Why: `expect` (and `in_channels`, `in_features`) is an assertion: it holds a network to the sizes that were
once agreed on. Either a change upstream moved the size, or the expectation is out of date.

Source: torch.nn's own `in_features` fails in the same place, at run time:
https://github.com/qubvel-org/segmentation_models.pytorch/issues/93.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: {kernel_size: 2, expect: [14, 14, 32]}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: {kernel_size: 2, expect: [12, 12, 32]}
```
""",
    "groups-not-divisible": """\
Channels cannot be shared out into equal groups.

Why: A grouped convolution, a split, a group normalisation, a channel shuffle and a pixel shuffle all cut
the channels into equal parts, so their number must be a multiple. `divisible(c, 8)` rounds a scaled width
to one, as MobileNet does.

Source: https://github.com/pytorch/vision/pull/1005 (MobileNetV2's widths, rounded to multiples of 8).

Bad:
```yaml
input: [28, 28, 12]
layers:
  - conv: {filters: 32, kernel_size: 3, groups: 8, activation: relu}
```

Good:
```yaml
input: [28, 28, 16]
layers:
  - conv: {filters: 32, kernel_size: 3, groups: 8, activation: relu}
```
""",
    "needs-flatten": """\
A dense layer follows a feature map.

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
""",
    "pool-not-divisible": """\
A feature map is not a multiple of the pool that follows it.

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
""",
    "shape-mismatch": """\
Tensors that are joined, or reshaped, do not fit.

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
""",
    "share-mismatch": """\
A layer has the weights of another, and would need others.

Why: Weights that are shared are one tensor. Two layers can have it where their kernels, the channels that
come in and those that go out are the same; strides, paddings and sizes may differ.

Source: Lin et al., "Focal Loss for Dense Object Detection", 2017 (https://arxiv.org/abs/1708.02002), section
4: the heads of RetinaNet share their weights across all levels of the pyramid.

Bad:
```yaml
input: [28, 28, 8]
layers:
  - conv: {filters: 8, kernel_size: 3, activation: relu, name: first}
  - conv: {filters: 16, kernel_size: 3, activation: relu, share: first}
```

Good:
```yaml
input: [28, 28, 8]
layers:
  - conv: {filters: 8, kernel_size: 3, activation: relu, name: first}
  - conv: {filters: 8, kernel_size: 3, activation: relu, share: first}
```
""",
    "size-not-whole": """\
A size would not be a natural number.

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
""",
    "window-too-large": """\
A window is larger than the feature map, or nothing is left of it.

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
""",
    "wrong-inputs": """\
A layer or block gets more or fewer inputs than it takes.

Why: A join takes two or more, a block as many as it declares under `inputs`, every other layer one: several
tensors must be joined first.

Source: the section on structure in specs/README.md.

Bad:
```yaml
input: [28, 28, 8]
layers:
  - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: a}
  - maxpool: {kernel_size: 2, from: [input, a]}
```

Good:
```yaml
input: [28, 28, 8]
layers:
  - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: a}
  - concat: [input, a]
  - maxpool: 2
```
""",
    "wrong-rank": """\
A layer gets more or fewer axes than it works on.

Why: A convolution or pool slides over 1 to 3 spatial axes: after `flatten` there are none. A class name
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
""",
}
