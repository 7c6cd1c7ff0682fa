"""A value that this field cannot have.

Why: Sizes are whole numbers from 1 up to 2**31-1, lists have one number per spatial axis, words are those
that the field knows. The message says what was expected and what was found.

Source: the table of kinds and fields in specs/README.md; PyTorch and Keras refuse such values when the
network first runs.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 0}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
"""
