"""Repairs and input sizes: how long a person waits, against the check itself."""

from collections.abc import Iterator

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.input_sizes import sizes
from cnn_shapes.language.spec import Overrides
from cnn_shapes.repair import repairs
from cnn_shapes.source import Source
from tests.bench.measuring import Row, compared, interleaved

RESNET_152 = Overrides(params=(("n1", 3), ("n2", 8), ("n3", 36), ("n4", 3)))
SAME = "  - conv: {filters: 8, kernel_size: 3, padding: 1}\n"
EVEN = "  - conv: {filters: 8, kernel_size: 4, padding: 1}\n"


def chain(*broken: int) -> CheckResult:
    """200 convolutions with pools between; those at the given places have an even kernel."""
    lines = [EVEN if place in broken else SAME for place in range(200)]
    for place in (190, 120, 60):
        lines.insert(place, "  - maxpool: 2\n")
    return check_source(Source("chain.yaml", "input: [224, 224, 3]\nlayers:\n" + "".join(lines)))


def resnet(*changes: tuple[str, str]) -> CheckResult:
    text = zoo.text("resnet50")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return check_source(Source("resnet152.yaml", text), RESNET_152)


def rows() -> Iterator[Row]:
    kernel = ("kernel_size: 3, stride: s", "kernel_size: 4, stride: s")
    cases = {
        "repair one slip in a 200-layer chain": chain(150),
        "repair three slips in a 200-layer chain": chain(30, 100, 150),
        "repair one slip in ResNet-152": resnet(kernel),
    }
    for what, report in cases.items():
        assert not report.ok
        taken = interleaved(
            5,
            ours=lambda report=report: repairs(report),  # type: ignore[misc]
            check=lambda report=report: check_source(report.source, report.overrides),  # type: ignore[misc]
        )
        yield compared("repair and sizes", what, taken["ours"], "its check", taken["check"])
    report = check_source(Source("resnet50.yaml", zoo.text("resnet50")))
    taken = interleaved(5, ours=lambda: sizes(report), check=lambda: check_source(report.source))
    yield compared(
        "repair and sizes", "all input sizes of ResNet-50", taken["ours"], "its check", taken["check"]
    )
