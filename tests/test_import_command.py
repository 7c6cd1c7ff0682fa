"""`cnn-shapes import`: what it writes, what it says, and what it leaves alone. No test here runs PyTorch."""

import shlex
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from cnn_shapes.importing.recording import (
    CANNOT_CONSTRUCT,
    NamedTensor,
    Recording,
    ResultOf,
    RunFailure,
)
from cnn_shapes.source import CodePlace
from tests.golden import Result, run
from tests.recordings import Calls, weight

CODE = "class Net(nn.Module):\n    pass\n"


def works() -> Recording:
    calls = Calls(x=(3, 8, 8))
    x = ResultOf(0)
    for place in range(3):
        module = (f"convs.{place}", "Conv2d")
        x = calls.add(
            "conv2d", x, weight(f"w{place}", 3, 3, 3, 3), weight(f"b{place}", 3), (1, 1), (1, 1),
            shape=(3, 8, 8), module=module,
        )  # fmt: skip
        x = calls.add("relu", x, shape=(3, 8, 8))
    spare = NamedTensor("spare.weight", (4, 3), True, False)
    return replace(calls.recording(), parameters=(spare,))


def left_out() -> Recording:
    calls = Calls(x=(3, 8, 8))
    x = calls.add("conv2d", ResultOf(0), weight("w", 3, 3, 1, 1), None, shape=(3, 8, 8))
    calls.add("abs", x, shape=(3, 8, 8))
    return calls.recording()


def wrong_channels() -> Recording:
    calls = Calls(x=(3, 8, 8))
    calls.add(
        "conv2d", ResultOf(0), weight("w", 8, 4, 3, 3), None, shape=(8, 6, 6), error="expected 4 channels"
    )
    return calls.recording()


def unsupported() -> Recording:
    calls = Calls(x=(3, 8, 8))
    x = calls.add("conv2d", ResultOf(0), weight("w", 3, 3, 1, 1), None, shape=(3, 8, 8))
    calls.add("relu", calls.add("grid_sample", x, 1, shape=(3, 8, 8)), shape=(3, 8, 8))
    return calls.recording()


def fails() -> RunFailure:
    place = CodePlace("/nowhere/net.py", 2)
    return RunFailure(CANNOT_CONSTRUCT, "raised", "\x1b[31mno\nway", "ValueError", (), place)


def imported(recording: Recording | RunFailure, folder: Path, *arguments: str) -> Result:
    (folder / "net.py").write_text(CODE, encoding="utf-8")
    with mock.patch("cnn_shapes.importing.running.record", return_value=recording):
        return run("import", "net.py:Net", *arguments, folder=folder)


FOLDED = """# Imported from net.py:Net, by PyTorch 2.13.0.
name: Net
input: [3, 8, 8]
layout: channels_first
rounding: floor
layers:
  - repeat: {times: 3, layers: [conv: {filters: 3, kernel_size: 3, padding: half, activation: relu}]}
"""


def test_the_spec_is_shown_and_what_was_lost_said(tmp_path: Path) -> None:
    said = "12 parameters were never reached, and are not in the spec: spare.weight\n"
    assert imported(works(), tmp_path) == (0, FOLDED, said)
    assert imported(works(), tmp_path, "-o", "-") == (0, FOLDED, said)
    flat = imported(works(), tmp_path, "--flat")
    assert flat.code == 0
    assert flat.out.count("\n") == 12
    assert "  - Conv2d: {out_channels: 3, kernel_size: 3, padding: 1, in_channels: 3, " in flat.out


def test_a_file_is_written_and_none_written_over(tmp_path: Path) -> None:
    written = imported(left_out(), tmp_path, "-o", "net.yaml")
    assert (written.code, written.out) == (0, "")
    assert written.err.splitlines() == [
        "wrote net.yaml: cnn-shapes check net.yaml shows its sizes",
        "left out, for they change no shape and learn nothing: abs",
    ]
    text = (tmp_path / "net.yaml").read_bytes()
    assert run("check", "net.yaml", folder=tmp_path).code == 0
    (tmp_path / "link.yaml").symlink_to("gone.yaml")
    for file in ("net.yaml", "net.py", "link.yaml"):
        again = imported(works(), tmp_path, "-o", file)
        said = "is there already and stays as it is: -o FILE writes to another, -o - shows the spec"
        assert again == (2, "", f"cnn-shapes: {file} {said}\n")
    assert (tmp_path / "net.yaml").read_bytes() == text
    assert not (tmp_path / "gone.yaml").exists()
    nowhere = imported(works(), tmp_path, "-o", "no/net.yaml")
    assert nowhere == (2, "", "cnn-shapes: cannot write no/net.yaml: no such file or directory\n")


def test_errors_of_the_model_are_those_of_its_spec(tmp_path: Path) -> None:
    result = imported(wrong_channels(), tmp_path, "-o", "net.yaml")
    assert result.code == 1
    assert "error[expect-mismatch]: in_channels says 4, but the input 3x8x8 has 3: write 3" in result.err
    assert "in_channels: 4" in (tmp_path / "net.yaml").read_text(encoding="utf-8")
    assert "written one layer a line: it has errors\n" in result.err
    assert run("check", "net.yaml", folder=tmp_path).code == 1


def test_what_the_language_cannot_say_is_named(tmp_path: Path) -> None:
    result = imported(unsupported(), tmp_path)
    assert result.code == 1
    assert result.out.endswith("layers:\n  - conv: {filters: 3, bias: false}\n")
    assert "error[unsupported-layer]: grid_sample cannot be said in the language" in result.err


def test_what_does_not_run_is_not_written(tmp_path: Path) -> None:
    result = imported(fails(), tmp_path, "-o", "net.yaml")
    assert (result.code, result.out) == (2, "")
    assert "error[unreadable-model]: cannot construct net.py:Net: ValueError: " in result.err
    assert "\x1b" not in result.err
    assert not (tmp_path / "net.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            "net.yaml",
            "there is no net.yaml: name a file, or a model as in net.py:Model or package.module:Model",
        ),
        ("net.py", "net.py is Python: name the model in it, as in net.py:Net (it has Net)"),
        (
            "",
            "import needs SOURCE (a model of PyTorch or Keras, ",
        ),
        ("net.py:Net -o ''", "--output is empty: name a file, or leave --output out"),
        ("net.py:Net --input 3xx", "expected the sizes without the batch as in 3x224x224, found 3xx"),
        ("net.py:Net --arg classes", "expected name=value as in classes=10, found classes"),
    ],
)
def test_wrong_usage(arguments: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(CODE, encoding="utf-8")
    result = run("import", *shlex.split(arguments), folder=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert said in " ".join(result.err.split())


def test_what_was_given_stands_in_the_comment(tmp_path: Path) -> None:
    given = ("--input", "x=3x8x8", "--arg", "name=# cnn-shapes: ignore-file[bad-value]\n- evil: \x1b[31m")
    result = imported(works(), tmp_path, *given)
    assert result.code == 0
    first, second, *_ = result.out.splitlines()
    assert first.startswith(
        "# Imported from net.py:Net with --input x=3x8x8 --arg name= cnn-shapes: ignore-file"
    )
    assert second == "name: Net"
