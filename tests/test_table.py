"""The table: its numbers, what folds, what fits into a terminal, and that user text is only text."""

import re

import pytest

from cnn_shapes.formats import DisplayOptions
from cnn_shapes.formats.parts.notebook import report_as_html
from cnn_shapes.formats.parts.table import network_table
from cnn_shapes.formats.parts.terminal_text import cells, clean, short_number, size_in_memory, veiled
from tests.counting import steps
from tests.golden import drawn
from tests.specs import check


def table(spec: str, **options: object) -> str:
    report = check(spec)
    assert report.trace is not None
    display = DisplayOptions(**options)  # type: ignore[arg-type]
    return drawn(network_table(report, report.trace, display), display)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00k"),
        (1284, "1.28k"),
        (9994, "9.99k"),
        (9995, "10.0k"),
        (460_800, "460.8k"),
        (999_949, "999.9k"),
        (999_950, "1.00M"),
        (3_276_800, "3.28M"),
        (4_089_184_256, "4.09G"),
        (999_999_999, "1.00G"),
        (15_470_264_320, "15.5G"),
        (2 * 10**12, "2.00T"),
        (10**18, "1,000,000.0T"),
    ],
)
def test_short_number(number: int, text: str) -> None:
    assert short_number(number) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1.0 KiB"),
        (117_800, "115.0 KiB"),
        (1024**2, "1.0 MiB"),
        (3 * 1024**3 // 2, "1.5 GiB"),
    ],
)
def test_size_in_memory(count: int, text: str) -> None:
    assert size_in_memory(count) == text


@pytest.mark.parametrize(
    ("text", "shown", "width"),
    [
        ("conv1", "conv1", 5),
        ("합성곱", "합성곱", 6),
        ("a\x1b[31mb", "a\\x1b[31mb", 10),
        ("a\tb\nc", "a\\tb\\nc", 7),
        ("\x9b31m", "\\x9b31m", 7),
        ("\u202eevil", "\\u202eevil", 10),
        ("\udcff", "\\udcff", 6),
        ("[bold]:smile:", "[bold]:smile:", 13),
    ],
)
def test_user_text_is_only_text(text: str, shown: str, width: int) -> None:
    assert clean(text) == shown
    assert cells(shown) == width


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b]0;x\x07b", "a?]0;x?b"), ("a\u202eb", "a?b"), ("합 conv", "합 conv"), ("a\tb", "a?b")],
)
def test_what_is_typed_keeps_its_length(text: str, shown: str) -> None:
    """The cursor of a line editor counts characters."""
    assert veiled(text) == shown


def test_markup_in_a_name_stays_as_it_is() -> None:
    spec = "name: x\ninput: [8]\nlayers: [parallel: {branches: {'[red]:smile:': [relu], b: [relu]}}]\n"
    assert "branch [red]:smile:: relu" in table(spec)
    assert "\x1b" not in table(spec)


def repeated(times: int, layers: str = "conv: {filters: 8, kernel_size: 1}, relu") -> str:
    return f"input: [8, 8, 8]\nlayers:\n  - repeat: {{times: {times}, layers: [{layers}]}}\n  - flatten\n"


def rows(text: str) -> list[str]:
    """The lines between the heading and the totals."""
    return text.split("\n\n")[1].splitlines()[1:]


@pytest.mark.parametrize(
    ("times", "depth", "count", "remark"),
    [
        (10, None, 32, ""),  # a row each for the repeat, its passes, their two layers, and the flatten
        (32, None, 98, ""),
        (33, None, 35, "  folded: --depth 2 shows more"),
        (98, None, 100, "  folded: --depth 2 shows more"),
        (99, None, 2, "  folded: --depth 1 shows more"),
        (99, 1, 101, ""),
        (99, 7, 299, ""),
        (400, 2, 402, "  folded at depth 1: depth 2 has 1,202 rows, more than 1,000"),
        (1000, 2, 2, "  folded at depth 0: depth 2 has 3,002 rows, more than 1,000"),
        (10, 0, 2, ""),
    ],
)
def test_folding(times: int, depth: int | None, count: int, remark: str) -> None:
    found = rows(table(repeated(times), depth=depth))
    assert found[count:] == ([remark] if remark else [])


