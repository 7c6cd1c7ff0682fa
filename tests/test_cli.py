"""The command as a user meets it: exit codes, streams, options, terminals, and never a traceback."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_shapes import checking, formats
from cnn_shapes.discovery.specs import Finder
from tests import golden
from tests.golden import ROOT, run, run_process

GOOD = "input: [28, 28, 1]\nlayers: [conv: {filters: 8, kernel_size: 5}]\n"
BAD = "input: [9, 9, 1]\nlayers: [maxpool: 2]\n"
WARNS = "rounding: floor\ninput: [9, 9, 1]\nlayers: [maxpool: 2]\n"  # the last row and column are never read
ALIASES = [b"b%d: &b%d [*b%d, *b%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40)]
SEVERAL = """params: {width: 1, kernel: 1}
input: [9, 9, 4]
layers: [conv: {filters: 4*width, kernel_size: kernel}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("good", GOOD), ("bad", BAD), ("params", SEVERAL), ("warns", WARNS)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "other.yaml").write_text("version: 2\nservices: {input: 1, layers: 2}\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("good.yaml", 0),
        ("bad.yaml", 1),
        ("bad.yaml good.yaml", 1),
        (".", 1),
        ("bad.yaml --exit-zero", 0),
        ("bad.yaml --fail-on never", 0),
        ("bad.yaml --format concise", 1),
        ("bad.yaml --format json", 1),
        ("warns.yaml", 0),
        ("warns.yaml --fail-on warning", 1),
        ("warns.yaml --fail-on info", 1),
        ("other.yaml", 1),
        ("no.yaml", 2),
        ("no.yaml bad.yaml", 2),
        ("no.yaml --exit-zero", 2),
        ("empty", 2),
        ("good.yaml --format xml", 2),
        ("good.yaml --nonsense", 2),
        ("good.yaml --depth -1", 2),
        ("good.yaml --color sometimes", 2),
        ("", 1),  # the working folder
    ],
)
def test_exit_code(arguments: str, code: int, folder: Path) -> None:
    assert run("check", *arguments.split(), folder=folder).code == code


def test_findings_and_the_rest_have_their_own_stream(folder: Path) -> None:
    result = run("check", "bad.yaml", folder=folder)
    assert "error[pool-not-divisible]" in result.out
    assert result.err == ""
    result = run("check", "empty", folder=folder)
    assert (result.out, result.code) == ("", 2)
    assert result.err == (
        "cnn-shapes: no spec found in empty: "
        "a spec is a .yaml or .yml file with sizes under input and a list of layers under layers\n"
    )


def test_a_file_that_cannot_be_opened_stops_no_other(folder: Path) -> None:
    result = run("check", "no.yaml", "bad.yaml", "--format", "concise", folder=folder)
    assert result.out.splitlines()[0] == (
        "no.yaml:1:1: error[unreadable-file] cannot open no.yaml: no such file or directory"
    )
    assert result.out.splitlines()[1].startswith("bad.yaml:2:19: error[pool-not-divisible] ")
    assert (result.err, result.code) == ("", 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--format ful", "there is no format ful: did you mean full?"),
        ("--format xml", f"there is no format xml: choose from {', '.join(formats.names())}"),
        ("--set widht=2", "there is no param widht: did you mean width?"),
        ("--set zzz=2", "there is no param zzz: choose from width, kernel"),
        ("--set width", "expected name=value as in width=0.5, found width"),
        ("--set width=", "expected name=value as in width=0.5, found width="),
        (
            "--set width=2*3",
            "the value of width must be a number, true, false, a word or a list of these, found 2*3",
        ),
        (
            "--set width=null",
            "the value of width must be a number, true, false, a word or a list of these, found null",
        ),
        (
            "--set width=.nan",
            "the value of width must be a number, true, false, a word or a list of these, found .nan",
        ),
        (
            "--set width=1e99",
            "the value of width must be a number, true, false, a word or a list of these, found 1e99",
        ),
        ("--input =9x9x4", "the name of the input is missing before =, found =9x9x4"),
        ("--input x=", "expected sizes from 1 as in 320x320x3, found x="),
        ("--input big", "expected sizes from 1 as in 320x320x3, found big"),
        ("--input 0x9x4", "expected sizes from 1 as in 320x320x3, found 0x9x4"),
        ("--input " + "9" * 5000, "expected sizes from 1 as in 320x320x3, found 99"),
        ("--input 12x12", "12x12 has 2 sizes, input in params.yaml has 3 (channels_last)"),
    ],
)
def test_usage_errors(arguments: str, said: str, folder: Path) -> None:
    result = run("check", "params.yaml", *arguments.split(), folder=folder)
    assert (result.out, result.code) == ("", 2)
    assert said in result.err
    assert "Traceback" not in result.err


