"""A comment that is to silence a rule names none, or one that does not exist.

Why: A misspelt name silences nothing, and a comment without a name would silence also what nobody has seen
yet. So each comment names its rules: `# cnn-shapes: ignore[rule, rule] reason` on the line or above it,
`# cnn-shapes: ignore-file[rule] reason` for the file. Errors of reading cannot be silenced.

Source: https://docs.astral.sh/ruff/rules/blanket-noqa/ and https://docs.astral.sh/ruff/rules/invalid-rule-code/.

Bad:
```yaml
input: [27, 27, 1]
layers:
  - conv: {filters: 32, kernel_size: 4, activation: relu}
  - maxpool: 2  # cnn-shapes: ignore
```

Good:
```yaml
input: [27, 27, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: {kernel_size: 2, rounding: floor}  # cnn-shapes: ignore[pixels-dropped] as published
```
"""

SEVERITY = "warning"
