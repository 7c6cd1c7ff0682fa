"""`calc`, `help` and the streams of a script."""

import json
import subprocess
import sys

import pytest

from cnn_shapes.formats import DisplayOptions
from cnn_shapes.layers import KINDS
from cnn_shapes.prompt.session.commands import COMMANDS
from cnn_shapes.prompt.view.calc import calculated, lines_for
from cnn_shapes.prompt.view.help import help_lines
from tests.golden import ROOT, run

COURSE = """\
  #  layer         output    how                        params    MACs   RF
  1  conv 5x5, 32  24x24x32  (28 + 2*0 - 5)/1 + 1 = 24     832  460.8k  5x5
  2  maxpool 2     12x12x32  24 / 2 = 12                     0       0  6x6

  parameters        832
  MACs              460.8k multiply-adds of conv and dense layers, without biases
  activations       90.0 KiB for one sample in float32, at most 90.0 KiB alive at once
  receptive field   6x6 pixels, a step of 2x2, at the last feature map
"""
CHAIN = """\
  28x28x1 -> conv 5x5x32 -> pool 2
             24x24x32       12x12x32

"""
AXIS_CHAIN = """\
  28 -> conv 5 -> pool 2
        24        12

"""
# 25 = 28 - 4 + 1, and floor(25 / 2) = 12
FLOOR = """\
  #  layer         output    how                        params    MACs   RF
  1  conv 4x4, 32  25x25x32  (28 + 2*0 - 4)/1 + 1 = 25     544  320.0k  4x4
  2  maxpool 2     12x12x32  floor(25 / 2) = 12              0       0  5x5

  parameters        544
  MACs              320.0k multiply-adds of conv and dense layers, without biases
  activations       96.1 KiB for one sample in float32, at most 96.1 KiB alive at once
  receptive field   5x5 pixels, a step of 2x2, at the last feature map

  warning: the end of the 25x25 feature map is never read: 25 / 2 = 12.5 rounds down
"""
ONE_AXIS = """\
  1  conv      28 -> 24   (28 + 2*0 - 5)/1 + 1 = 24
  2  maxpool   24 -> 12   24 / 2 = 12
"""


@pytest.mark.parametrize(
    ("arguments", "out", "code"),
    [
        (("28x28x1", "conv 32 5; pool 2"), COURSE, 0),
        (("28x28x1", "conv 32 5", "pool 2"), COURSE, 0),
        (("28x28x1", "conv", "32", "5", "pool", "2"), COURSE, 0),
        (("28x28x1", "conv", "5x5x32", "MaxPool2d(2)"), COURSE, 0),
        (("28x28x1; conv 32 5; pool 2",), COURSE, 0),
        (("28x28x1", "conv 32 5; max pool 2"), COURSE, 0),
        (("28x28x1", "conv", "5x5x32", "max", "pool", "2"), COURSE, 0),
        (("28x28x1 -> conv 5x5x32 -> pool 2",), CHAIN + COURSE, 0),
        (("28x28x1 | conv 5x5x32, pool 2 ->",), CHAIN + COURSE, 0),
        (("28x28x1", "conv 5x5x32 -> pool 2"), CHAIN + COURSE, 0),
        (("28x28x1", "→", "conv", "5x5x32", "→", "pool", "2"), CHAIN + COURSE, 0),
        (("28x28x1,", "conv", "5x5x32,", "pool", "2"), CHAIN + COURSE, 0),
        (("28x28x1", "conv 32 4; pool 2", "--rounding", "floor"), FLOOR, 0),
        (("28", "conv k=5; pool 2"), ONE_AXIS, 0),
        (("28 -> conv 5 -> pool 2",), AXIS_CHAIN + ONE_AXIS, 0),
        (("28", "conv 5; pool 2"), ONE_AXIS, 0),
    ],
)
def test_calc(arguments: tuple[str, ...], out: str, code: int) -> None:
    result = run("calc", *arguments)
    assert (result.out, result.err, result.code) == (out, "", code)


COURSE_NETWORK = "28x28x1 -> conv 5x5x32 -> pool 2 -> conv 64 5 -> pool 2 -> flatten -> dense 10"