def test_a_spec_without_params(folder: Path) -> None:
    result = run("check", "good.yaml", "--set", "width=2", folder=folder)
    assert "there is no param width: the spec has no params" in result.err


def test_overrides(folder: Path) -> None:
    result = run("check", "params.yaml", "--input", "12X10x4", "--set", "width=2", folder=folder)
    assert result.out.splitlines()[0] == "params.yaml   12x10x4"
    assert "12x10x8" in result.out  # 4*2 filters
    assert result.code == 0


def test_a_param_of_one_spec_of_several(folder: Path) -> None:
    assert run("check", "good.yaml", "params.yaml", "--set", "width=2", folder=folder).code == 0
    result = run("check", "good.yaml", "params.yaml", "--set", "widht=2", folder=folder)
    assert "there is no param widht: did you mean width?" in result.err
    assert result.code == 2


def test_input_follows_the_layout_of_the_file() -> None:
    spec = "layout: channels_first\ninput: [1, 28, 28]\nlayers: [conv: 8]\n"
    assert run("check", "-", "--input", "3x9x8", stdin=spec).out.startswith("<stdin>   3x9x8\n")


def test_several_files_show_problems_and_a_summary(folder: Path) -> None:
    result = run("check", "good.yaml", "bad.yaml", "params.yaml", folder=folder)
    assert result.out.startswith("error[pool-not-divisible]")
    assert re.fullmatch(r"3 specs checked, 1 with errors, in \d+\.\d s", result.out.splitlines()[-1])
    assert "params.yaml" not in result.out
    assert "params.yaml   9x9x4" in run("check", "good.yaml", "params.yaml", "--table", folder=folder).out


def test_quiet_shows_problems_only(folder: Path) -> None:
    assert run("check", "good.yaml", "--quiet", folder=folder).out == ""
    assert run("check", "good.yaml", "params.yaml", "-q", folder=folder).out == ""
    assert run("check", "bad.yaml", "-q", folder=folder).out.startswith("error[")


def test_a_folder_gives_its_specs_sorted(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "z.yml").write_text(BAD)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "h.yaml").write_text(BAD)
    (folder / "x.yaml").mkdir()
    result = run("check", str(folder), "--format", "concise", "--color", "never", folder=folder)
    names = {line.partition(":")[0] for line in result.out.splitlines() if " error[" in line}
    assert names == {os.path.join(folder, "bad.yaml"), os.path.join(folder, "deep", "z.yml")}


def test_version_and_help() -> None:
    assert re.fullmatch(r"cnn-shapes \d+\.\d+\.\d+\S*\n", run("--version").out)
    result = run("check", "--help")
    assert result.code == 0
    for option in ("--input", "--set", "--format", "--output", "--color", "--fail-on", "--table", "--depth"):
        assert option in result.out


@pytest.mark.parametrize("name", formats.names())
def test_the_help_names_every_format(name: str) -> None:
    listed = run("check", "--help").out.partition("--format FORMAT")[2].partition("[default")[0]
    assert re.search(rf"\b{name}\b", listed)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(data, id=name)
        for name, data in {
            "empty": b"",
            "binary": bytes(range(256)),
            "brackets": b"[" * 100_000,
            "aliases": b"b0: &b0 [x, x]\n" + b"".join(ALIASES),
            "zero": b"input: [0, 28, 1]\nlayers: [flatten]\n",
            "huge": b"input: [%d, 28, 1]\nlayers: [flatten]\n" % 10**30,
            "no list": b"input: [28, 28, 1]\nlayers: {}\n",
            "tab": b"input: [28, 28, 1]\nlayers:\n\t- flatten\n",
            "nul": b"input: [28, 28, 1]\0\n",
            "cp949": "input: [28, 28, 1]  # 첫\n".encode("cp949"),
            "times": b"input: [9, 9, 1]\nlayers: [repeat: {times: 1000000000, layers: [relu]}]\n",
        }.items()
    ],
)
def test_bad_input_is_a_finding(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_bytes(data)
    result = run_process("check", "net.yaml", folder=tmp_path)
    assert (result.code, result.err) == (1, "")
    assert re.search(r"^error\[[a-z-]+\]: ", result.out, re.M)


def test_a_fault_of_our_own_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.setattr(Finder, "find", fail)
    result = run("check", "specs/mnist.yaml")
    assert (result.out, result.code) == ("", 2)
    assert re.fullmatch(
        r"cnn-shapes: internal fault, please report it with your spec: "
        r"ZeroDivisionError: a b \(test_cli.py:\d+\)\n",
        result.err,
    )


def test_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "check_path", interrupt)
    result = run("check", "specs/mnist.yaml")
    assert (result.out, result.err.strip(), result.code) == ("", "", 130)