def test_a_folded_group_says_how_much_is_in_it_and_what_is_wrong() -> None:
    text = table(repeated(2, "conv: {filters: 8, kernel_size: 3}, maxpool: 5"), depth=0)
    # 8 -> 6 -> 6/5 -> 1, and a 3x3 window does not fit into 1x1
    assert re.search(r"^  ✗  1  repeat 2x +not reached +4 layers, 2 of them wrong ", text, re.M)


SEVERAL_OUTPUTS = """\
input: [8, 8, 4]
blocks:
  Tower:
    layers:
      - conv: {filters: 16, kernel_size: 3, padding: half, name: feat}
      - maxpool: {kernel_size: 2, name: small}
    outputs: [feat, small]
  Kept: {layers: [maxpool: {kernel_size: 2, name: half}], outputs: [input, half]}
  Outer: {layers: [relu, Tower]}
layers:
  - Tower: {into: [f, v], name: t}
  - repeat:
      times: 2
      from: [f, v]
      inputs: [a, b]
      layers:
        - conv: {filters: 16, kernel_size: 3, padding: half, from: a, name: a2}
        - conv: {filters: 16, kernel_size: 3, padding: half, from: b, name: b2}
      outputs: [a2, b2]
  - Kept
  - Outer
"""


def test_a_group_with_several_outputs_shows_the_first() -> None:
    """A 3x3 kernel sees 3, and 2 more on each of two passes; the pool of 2 after it sees 4 and halves."""
    found = [re.split(" {2,}", row.strip()) for row in rows(table(SEVERAL_OUTPUTS, depth=1))]
    assert [(row[1], row[2], row[-1]) for row in found] == [
        ("t: Tower", "8x8x16", "3x3"),
        ("feat: conv 3x3, 16, padding half", "8x8x16", "3x3"),
        ("small: maxpool 2", "4x4x16", "4x4"),
        ("repeat 2x", "8x8x16", "7x7"),
        ("pass 0", "8x8x16", "5x5"),
        ("pass 1", "8x8x16", "7x7"),
        ("Kept", "8x8x16", "7x7"),
        ("half: maxpool 2", "4x4x16", "8x8"),
        ("Outer", "8x8x16", "9x9"),
        ("relu", "8x8x16", "7x7"),
        ("Tower", "8x8x16", "9x9"),
    ]


def of_layers(count: int) -> str:
    return "input: [8]\nlayers: [" + "relu, " * (count - 1) + "dense: 2]\n"


def test_a_thousand_rows_at_most() -> None:
    found = rows(table(of_layers(1500)))
    assert len(found) == 1001
    assert found[-1] == "  and 500 more rows: a table has 1,000 at most"


def test_work_grows_with_the_rows_and_not_faster() -> None:
    def work(count: int) -> int:
        spec = of_layers(count)
        return steps(lambda: table(spec))

    work(10)  # loads what a table needs
    assert work(200) < 2.1 * work(100) < 2.1 * 700_000


KOREAN = "input: [9, 9, 1]\nlayers: [{maxpool: {kernel_size: 2, name: 풀링층}}]\n"
LONG = """input: [224, 224, 3]
layers:
  - conv: {filters: 64, kernel_size: 7, stride: 2, padding: [[3, 2], [3, 2]], norm: batch, activation: relu}
  - maxpool: 2
  - flatten
"""


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (None, "# layer output how params MACs RF"),
        (120, "# layer output how params MACs RF"),
        (80, "# layer output params MACs RF"),
        (60, "# layer output params MACs RF"),
        (51, "# layer output params MACs"),
        (44, "# layer output params"),
        (34, "# layer output"),
        (20, "# layer output"),
    ],
)
def test_columns_go_from_the_right_and_the_shape_last(width: int | None, columns: str) -> None:
    text = table(LONG, width=width)
    assert text.split("\n\n")[1].splitlines()[0].split() == columns.split()


