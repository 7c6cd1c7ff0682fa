"""A comment silences a rule that finds nothing there.

Why: Such a comment says that something is odd where nothing is, and would hide the next finding of that rule
at this place. Nothing is told where `--input` or `--set` try other values, or where an error keeps rules from
looking.

Source: https://docs.astral.sh/ruff/rules/unused-noqa/, and `--report-unused-disable-directives` of ESLint.

Bad:
```yaml
input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 5, activation: relu}
  - maxpool: 2  # cnn-shapes: ignore[pixels-dropped] as published
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