@pytest.mark.parametrize("width", [100, 80])
def test_the_table_of_calc_keeps_its_columns(width: int) -> None:
    """Each row is one line, and each of its cells begins, or ends, where that of its column does."""
    found = calculated([COURSE_NETWORK])
    lines = [line.text for line in lines_for(found, DisplayOptions(width=width))]
    start = next(place for place, line in enumerate(lines) if line.startswith("  #"))
    header, *rows = lines[start : start + 7]
    assert max(map(len, lines)) <= width
    assert [row.split()[0] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    for name in ("layer", "output", "how"):
        start = header.index(name)
        assert {row[start - 1] for row in rows} == {" "}
        assert all(row[start] != " " for row in rows if name != "how" or "=" in row)
    for name in ("params", "MACs", "RF"):
        end = header.index(name) + len(name)
        assert all(row[end - 1] != " " and row[end : end + 1] in ("", " ") for row in rows)
    assert rows[-1].split()[:4] == ["6", "dense", "10", "10"]


def test_calc_of_one_axis_that_does_not_work_out() -> None:
    result = run("calc", "28", "conv 5 s2")
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith("  1  conv   28 -> ?   (28 + 2*0 - 5)/2 + 1 = 12.5\n")


def test_calc_of_what_does_not_work_out() -> None:
    result = run("calc", "28x28x1", "conv 32 4; pool 2; flatten")
    assert (result.code, result.err) == (1, "")
    assert "  ✗  2  maxpool 2     12x12x32  25 / 2 = 12.5 " in result.out
    assert "\n\n  layer 2: a 25x25 feature map is not a multiple of the 2x2 pool\n" in result.out
    assert "  fix 1: kernel_size: 5 in layer 1 " in result.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "conv 32 5"), "expected an input such as 28x28x1 or 28, found x"),
        (("28x28x1", "cov 32 5"), "there is no layer or command cov: did you mean conv?"),
        (("28x28x1", "show"), "calc takes layers only: show is a command of cnn-shapes interactive"),
        (("28x28x1", " "), "expected layers in the short form, as in conv 32 5; pool 2"),
        (("conv 32 5; pool 2",), "expected an input such as 28x28x1 or 28, found conv 32 5"),
        (("28x28x1 -> cov 32 5",), "there is no layer or command cov: did you mean conv?"),
        (
            ("28x28x1", "-", "32", "-", "2"),  # what a shell leaves of arrows without quotes
            "the shell takes > for the file that it writes to: put the line in quotes, as in "
            'calc "28x28x1 -> conv 32 5 -> pool 2"',
        ),
        (
            ("28x28x1", "conv 32 5 2"),
            "2 may be the stride or the padding: write conv 32 5 s2 or conv 32 5 p2",
        ),
    ],
)
def test_calc_of_what_cannot_be_read(arguments: tuple[str, ...], said: str) -> None:
    result = run("calc", *arguments)
    assert (result.out, result.err, result.code) == ("", f"cnn-shapes: {said}\n", 2)


def test_calc_for_machines() -> None:
    result = run("calc", "28x28x1", "conv 32 5; pool 2", "--json")
    (file,) = json.loads(result.out)["files"]
    assert [layer["output_shape"] for layer in file["layers"]] == [[24, 24, 32], [12, 12, 32]]
    assert file["totals"]["params"] == 832
    assert result.code == 0


def test_a_piped_script() -> None:
    result = run("interactive", stdin="input 28x28x1\nconv 32 5\npool 5\nflatten\n")
    assert result.err.splitlines()[0] == (
        "<stdin>:3: error: a 24x24 feature map is not a multiple of the 5x5 pool"
    )
    assert result.out.splitlines()[-1].startswith("  1  conv 5x5, 32   28x28x1 -> 24x24x32 ")
    assert result.code == 1


def test_a_script_loads_no_line_editor() -> None:
    code = (
        "import sys; from cnn_shapes.prompt.terminal import shell; "
        "code = shell.run(None, False, False, 'auto'); "
        "sys.exit(9 if 'prompt_toolkit' in sys.modules else code)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=b"input 8x8x1", capture_output=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"  input 8x8x1: height 8, width 8, 1 channel\n"


def test_bytes_that_are_not_text() -> None:
    result = run("interactive", "--keep-going", stdin=b"input 8x8x1\nconv \xff\nrelu\n")
    assert result.err.startswith("<stdin>:2: error: conv has no \\xff: it takes filters, ")
    assert result.out.endswith("  1  relu   8x8x1 -> 8x8x1\n")


def test_a_spec_that_is_not_there() -> None:
    result = run("interactive", "nowhere.yaml", stdin="")
    assert (result.out, result.code) == ("", 2)
    assert result.err == "cnn-shapes: cannot open nowhere.yaml: no such file or directory\n"


@pytest.mark.parametrize("name", ["", "layers", "commands", *COMMANDS, *KINDS])
def test_help_fits_a_screen(name: str) -> None:
    lines = help_lines(name, 80)
    assert lines
    assert len(lines) <= 23  # and the prompt below it
    assert all(len(line) <= 80 for line in lines)
