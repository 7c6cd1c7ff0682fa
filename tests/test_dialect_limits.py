"""Files of other tools that ask for more than they may, or are none: a clear error at a place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cnn_shapes.checking import check_bytes, check_source
from cnn_shapes.source import Source
from tests import golden

_NET = "[net]\nwidth=32\nheight=32\nchannels=3\n"  # 4 lines
_INPUT = 'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n'
_CONVOLUTION = "[convolutional]\nfilters=3\nsize=3\npad=1\n"  # 4 lines


# a file, its text, and where what is found first
ROWS: list[tuple[str, Callable[[], str], tuple[int, int], str, str]] = [
    (
        "long.cfg",
        lambda: _NET + "#" * 1_000_000,
        (1, 1),
        "limit-exceeded",
        "a text of more than 1000000 characters, the limit",
    ),
    (
        "layers.cfg",
        lambda: _NET + _CONVOLUTION * 10_001,
        (4 + 4 * 10_000 + 1, 1),
        "limit-exceeded",
        "more than 10000 layers, the limit",
    ),
    (
        "deep.prototxt",
        lambda: "layer {" * 100_000,
        (1, 7 * 101),
        "yaml-syntax",
        "messages in messages, more than 100 deep, the limit",
    ),
    (
        "open.prototxt",
        lambda: f"{_INPUT}layer {{ name: 'a",
        (2, 15),
        "yaml-syntax",
        "a text in quotes ends on the line where it begins",
    ),
    ("closed.prototxt", lambda: f"{_INPUT}}}", (2, 1), "yaml-syntax", "`}` closes nothing"),
    (
        "nothing.prototxt",
        lambda: "",
        (1, 1),
        "missing-field",
        "the net has no layer: this is not a prototxt of a net",
    ),
    (
        "nothing.cfg",
        lambda: "",
        (1, 1),
        "yaml-syntax",
        "a cfg begins with [net], its width, height and channels",
    ),
    (
        "settings.cfg",
        lambda: "[user]\nname = someone\n",
        (1, 1),
        "yaml-syntax",
        "a cfg begins with [net], its width, height and channels",
    ),
    (
        "number.cfg",
        lambda: f"{_NET}[convolutional]\nsize=99999999999\n",
        (6, 6),
        "bad-value",
        "size must be a whole number, found 99999999999",
    ),
]


@pytest.mark.parametrize(
    ("name", "text", "place", "rule", "said"), [pytest.param(*row, id=row[0]) for row in ROWS]
)
def test_what_is_said(
    name: str, text: Callable[[], str], place: tuple[int, int], rule: str, said: str
) -> None:
    report = check_source(Source(name, text()))
    first = report.errors[0]
    shown, span = report.source.written(first.span)
    assert (shown.position(span.start), first.rule, first.message()) == (place, rule, said)


def test_a_list_of_a_million_numbers() -> None:
    report = check_source(Source("net.cfg", f"{_NET}{_CONVOLUTION}[route]\nlayers={'-1,' * 100_001}"))
    assert [one.message() for one in report.errors] == ["more than 100000 values, the limit"]


def test_bytes_that_are_no_text() -> None:
    report = check_bytes("net.cfg", bytes(range(256)))
    assert [(one.rule, one.message()) for one in report.errors] == [
        ("yaml-syntax", "this is not a text file")
    ]


def test_names_reach_no_terminal_raw(tmp_path: Path) -> None:
    layer = 'layer { name: "\x1b[31mred\\n- conv: 3" type: "ReLU" bottom: "data" top: "data" }\n'
    (tmp_path / "net.prototxt").write_text(_INPUT + layer, encoding="utf-8")
    for command in (["check"], ["import"], ["expand"], ["sizes"], ["explain"]):
        result = golden.run(*command, "net.prototxt", folder=tmp_path)
        assert (result.code, "\x1b" in result.out + result.err) == (0, False)
