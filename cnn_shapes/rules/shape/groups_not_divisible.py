"""Channels cannot be shared out into equal groups.

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
"""
