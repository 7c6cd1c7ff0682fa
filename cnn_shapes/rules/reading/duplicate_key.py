"""One thing is said twice in the same place.

Why: YAML readers keep the last of two equal keys without a word, so that the first one seems to hold and
does not. Two names of one field (`filters` and `out_channels`) are the same key.

Source: YAML 1.2.2, section 3.2.1.3: keys are unique; https://github.com/yaml/pyyaml/issues/165 asks PyYAML
to say so.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, out_channels: 64}
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
```
"""
