"""Numbers of layers after an inserted or a removed one: one repair makes all one larger or smaller.

The networks are valid before a module is inserted or removed, and so is each after the repair, in which
every module reads what it did: the text of the repair is that of the network written by hand.
"""

import re

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.repair import advise, repairs
from cnn_shapes.source import Source

BACKBONE = """\
nc: 3
backbone:
  - [-1, 1, Conv, [16, 3, 2]]
  - [-1, 1, Conv, [32, 3, 2]]
  - [-1, 1, Conv, [32, 3, 2]]
  - [-1, 1, Conv, [64, 3, 2]]
head:
  - [-1, 1, nn.Upsample, [None, 2, "nearest"]]
  - [[-1, 2], 1, Concat, [1]]
  - [-1, 1, Conv, [32, 3]]
  - [-1, 1, nn.Upsample, [None, 2, "nearest"]]
  - [[-1, 1], 1, Concat, [1]]
  - [-1, 1, Conv, [16, 3]]
  - [[6, 9], 1, Detect, [nc]]
"""
INSERTED = BACKBONE.replace(
    "  - [-1, 1, Conv, [16, 3, 2]]\n", "  - [-1, 1, Conv, [16, 3, 2]]\n  - [-1, 1, Conv, [16, 3]]\n"
)


def shifted(text: str, least: int) -> str:
    """The text with the numbers in from that are this or more one larger."""

    def larger(found: re.Match[str]) -> str:
        return re.sub(r"(?<!-)\b\d+", lambda one: str(int(one[0]) + (int(one[0]) >= least)), found[0])

    return re.sub(r"\[\[[-\d, ]+\]", larger, text)


def test_an_inserted_module_moves_all_numbers_after_it() -> None:
    report = check_source(Source("net.yaml", INSERTED))
    assert {one.rule for one in report.diagnostics} >= {"unused-layer"} or not report.ok
    best = repairs(report)
    texts = [one.after.source.user_text.text for one in best.found]
    assert shifted(INSERTED, 1) in texts
    place = texts.index(shifted(INSERTED, 1))
    assert best.found[place].title == "every number of a layer from 1 on one larger: lines 10, 13 and 15"


def test_a_valid_network_is_told_of_it() -> None:
    """Where all sizes fit, the module that nothing reads is what tells of it."""
    text = BACKBONE.replace("  - [-1, 1, Conv, [32, 3, 2]]\nhead", "  - [-1, 1, Conv, [32, 3, 2]]\nhead")
    text = text.replace(
        "  - [-1, 1, Conv, [32, 3]]\n", "  - [-1, 1, Conv, [32, 3]]\n  - [-1, 1, Conv, [32, 3]]\n"
    )
    report = check_source(Source("net.yaml", text))
    assert report.ok
    (found,) = [one for one in advise(report).diagnostics if one.rule == "unused-layer"]
    (fix,) = found.fixes
    assert (fix.by_hand, fix.title) == (True, "every number of a layer from 6 on one larger: line 15")


@pytest.mark.parametrize("text", [BACKBONE, shifted(INSERTED, 1)])
def test_what_is_right_is_left_alone(text: str) -> None:
    report = check_source(Source("net.yaml", text))
    assert report.ok
    assert advise(report) is report or advise(report).diagnostics == report.diagnostics
