"""What the tests of `sizes` share: reports of short specs, and their answer."""

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.input_sizes import Sizes, sizes
from cnn_shapes.source import Source
from tests.networks import SPECS


def report_on(spec: str) -> CheckResult:
    return check_source(Source("spec.yaml", spec))


def answer(report: CheckResult, rounding: str | None = None, square: bool = False) -> Sizes:
    found = sizes(report, rounding, square)
    assert found is not None
    return found


def zoo(name: str) -> CheckResult:
    return report_on((SPECS / f"{name}.yaml").read_text(encoding="utf-8"))


def layers(*entries: str, input: str = "[28, 28, 3]", rounding: str = "exact") -> CheckResult:
    lines = "".join(f"  - {entry}\n" for entry in entries)
    return report_on(f"input: {input}\nrounding: {rounding}\nlayers:\n{lines}")
