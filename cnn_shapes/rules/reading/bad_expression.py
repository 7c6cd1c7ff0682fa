"""An expression that cannot be read or has no value.

Why: Expressions stand bare: `filters: 4*c`. They know numbers, the names of params, and the arithmetic of
Python without powers, attributes and calls other than `min max ceil floor round divisible ceil_to`. A
power, a division by zero or an open parenthesis ends here.

Source: the section on expressions in specs/README.md; https://docs.python.org/3/reference/expressions.html.

Bad:
```yaml
input: [28, 28, 1]
params: {width: 2}
layers:
  - conv: {filters: 16*width, kernel_size: width**2}
```

Good:
```yaml
input: [28, 28, 1]
params: {width: 2}
layers:
  - conv: {filters: 16*width, kernel_size: width + 1}
```
"""
