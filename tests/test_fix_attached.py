"""Fixes that a finding brings along are proved as repairs are; beside one that mends all no note stands."""

import pytest

from cnn_shapes.check import check_source
from cnn_shapes.repair import Options, advise, repairs
from cnn_shapes.repair.listing import listed
from cnn_shapes.source import Source

ONE = """input: [100, 8]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3, padding: 1}
  - BatchNorm2d
  - ReLU
  - MaxPool2d: 2
  - Conv2d: 4
"""
VOLUME = """input: [8, 8, 10, 8]
layers:
  - DepthwiseConv2D: {kernel_size: 1}
  - conv2d: 3
"""


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (ONE, "Conv2d -> Conv1d, BatchNorm2d -> BatchNorm1d and MaxPool2d -> MaxPool1d"),
        # Keras has no DepthwiseConv3D
        (VOLUME, "DepthwiseConv2D -> depthwise_conv and conv2d -> conv"),
    ],
)
def test_class_names_of_another_rank(text: str, title: str) -> None:
    source = Source("net.yaml", text)
    (found,) = advise(check_source(source)).errors
    (fix,) = found.fixes
    assert (found.rule, fix.title, fix.safe, fix.valid) == ("wrong-rank", title, False, True)
    assert found.notes == ()
    assert check_source(source.edited(fix.edits)).ok


def test_fix_tells_where_another_kind_of_fix_is_shown() -> None:
    report = check_source(Source("net.yaml", ONE))
    assert listed(report, repairs(report), Options()).splitlines() == [
        "net.yaml: Conv2d is for 2 spatial axes, but its input 100x8 has 1: write Conv1d (line 3)",
        "",
        "no set of the changes that are tried makes the whole network valid; check shows another kind of fix",
    ]
