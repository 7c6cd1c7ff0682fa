"""The columns of the table, which are worked out by hand here, and the layers that cost most."""

import re

import pytest

from cnn_shapes.formats import DisplayOptions
from cnn_shapes.formats.parts.columns import DEFAULT, NAMES, SORTS, share
from cnn_shapes.formats.parts.notebook import table as notebook_table
from tests.golden import ROOT, run
from tests.specs import check
from tests.test_table import rows, table

# 28x28x1 -> 24x24x4 -> 12x12x4 -> 576 -> 10
SPEC = """\
input: [28, 28, 1]
layers:
  - conv: {filters: 4, kernel_size: 5, activation: relu}
  - maxpool: 2
  - flatten
  - dense: 10
"""


def cells(line: str) -> list[str]:
    return re.split(" {2,}", line.strip())


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("#", "layer"), ["1", "conv 5x5, 4 + relu"]),
        (("input", "output", "how"), ["28x28x1", "24x24x4", "(28 + 2*0 - 5)/1 + 1 = 24"]),
        # 5*5*1*4 + 4 = 104 of 104 + 576*10 + 10 = 5874
        (("params", "params%"), ["104", "1.8%"]),
        # 24*24 * 5*5*1*4 = 57,600 of 57,600 + 5760
        (("MACs", "MACs%"), ["57.6k", "90.9%"]),
        # twice 24*24*4*4 = 9216 bytes, for the activation is an output too, of 2*9216 + 2*2304 + 40
        (("memory", "memory%"), ["18.0 KiB", "79.9%"]),
        (("RF", "#"), ["5x5", "1"]),
    ],
)
def test_a_row(names: tuple[str, ...], expected: list[str]) -> None:
    head, first = table(SPEC, columns=names).split("\n\n")[1].splitlines()[:2]
    assert head.split() == [*names]
    assert cells(first) == expected


def test_memory_is_that_of_the_number_type_and_the_batch() -> None:
    """Of three samples in a byte each, 3*2*24*24*4 = 13,824."""
    text = table(SPEC, columns=("memory", "memory%"), dtype="int8", batch=3)
    assert cells(text.split("\n\n")[1].splitlines()[1]) == ["13.5 KiB", "79.9%"]


def test_every_column_is_in_a_row_above() -> None:
    assert {*NAMES} == {"#", "layer", "input", "output", "how", "RF"} | {
        f"{name}{sign}" for name in ("params", "MACs", "memory") for sign in ("", "%")
    }
    assert {*DEFAULT} < {*NAMES}


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 2000, "0.1%"),  # 0.05 is rounded up
        (1, 2001, "0.0%"),
        (1, 1, "100.0%"),
        (0, 7, "0%"),
        (0, 0, ""),
        (10**30, 3 * 10**30, "33.3%"),
    ],
)
def test_share(part: int, whole: int, text: str) -> None:
    assert share(part, whole) == text


def test_shares_add_up() -> None:
    """Of rows without groups, and of groups as of what is in them."""
    for name in ("resnet18", "mobilenet_v2", "mnist"):
        spec = (ROOT / "specs" / f"{name}.yaml").read_text(encoding="utf-8")
        for column in ("params%", "MACs%", "memory%"):
            for options in ({"sort": "macs"}, {"depth": 0}):
                found = [cells(row)[-1] for row in rows(table(spec, columns=("#", column), **options))]
                shares = [float(cell.removesuffix("%")) for cell in found if cell.endswith("%")]
                assert abs(sum(shares) - 100) < 0.05 * len(shares)


@pytest.mark.parametrize(
    ("options", "indices", "remark"),
    [
        ({"sort": "macs"}, ["1", "4", "2", "3"], ""),
        ({"sort": "params"}, ["4", "1", "2", "3"], ""),
        ({"sort": "memory"}, ["1", "2", "3", "4"], ""),
        ({"top": 2}, ["1", "4"], "2 of 4 layers, 100.0% of all MACs"),
        ({"top": 1, "sort": "params"}, ["4"], "1 of 4 layers, 98.2% of all params"),  # 5770 of 5874
        ({"top": 1, "sort": "memory"}, ["1"], "1 of 4 layers, 79.9% of all memory"),
        ({"top": 9}, ["1", "4", "2", "3"], ""),
    ],
)
def test_the_layers_that_cost_most(options: dict[str, object], indices: list[str], remark: str) -> None:
    shown = rows(table(SPEC, **options))
    assert [cells(row)[0] for row in shown[: len(indices)]] == indices
    assert [line.strip() for line in shown[len(indices) :]] == ([remark] if remark else [])


