"""Something that must be there is not.

Why: A spec needs `input` and `layers`, a convolution its `filters`, a pool its `kernel_size`, a join its
inputs. No number is guessed in their place.

Source: the table of kinds and fields in specs/README.md.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {kernel_size: 5}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
"""
