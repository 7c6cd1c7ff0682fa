"""Joins that do not fit: the message names the layer that a teacher would point at, and the fixes mend it.

The culprits were named by hand, each from the mistake that the file was written with.
"""

import pytest

from cnn_shapes.checking import check_path
from cnn_shapes.repair import repairs
from tests import golden
from tests.specs import check

JOINS = golden.ROOT / "tests" / "joins"
# file, the line of the culprit, what the message says of it, and the line that one of the fixes changes
CULPRITS = [
    ("unet_572", 10, "pool3 makes 71x71 of 143x143, which is not a multiple of its stride 2", 12),
    ("shortcut_stride", 7, "conv1 has stride 2 and makes 28x28 of 56x56", 10),
    ("missing_padding", 8, "b.conv2 makes 26x26 of 28x28, the other way keeps it", 8),
    ("wrong_crop", 7, "cut makes 56x56 of 62x62, where 58x58 is needed", 7),
    ("upsample_3", 6, "upsample1 makes 48x48 of 16x16, where 32x32 is needed", 6),
    ("odd_level", 6, "p3 makes 4x4 of 9x9, which is not a multiple of its stride 2", 5),
    ("odd_two_levels_up", 9, "pool3 makes 12x12 of 25x25, which is not a multiple of its stride 2", 6),
    ("main_filters", 6, "conv2 makes 128 channels, the other input has 64", 6),
    ("dense_concat", 10, "0.conv2 has stride 2 and makes 14x14 of 28x28", 10),
    ("gate", 6, "dense2 makes 32 channels, the other input has 64", 6),
    ("split_channels", 4, "l makes 32 channels, the other input has 40", 4),
    ("output_padding", 5, "conv_transpose1 makes 31x31 of 16x16, where 32x32 is needed", 5),
    ("inception_stride", 9, "pool.maxpool1 has stride 2 and makes 14x14 of 28x28", 9),
]


@pytest.mark.parametrize(("name", "line", "said", "fixed"), CULPRITS)
def test_culprit(name: str, line: int, said: str, fixed: int) -> None:
    report = check_path(str(JOINS / f"{name}.yaml"))
    (found,) = report.errors
    assert found.rule == "shape-mismatch"
    assert said in found.message()
    assert report.source.position(found.labels[0].span.start)[0] == line
    best = repairs(report)
    lines = [
        report.source.position(edit.span.start)[0]
        for repair in (*best.found, *best.rest)
        for edit in repair.edits
    ]
    assert fixed in lines or best.found[0].title.startswith("input: ")
    assert all(repair.after.ok for repair in best.found)


@pytest.mark.parametrize("name", [name for name, *_ in CULPRITS])
def test_output(name: str, update: bool) -> None:
    golden.check(JOINS / f"{name}.out", [f"cnn-shapes check {name}.yaml --quiet"], update=update)


def test_every_file_has_its_culprit() -> None:
    assert sorted(file.stem for file in JOINS.glob("*.yaml")) == sorted(name for name, *_ in CULPRITS)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        # both axes differ: both are reported. 33 = 16*2 + 1, (33 + 2*1 - 3)/2 + 1 = 17; 35 likewise gives 18
        ("33, 35", "down makes 17x18 of 33x35, which is not a multiple of its stride 2"),
        ("33, 34", "down makes 17 of height 33, which is not a multiple of its stride 2"),
        ("32, 35", "down makes 18 of width 35, which is not a multiple of its stride 2"),
    ],
)
def test_the_axes_that_differ_are_reported(sizes: str, said: str) -> None:
    (found,) = check(
        f"input: [{sizes}, 8]\nrounding: floor\nlayers:\n"
        "  - conv: {filters: 8, kernel_size: 3, stride: 2, padding: 1, name: down}\n"
        "  - upsample: {scale: 2, name: up}\n  - add: [up, input]\n"
    ).errors
    assert found.message().endswith(f": {said}")


def test_a_way_through_a_layer_with_fewer_axes() -> None:
    """The stride of a convolution over one axis was asked for along the second one: an internal fault."""
    layers = (
        "[identity: {name: a}, reshape: [64, 4], conv: {filters: 4, activation: relu}, reshape: [8, 8, 4], "
        "conv: {filters: 4, kernel_size: [1, 3]}, add: [a, prev]]"
    )
    report = check(f"input: [8, 8, 4]\nlayers: {layers}")
    assert [found.message() for found in report.errors] == [
        "cannot add 8x8x4 (from a) and 8x6x4 (from conv2): conv2 makes width 6 of 8, the other way keeps it"
    ]
