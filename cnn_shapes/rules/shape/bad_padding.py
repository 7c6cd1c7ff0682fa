"""More padding than the layer can have.

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
"""
