"""How surprising values are: shares counted by hand in the survey's table, and rules where it has none."""

from math import log2

import pytest

from cnn_shapes.repair.changes import table
from cnn_shapes.repair.changes.input_changes import other_sizes, price_of_input
from cnn_shapes.repair.changes.prior import (
    CONVOLUTION,
    DEPTHWISE,
    POOL,
    TRANSPOSED,
    Axes,
    AxisWindow,
    OwnFile,
    families,
    of_channels,
    of_groups,
    of_input,
    of_window,
    surveyed,
)
from tests.golden import ROOT
from tests.tools.make_windows import table as made

WINDOWS = ROOT / "cnn_shapes" / "repair" / "changes" / "windows.tsv"
SURVEY = """# networks\t3
kind\tkernel_size\tstride\tpadding\tdilation\tnetworks\tlayers
avgpool\t2\t2\t0\t1\t2\t5
conv/3d\t9x9x1\t1\t4x4x0\t1\t1\t8
conv\t3\t1\t1\t1\t3\t9
maxpool\t2\t2\t0\t1\t1\t1
"""


def one(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1, extra: int = 0) -> Axes:
    return (AxisWindow(kernel, stride, (padding, padding), dilation, extra),)


def test_the_table_is_made_of_a_survey() -> None:
    assert made(SURVEY) == (
        "# windows in 3 networks\nfamily\tkernel_size\tstride\tpadding\tdilation\tnetworks\n"
        "conv\t3\t1\t1\t1\t3\nconv\t9x9x1\t1\t4x4x0\t1\t1\npool\t2\t2\t0\t1\t3\n"
    )


def test_the_table_that_ships() -> None:
    lines = WINDOWS.read_text(encoding="utf-8").splitlines()
    assert (surveyed(), len(lines) - 2) == (471, 51)
    assert families()[CONVOLUTION].windows[one(3, 1, 1)] == 242
    assert families()[POOL].windows[one(2, 2)] == 81 + 8


@pytest.mark.parametrize(
    ("family", "likelier", "other"),
    [
        (CONVOLUTION, one(3, 1, 1), one(2, 1, 1)),  # 242 networks to none
        (CONVOLUTION, one(3, 1, 1), one(4, 1, 1)),
        (CONVOLUTION, one(7, 2, 3), one(8, 2, 3)),
        (CONVOLUTION, one(11, 4, 5), one(12, 4, 5)),  # odd, though the table has neither
        (DEPTHWISE, one(5, 1, 2), one(4, 1, 2)),
        (POOL, one(2, 2), one(3, 3)),  # 89 to 2
        (POOL, one(3, 2, 1), one(3, 2, 0)),  # 80 to 17
        (TRANSPOSED, one(4, 2, 1), one(4, 2, 2)),  # (n - 1)*2 - 2 + 4 = 2*n
        (TRANSPOSED, one(3, 2, 1, 1, 1), one(3, 2, 1)),  # (n - 1)*2 - 2 + 3 + 1 = 2*n
    ],
)
def test_what_is_likelier(family: str, likelier: Axes, other: Axes) -> None:
    assert of_window(family, likelier) < of_window(family, other)


def test_the_share_of_a_window() -> None:
    """By hand for pools: 89 of 215 hold 2x2 with stride 2, and its parts are no rarer than that."""
    total = 89 + 80 + 20 + 17 + 7 + 2
    assert families()[POOL].total == total == 215
    assert -log2(0.8 * 89 / total + 0.2) < of_window(POOL, one(2, 2)) < -log2(0.8 * 89 / total)


def test_the_rest_of_the_file_counts() -> None:
    windows = OwnFile.of([one(4, 2, 1)] * 8)
    assert of_window(CONVOLUTION, one(4, 2, 1), windows) < 1 < of_window(CONVOLUTION, one(4, 2, 1))


def test_padding_is_larger_at_the_end() -> None:
    """As TensorFlow's `same` and Darknet pad."""
    at_end, at_start = (AxisWindow(3, 2, (0, 1)),), (AxisWindow(3, 2, (1, 0)),)
    assert of_window(CONVOLUTION, at_end) < of_window(CONVOLUTION, at_start)


def test_numbers_that_people_choose() -> None:
    assert of_channels(512) < of_channels(520) < of_channels(514) < of_channels(513)
    assert of_groups(1) < of_groups(32) < of_groups(3)
    assert of_input(224, 32) < of_input(352, 32) + 1 < of_input(240, 32) + 2
    assert of_input(225, 32) > of_input(226, 32) > of_input(232, 32)


def test_another_input() -> None:
    sizes = {*other_sizes((659, 1364), (1,), 16)}
    assert {(659, 1360), (659, 1376), (659, 1365), (659, 682), (659, 2728)} <= sizes
    nearest = price_of_input((659, 1364), (659, 1360), 16, (1,))
    assert nearest < price_of_input((659, 1364), (659, 1363), 16, (1,))
    # the height is not wrong: to change it gains nothing
    assert price_of_input((659, 1364), (656, 1360), 16, (1,)) > nearest
    assert price_of_input((20, 20), (40, 40), 8, (), True) < price_of_input((20, 20), (40, 40), 8)


def test_the_table_says_what_networks_have() -> None:
    data = table.data()
    assert {"window": "3/1/1", "networks": 242} in data["windows"]["conv"]
    assert "of those in 471 networks" in table.describe()
