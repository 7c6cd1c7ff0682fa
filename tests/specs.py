"""Small specs for tests, a layer a line, and what a check says of them."""

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.source import Source

CONV = "conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}"


def check(text: str) -> CheckResult:
    """What a check finds out about the text of a spec."""
    return check_source(Source("<text>", text))


def spec(layers: str, input: str = "[28, 28, 8]", top: str = "") -> str:
    """A spec whose layers are given one a line; lines that are indented belong to the layer above."""
    lines = [line if line.startswith(" ") else f"  - {line}" for line in layers.split("\n")]
    return f"input: {input}\n{top}layers:\n" + "".join(f"{line}\n" for line in lines)


def found(report: CheckResult, rule: str = "") -> list[str]:
    """The messages of a rule; of all rules, with severity and name."""
    if rule:
        return [problem.message() for problem in report.diagnostics if problem.rule == rule]
    return [f"{problem.severity}[{problem.rule}] {problem.message()}" for problem in report.diagnostics]
