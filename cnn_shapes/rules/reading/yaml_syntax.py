"""The text is no YAML, or no UTF-8.

Why: A spec is one YAML document in UTF-8. Reading stops where the text can be followed no further:
indentation that mixes tabs and spaces, a bracket that is not closed, a colon without its space, tags that
would build Python objects, a second document.

Source: YAML 1.2.2 (https://yaml.org/spec/1.2.2/); https://github.com/yaml/pyyaml/issues/321 on why tags are
not followed.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5
  - relu
```

Good:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5}
  - relu
```
"""
