"""The spec asks for more than the limits allow.

Why: A few lines of YAML can unfold into more layers than any computer holds, by repeats of repeats or
aliases of aliases. At most 100,000 layers, 1,000,000 places read and 100 levels of nesting are followed, so
that a check always ends.

Source: https://en.wikipedia.org/wiki/Billion_laughs_attack.

Bad:
```yaml
input: [28, 28, 8]
layers:
  - repeat: {times: 200000, layers: [dropout: 0.1]}
```

Good:
```yaml
input: [28, 28, 8]
layers:
  - repeat: {times: 2, layers: [dropout: 0.1]}
```
"""