def test_layers_in_groups_are_rows_with_their_own_numbers() -> None:
    spec = (
        "input: [8, 8, 4]\nlayers:\n  - relu\n"
        "  - repeat: {times: 2, layers: [conv: {filters: 4*(i + 1), kernel_size: 1}, relu]}\n"
    )
    # 8*8 * 4*4 and 8*8 * 4*8
    assert [cells(row)[:2] for row in rows(table(spec, top=2))[:2]] == [
        ["2.3", "conv 1x1, 8"],
        ["2.1", "conv 1x1, 4"],
    ]


def test_what_is_not_known_comes_last() -> None:
    fails, works = "conv: {filters: 2, kernel_size: 11}", "conv: {filters: 2, kernel_size: 3}"
    spec = f"input: [9, 9, 1]\nlayers:\n  - parallel: {{branches: [[{fails}], [{works}]]}}\n"
    shown = rows(table(spec, sort="macs"))
    assert [cells(row)[1 if cells(row)[0] in "✗?" else 0] for row in shown] == ["1.2", "1.1", "1.3"]


def test_a_network_without_macs_has_no_shares_of_them() -> None:
    assert "1 of 2 layers\n" in table("input: [8]\nlayers: [relu, relu]\n", top=1)


@pytest.mark.parametrize(
    ("width", "shown", "missing"),
    [
        (None, "# layer input output MACs MACs% memory memory%", ""),
        (100, "# layer input output MACs MACs% memory memory%", ""),
        (66, "# layer input output MACs MACs% memory", "no room for memory%: a wider terminal shows more"),
        (50, "# layer input output MACs", "no room for MACs%, memory and memory%: a wider"),
        (30, "# layer output", "no room for input, MACs,"),
    ],
)
def test_what_there_is_no_room_for_is_told(width: int | None, shown: str, missing: str) -> None:
    names = ("#", "layer", "input", "output", "MACs", "MACs%", "memory", "memory%")
    text = table(SPEC, columns=names, width=width)
    assert text.split("\n\n")[1].splitlines()[0].split() == shown.split()
    told = [line.strip() for line in text.splitlines() if "no room" in line]
    assert [line[: len(missing)] for line in told] == ([missing] if missing else [])
    assert all(len(line) <= (width or 999) for line in text.split("\n\n")[1].splitlines())


def test_a_table_without_the_layer() -> None:
    head = table(SPEC, columns=("output", "params"), width=12).split("\n\n")[1].splitlines()[0]
    assert head.split() == ["output"]


def test_a_page_has_the_same_columns_and_rows() -> None:
    report = check(SPEC)
    text = notebook_table(report, DisplayOptions(columns=("#", "MACs%"), top=1))
    assert re.findall("<th>(.*?)</th>", text) == ["#", "MACs%"]
    assert re.findall("<td .*?>(.*?)</td>", text) == ["1", "90.9%"]
    assert "1 of 4 layers, 90.9% of all MACs\n" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--columns parms", "there is no column parms: did you mean params?"),
        ("--columns layer,,output", f"there is no column : choose from {', '.join(NAMES)}"),
        ("--columns layer,size", f"there is no column size: choose from {', '.join(NAMES)}"),
        ("--sort MAC", "there is no cost MAC: did you mean macs?"),
        ("--sort layers", f"there is no cost layers: choose from {', '.join(SORTS)}"),
        ("--top 0", "0 is not in the range x>=1"),
        ("--top 3 --format json", "json has no table: --top is for --format full, markdown or html"),
        ("--sort macs --format concise", "concise has no table: --sort is for"),
        ("--columns layer --statistics", "--statistics has no table: --columns is for"),
    ],
)
def test_wrong_usage(arguments: str, said: str) -> None:
    result = run("check", "specs/mnist.yaml", *arguments.split())
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_several_files_show_their_tables() -> None:
    result = run("check", "specs/mnist.yaml", "specs/lenet5.yaml", "--top", "1")
    assert result.out.count("of all MACs") == 2
    assert "#  layer" in result.out
    both = run("check", "specs/mnist.yaml", "--top", "1", "--format", "json=/dev/null", "--format", "full")
    assert "1 of 7 layers" in both.out


def test_a_name_may_be_written_in_any_case_and_twice() -> None:
    result = run("check", "specs/mnist.yaml", "--columns", " LAYER, rf,layer,Memory%", "--sort", "MACS")
    assert result.out.splitlines()[2].split() == ["layer", "RF", "memory%"]