@pytest.mark.parametrize("width", [34, 44, 50, 60, 80, 100, 120])
@pytest.mark.parametrize("spec", [LONG, repeated(5), KOREAN])
def test_no_line_is_wider_than_the_terminal(spec: str, width: int) -> None:
    assert [line for line in table(spec, width=width).splitlines() if cells(line) > width] == []


def test_a_pipe_wraps_nothing_and_leaves_no_space_at_the_end() -> None:
    lines = table(LONG).splitlines()
    assert "conv 7x7, 64, stride 2, padding 3+2,3+2 + batch + relu" in lines[3]
    assert "224 + 3 + 2 - 7" in lines[3]
    assert [line for line in lines if line != line.rstrip()] == []


def test_rows_are_coloured_where_something_is_wrong() -> None:
    spec = "input: [9, 9, 1]\nlayers: [maxpool: 2, relu, conv: {filters: 1, kernel_size: 5}, flatten]\n"
    failed, assumed, error, unreached = rows(table(spec, color=True))
    assert failed.startswith("  \x1b[1;31m✗")
    assert assumed.startswith("  \x1b[35m~")
    assert error.startswith("  \x1b[1;31m✗")
    assert unreached.startswith("  \x1b[2m?")


def test_the_marks_in_ascii() -> None:
    failed = rows(table("input: [9, 9, 1]\nlayers: [maxpool: 2]\n", encoding="ascii"))[0]
    assert failed.split()[:3] == ["x", "1", "maxpool"]


def test_joins_that_are_not_aligned_are_reported() -> None:
    spec = """input: [8, 8, 3]
rounding: floor
layers:
  - parallel:
      branches:
        near: [conv: {filters: 2, kernel_size: 3, stride: 2, padding: [[1, 0], [1, 0]]}]
        far: [conv: {filters: 2, kernel_size: 3, stride: 2, padding: [[0, 1], [0, 1]]}]
"""
    assert "parallel1.concat joins units that look at different places" in table(spec)


@pytest.mark.parametrize(
    ("spec", "line"),
    [  # as the spec has them, in either layout
        ("input: [4, 6, 2]\nlayers: [reshape: [8, -1]]\n", "1  reshape [8, -1]"),
        ("input: [4, 6, 2]\nlayers: [reshape: [2, -1, 2]]\n", "1  reshape [2, -1, 2]"),
        ("input: [4, 6, 2]\nlayers: [permute: [1, 0, 2]]\n", "1  permute [1, 0, 2]"),
        ("input: [4, 6, 2]\nlayout: channels_first\nlayers: [permute: [1, 2, 0]]\n", "1  permute [1, 2, 0]"),
        ("input: [4, 2]\nlayers: [conv: 3]\n", "receptive field   1 pixel, a step of 1, at the last"),
        (
            "input: [4, 3]\nlayers: [attention]\n",
            "receptive field   the whole input, at the last feature map",
        ),
        (
            "input: [4, 3]\nlayers: [conv: 3, flatten]\n",
            "receptive field   1 pixel, a step of 1, at the last",
        ),
    ],
)
def test_a_line_of_the_table(spec: str, line: str) -> None:
    assert line in table(spec)


def test_a_report_in_a_notebook_is_markup_of_ours_only() -> None:
    report = check(
        "name: <b>\ninput: [9, 9, 1]\nlayers: [parallel: {branches: {<i>: [relu], b: [maxpool: 2]}}]\n"
    )
    text = report_as_html(report)
    assert "<i>" not in text
    assert "branch &lt;i&gt;: relu" in text
    assert "9 / 2 = 4.5" in text
    assert "error[pool-not-divisible]" in text
    assert text.count("<tr") == 5
