"""`check --format csv`: a row a layer that a program reads back, and no cell that a spreadsheet computes."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.formats.csv import HEADERS
from cnn_shapes.shown_text import csv_line
from tests.golden import run

SPEC = """input: [28, 28, 1]
layers:
  - conv: {filters: 4, kernel_size: 5, norm: batch}
  - flatten
  - dense: 10
"""
BAD = "input: [9, 9, 1]\nlayers: [maxpool: 2, conv: {filters: 2, kernel_size: 11}, relu]\n"
UP = "input: [4, 3]\nlayers: [upsample: {scale: 3, name: up}, add: [up, up]]\n"


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_rows() -> None:
    """By hand: 5*5*1*4 + 4 weights, 24*24 places, 4 bytes each; batchnorm has as many statistics."""
    text = run("check", "-", "--format", "csv", stdin=SPEC).out
    assert text.splitlines(keepends=True)[:2] == [
        "file,index,name,kind,line,input_shapes,output_shape,params,non_trainable_params,macs,"
        "activation_bytes,receptive_field,jump,status\r\n",
        '"<stdin>",1,conv1,conv,3,28x28x1,24x24x4,104,0,57600,9216,5x5,1x1,ok\r\n',
    ]
    assert [[*one.values()][1:] for one in read(text)[1:]] == [
        [
            "2",
            "conv1.norm",
            "batchnorm",
            "3",
            "24x24x4",
            "24x24x4",
            "8",
            "8",
            "0",
            "9216",
            "5x5",
            "1x1",
            "ok",
        ],
        ["3", "flatten1", "flatten", "4", "24x24x4", "2304", "0", "0", "0", "9216", "28x28", "", "ok"],
        ["4", "dense1", "dense", "5", "2304", "10", "23050", "0", "23040", "40", "28x28", "", "ok"],
    ]


def test_bytes_are_those_of_the_number_type_and_the_batch() -> None:
    text = run("check", "-", "--format", "csv", "--dtype", "int8", "--batch", "3", stdin=SPEC).out
    assert [one["activation_bytes"] for one in read(text)] == ["6912", "6912", "6912", "30"]


def test_what_is_not_known_is_empty() -> None:
    result = run("check", "-", "--format", "csv", stdin=BAD)
    found = read(result.out)
    assert [one["status"] for one in found] == ["error", "error", "unreached"]
    assert [one["output_shape"] for one in found] == ["4x4x1", "?x?x2", "?x?x2"]
    assert [one["macs"] for one in found] == ["0", "", ""]
    assert [one["activation_bytes"] for one in found] == ["64", "", ""]
    # a table of layers has no place for problems
    assert [line.split(" ")[1] for line in result.err.splitlines()] == [
        "error[pool-not-divisible]",
    ]
    assert result.code == 1


def test_several_inputs_and_a_fraction() -> None:
    found = read(run("check", "-", "--format", "csv", stdin=UP).out)
    assert [one["input_shapes"] for one in found] == ["4x3", "12x3 12x3"]
    assert [one["jump"] for one in found] == ["1/3", "1/3"]


def test_several_files_are_one_table(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SPEC)
    (tmp_path / "b.yaml").write_text("input: [8]\nlayers: [dense: 3]\nlayout: channels_first\n")
    (tmp_path / "c.yaml").write_text("input: [8]\nlayers: [dense: 3\n")
    result = run("check", "a.yaml", "b.yaml", "c.yaml", "no.yaml", "--format", "csv", folder=tmp_path)
    assert [one["file"] for one in read(result.out)] == ["a.yaml"] * 4 + ["b.yaml"]
    assert result.out.count("file,index") == 1
    assert [line.partition("]")[0] for line in result.err.splitlines()] == [
        "a.yaml:3:5: info[bias-before-norm",
        "a.yaml:5:5: warning[missing-activation",
        "c.yaml:2:9: error[yaml-syntax",
        "no.yaml:1:1: error[unreadable-file",
    ]
    assert result.code == 2


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("a", 1, None, "", "b c"), "a,1,,,b c"),
        ((-1, 0, 10**30), f"-1,0,{10**30}"),  # a number of ours is one
        (("=1+1", "+1", "-1", "@SUM(A1)"), '"\'=1+1","\'+1","\'-1","\'@SUM(A1)"'),
        (("＝1", "－1", "＋1", "＠x"), '"\'＝1","\'－1","\'＋1","\'＠x"'),
        # where ; or a tab parts cells, what is in quotes is one cell too
        (("a;=1", 'a";=1', "a,b", "a|b"), '"a;=1","a"";=1","a,b","a|b"'),
        (("a;-1", "a b"), '"a;-1",a b'),
        (("a\tb", "a\r\n=1", "\0"), '"a\\tb","a\\r\\n=1","\\x00"'),
        (("합성곱", "'x"), '"합성곱","\'x"'),
    ],
)
def test_cells(cells: tuple[str | int | None, ...], line: str) -> None:
    assert csv_line(cells) == f"{line}\r\n"


@given(st.lists(st.text(), min_size=2))
def test_any_text_is_one_cell_and_no_formula(texts: list[str]) -> None:
    line = csv_line(texts)
    (found,) = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert len(found) == len(texts)
    assert [text for text in found if text[:1] in tuple("=+-@\t\r\n＝＋－＠")] == []
    for separator in (";", "\t"):  # as a spreadsheet of another country reads it
        for other in csv.reader(io.StringIO(line, newline=""), delimiter=separator):
            assert [text for text in other if text[:1] in tuple("=+-@")] == []


@pytest.mark.parametrize("name", ["=1+1.yaml", "+x.yaml", "@x.yaml", "-x.yaml"])
def test_a_path_that_reads_as_a_formula_is_spelled_otherwise(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(SPEC)
    (tmp_path / "x.yaml").write_text(SPEC)
    result = run("check", "--format", "csv", "--", name, "x.yaml", folder=tmp_path)
    assert [one["file"] for one in read(result.out)] == [f"./{name}"] * 4 + ["x.yaml"] * 4


def test_the_headers_are_what_programs_rely_on() -> None:
    assert (
        *("file", "index", "name", "kind", "line", "input_shapes", "output_shape", "params"),
        *("non_trainable_params", "macs", "activation_bytes", "receptive_field", "jump", "status"),
    ) == HEADERS
