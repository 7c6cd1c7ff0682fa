"""Fixes that a finding brings along are proved as repairs are; beside one that mends all there is no note."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.repair import Options, advise, repairs
from cnn_shapes.repair.report.listing import listed
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


@pytest.mark.parametrize(
    ("kernel_size", "title", "cost"),
    [
        ("3, padding: 1", "Conv2d -> Conv1d, BatchNorm2d -> BatchNorm1d and MaxPool2d -> MaxPool1d", 3),
        # 100 - 5 + 1 = 96 = 2*48: 19 for the kernel, 4 for the names, 3 for the further change
        (
            "4",
            "kernel_size: 5 on line 3 and Conv2d -> Conv1d, BatchNorm2d -> BatchNorm1d and "
            "MaxPool2d -> MaxPool1d",
            26,
        ),
    ],
)
def test_fix_writes_the_class_names_with_what_else_there_is(kernel_size: str, title: str, cost: int) -> None:
    text = ONE.replace("3, padding: 1", kernel_size)
    best = repairs(check_source(Source("net.yaml", text))).found[0]
    assert (best.title, best.cost, best.after.ok) == (title, cost, True)


def test_fix_says_where_another_kind_of_fix_is_shown() -> None:
    report = check_source(Source("net.yaml", ONE))
    options = Options(only=frozenset({"padding"}))
    assert listed(report, repairs(report, options), options) == [
        "net.yaml: Conv2d is for 2 spatial axes, but its input 100x8 has 1: write Conv1d (line 3)",
        "",
        "no set of the allowed changes that are tried makes the whole network valid; "
        "check shows another kind of fix",
    ]


# by hand: along the joined axis the inputs may differ, along no other
@pytest.mark.parametrize(
    ("first", "second", "titles"),
    [
        (
            "conv: {filters: 8, kernel_size: 1, name: a}",
            "conv: {filters: 4, kernel_size: 1, from: input}",
            ["filters: 4 on line 3", "filters: 8 on line 4"],
        ),
        (
            "maxpool: {kernel_size: 2, name: a}",
            "conv: {filters: 8, kernel_size: 5, from: input}",
            ["insert crop: [[0, 0], [5, 5]] before line 5"],
        ),
        (
            "identity: {name: a}",
            "conv: {filters: 8, kernel_size: [5, 1], from: input}",
            [],
        ),
    ],
)
def test_what_is_put_before_a_join_along_an_axis_does_something(
    first: str, second: str, titles: list[str]
) -> None:
    text = f"input: [28, 28, 8]\nlayers:\n  - {first}\n  - {second}\n"
    text += "  - concat: {axis: height, from: [a, prev]}\n"
    found = [one.title for one in repairs(check_source(Source("net.yaml", text))).found]
    assert found[: len(titles)] == titles
    assert not any("crop: 0" in title or "pad: 0" in title for title in found)