def test_ctrl_c_while_it_starts() -> None:
    """A module that is imported at the start interrupts."""
    program = (
        "import sys, os, signal\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *more):\n"
        "        if name == 'typer':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "import cnn_shapes.cli\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")
    handler = "import signal, cnn_shapes.cli; print(signal.getsignal(2) is signal.default_int_handler)"
    done = subprocess.run([sys.executable, "-c", handler], cwd=ROOT, capture_output=True, check=False)
    assert done.stdout == b"True\n"


def command(*arguments: str, **environment: str) -> dict[str, object]:
    kept = {name: value for name, value in os.environ.items() if name not in golden._TERMINAL}
    return {
        "args": [sys.executable, "-m", "cnn_shapes", *arguments],
        "cwd": ROOT,
        "env": kept | {"PYTHONPATH": str(ROOT)} | environment,
    }


def test_a_reader_that_leaves_is_not_an_error() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(**command("check", "specs/mnist.yaml"), stdout=write, stderr=subprocess.PIPE)  # type: ignore[call-overload]
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_concise_loads_no_library_that_it_does_not_need() -> None:
    code = (
        "import sys\n"
        "from cnn_shapes.cli import main\n"
        "sys.argv = ['cnn-shapes', 'check', 'tests/cases/even-kernel.yaml', '--format', 'concise']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('rich', 'prompt_toolkit', 'pydantic', 'importlib.metadata', 'json', 'asyncio')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(**command() | {"args": [sys.executable, "-c", code]}, capture_output=True)  # type: ignore[call-overload]
    out = done.stdout.decode().splitlines()
    assert out[0].startswith("tests/cases/even-kernel.yaml:6:14: error[pool-not-divisible] ")
    assert out[-1] == "[]"


@pytest.mark.parametrize("before", ["pass", "gc.disable()", "gc.freeze()"])
def test_an_import_leaves_the_search_for_garbage_as_it_was(before: str) -> None:
    state = "(gc.isenabled(), gc.get_freeze_count() > 0)"
    code = f"import gc; {before}; was = {state}; import cnn_shapes; print(was == {state})"
    done = subprocess.run(**command() | {"args": [sys.executable, "-c", code]}, capture_output=True)  # type: ignore[call-overload]
    assert done.stdout.split() == [b"True"]


def test_an_encoding_that_carries_ascii_only(tmp_path: Path) -> None:
    (tmp_path / "망.yaml").write_text(
        "input: [9, 9, 1]\nlayers: [maxpool: {kernel_size: 2, name: 풀}]\n", "utf-8"
    )
    done = subprocess.run(
        **command("check", "망.yaml", PYTHONIOENCODING="ascii") | {"cwd": tmp_path},  # type: ignore[call-overload]
        capture_output=True,
    )
    out = done.stdout.decode("ascii")
    assert (done.returncode, done.stderr) == (1, b"")
    assert out.splitlines()[0] == "\\ub9dd.yaml   9x9x1"
    assert re.search(r"^  x  1  \\ud480: maxpool 2  4x4x1 ", out, re.M)
    assert re.search(r"^ 2 \| layers: \[maxpool: \{kernel_size: 2, name: \\ud480\}\]$", out, re.M)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("chek", "there is no command chek: did you mean check?"), ("xyz", "there is no command xyz: choose")],
)
def test_an_unknown_command(typed: str, said: str) -> None:
    result = run(typed)
    assert (result.out, result.code) == ("", 2)
    assert said in result.err


def test_no_path_is_the_working_folder(folder: Path) -> None:
    assert run("check", "-q", folder=folder) == run("check", ".", "-q", folder=folder)


def test_a_file_for_the_output_leaves_one_line_in_the_log(folder: Path) -> None:
    result = run("check", ".", "--format", "json", "-o", "found.json", folder=folder)
    said = "4 specs checked, 1 with errors, 1 with warnings: written to found.json\n"
    assert (result.out, result.err, result.code) == ("", said, 1)
    assert run("check", ".", "--format", "json", "-o", "found.json", "-q", folder=folder).err == ""


def test_verbose_names_what_is_passed_over(folder: Path) -> None:
    (folder / "cnn-shapes.toml").write_text("exclude = ['warns.yaml']\n", encoding="utf-8")
    assert run("check", ".", "-v", folder=folder).err == (
        "cnn-shapes: skipped 1 YAML file that is not a spec:\n  ./other.yaml\n"
        "cnn-shapes: left out 1 path (hidden, or by include, exclude or .gitignore):\n  ./warns.yaml\n"
    )
