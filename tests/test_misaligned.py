"""Which shifts between the ways to a join are reported, and which are what the network is for."""

import pytest

from tests.specs import check, found, spec

PARALLEL = "parallel:\n      merge: add\n      branches:\n"
STRIDED = "conv: {filters: 8, kernel_size: 3, stride: 2, padding: half, rounding: floor}"
RULE = "misaligned-join"


def parallel(*branches: str) -> str:
    return spec(PARALLEL + "\n".join(f"        - [{branch}]" for branch in branches))


REPORTED = [
    # TensorFlow's `same` pads the end of 28 alone: a window over pixels 0 to 2 has its centre on 1
    (
        parallel(
            "conv: {filters: 8, kernel_size: 3, stride: 2, padding: same}",
            "conv: {filters: 8, stride: 2, rounding: floor}",
        ),
        "parallel1.0.conv1 and parallel1.1.conv1 have their centres 1 input pixel apart",
    ),
    # a pool before both ways explains nothing: padding at the end alone is one unit off
    (
        spec("maxpool: 2\nresidual: [conv: {filters: 8, kernel_size: 2, padding: [[0, 1], [0, 1]]}]"),
        "residual1.conv1 and maxpool1 have their centres 1 input pixel apart",
    ),
    # a pool over pixels 2 and 3 beside a window over -1 to 1: more than one step of 2
    (
        parallel(STRIDED, "avgpool: 2, crop: [[1, 0], [1, 0]], pad: [[0, 1], [0, 1]]"),
        "parallel1.0.conv1 and parallel1.1.pad1 have their centres 2.5 input pixels apart",
    ),
    # padding at the beginning, but the windows do not end at one place
    (
        spec("residual: [conv: {filters: 8, kernel_size: 5, padding: [[3, 1], [3, 1]]}]"),
        "residual1.conv1 and input have their centres 1 input pixel apart",
    ),
]

MEANT = {
    # a 3x3 window with padding 1 has its centre on pixel 0, a 2x2 pool between pixels 0 and 1
    "ResNet-D": parallel(STRIDED, "avgpool: 2, conv: 8"),
    "ENet": parallel(STRIDED, "maxpool: 2").replace("merge: add", "merge: concat"),
    "BN-Inception": parallel(STRIDED, "maxpool: {kernel_size: 3, stride: 2, rounding: ceil}"),
    "pixels into channels": parallel(STRIDED, "space_to_depth: 2, conv: 8"),
    "WaveNet": spec(
        "residual: [pad: [[4, 0]], conv: {filters: 8, kernel_size: 3, dilation: 2}]\n"
        "residual: [conv: {filters: 8, kernel_size: 2, dilation: 4, padding: [[4, 0]]}]",
        "[64, 8]",
    ),
    # Bai 2018 pads both ends and cuts off the end
    "TCN": spec(
        "residual: [conv: {filters: 8, kernel_size: 3, dilation: 2, padding: 4}, crop: [[0, 4]]]", "[64, 8]"
    ),
}


@pytest.mark.parametrize(("text", "reported"), REPORTED)
def test_a_shift_is_reported(text: str, reported: str) -> None:
    report = check(text)
    assert report.ok
    assert [message.partition("along the height ")[2] for message in found(report, RULE)] == [reported]


@pytest.mark.parametrize("text", MEANT.values(), ids=MEANT)
def test_a_shift_is_meant(text: str) -> None:
    report = check(text)
    assert report.ok
    assert found(report, RULE) == []
