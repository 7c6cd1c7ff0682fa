"""Modules that misbehave, given to the command: a clear answer, in time, nothing of theirs printed raw."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.golden import ROOT, Result, run, run_process

pytestmark = pytest.mark.oracle
HOSTILE = ROOT / "tests" / "models" / "hostile"
RAN = 0
NEXT = "what comes next depends on values"
VALUES = "and no tensor has values here: sizes are computed before a weight exists"
# by model the exit code, the line of its code that is shown, and what is said of it
ROWS: dict[str, tuple[int, str, str]] = {
    "Raises": (2, "raise KeyError", r"cannot construct {}: KeyError: '\x1b[31mgone\x1b[0m\n::error::now'"),
    "Exits": (2, "sys.exit", "cannot construct {}: its code ends the process (SystemExit: enough)"),
    "ExitsZero": (2, "", "cannot construct {}: the process ended without an answer, with exit code 0"),
    "Kills": (2, "", "cannot run {}: the process ended without an answer, with exit code -9"),
    "Recurses": (2, "self.forward(x)", "cannot run {}: RecursionError: maximum recursion depth exceeded"),
    "Branches": (2, "if x.mean()", f"cannot run {{}}: {NEXT}, which __bool__ reads, {VALUES}"),
    "Item": (2, "x.max().item()", f"cannot run {{}}: {NEXT}, which item reads, {VALUES}"),
    "Complex": (2, "fft2", "cannot run {}: fft_fft2 gives complex numbers, which the language has not"),
    "ComplexView": (
        2,
        "view_as_complex",
        "cannot run {}: view_as_complex gives complex numbers, which the language has not",
    ),
    "Interrupts": (2, "raise KeyboardInterrupt", "cannot run {}: KeyboardInterrupt: it says nothing"),
    "NoText": (2, "raise type(", r"cannot run {}: \x1b[31mOdd: it says nothing"),
    "Nonzero": (1, "x[x > 0]", "gt cannot be said in the language: it has no such layer"),
    "Prints": (RAN, "", ""),
    "Forks": (RAN, "", ""),
    "Threads": (RAN, "", ""),
    "Keys": (RAN, "", ""),
    "Data": (RAN, "", ""),
    "Tuples": (RAN, "", ""),
    "Nothing": (RAN, "", ""),
    "Numbers": (RAN, "", ""),
    "Lazy": (RAN, "", ""),
    "Odd": (RAN, "", ""),
}


def check(target: str, *more: str, folder: Path = HOSTILE) -> Result:
    """The result of `check`, in which nothing is raw."""
    result = run("check", target, "--input", "3x8x8", *more, folder=folder)
    assert "\x1b" not in result.out + result.err
    assert "Traceback" not in result.out + result.err
    assert result.err == ""
    return result


@pytest.mark.parametrize("name", ROWS)
def test_what_is_said(name: str) -> None:
    code, line, message = ROWS[name]
    target = f"net.py:{name}"
    result = check(target)
    assert result.code == code, result.out
    if code == RAN:
        assert result.out.startswith(f"{target}   3x8x8\n")
        return
    rule = "unsupported-layer" if code == 1 else "unreadable-model"
    assert f"error[{rule}]: {message.format(target)}\n" in result.out
    places = re.findall(r"--> net\.py:(\d+):", result.out)
    lines = (HOSTILE / "net.py").read_text(encoding="utf-8").splitlines()
    assert bool(places) == bool(line)
    assert all(line in lines[int(place) - 1] for place in places)


@pytest.mark.parametrize("name", ["Endless", "EndlessForward"])
def test_a_model_that_never_ends(name: str) -> None:
    """On a busy machine the seconds may be over while PyTorch is imported."""
    result = check(f"net.py:{name}", "--timeout", "3")
    late = f"{name}: it did not finish within 3 seconds: give it longer with --timeout\n"
    assert result.code == 2
    assert re.search(rf"error\[unreadable-model\]: cannot (import|construct|run) net\.py:{late}", result.out)


def test_what_verify_says(tmp_path: Path) -> None:
    """What is wrong with a model is no answer: it is on standard error."""
    spec = tmp_path / "net.yaml"
    spec.write_text("input: [8, 8, 3]\nlayers: [relu]\n")
    result = run("verify", str(spec), "net.py:Raises", folder=HOSTILE)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error[unreadable-model]: cannot construct net.py:Raises: KeyError: ")
    assert "\x1b" not in result.err


def test_a_process_of_its_own_prints_nothing_of_the_model() -> None:
    result = run_process("check", "net.py:Prints", "--input", "3x8x8", folder=HOSTILE)
    assert (result.code, result.err) == (0, "")
    assert "noise" not in result.out


def test_five_thousand_layers(tmp_path: Path) -> None:
    shutil.copy(HOSTILE / "net.py", tmp_path)
    (tmp_path / "net.yaml").write_text(
        "input: [8, 8, 3]\nlayers:\n  - repeat: {times: 4999, layers: [conv: 3]}\n"
    )
    result = run("verify", "net.yaml", "net.py:Many", folder=tmp_path)
    assert (result.code, result.err) == (1, "")
    first, layer, told = result.out.splitlines()
    assert first == "net.yaml and net.py:Many differ in layer 5000:"
    assert layer.endswith("  layers-4999: conv 1x1, 3    8x8x3, 12 parameters")
    assert told == "  the spec lacks this layer"


FILES = [
    (
        "syntax.py",
        b"import torch\nclass Net(torch.nn.Module:\n  pass \x1b[31m\n",
        "SyntaxError: invalid non-printable character U+001B (syntax.py, line 3)",
    ),
    ("bytes.py", b'x = "\xff"\n', "SyntaxError: (unicode error) 'utf-8' codec can't decode byte 0xff"),
    ("nul.py", b"\0", "SyntaxError: source code string cannot contain null bytes"),
    ("missing.py", b"import no_such_thing\n", "ModuleNotFoundError: No module named 'no_such_thing'\n"),
    ("empty.py", b"", "there is no model Net: it has no models\n"),
]


@pytest.mark.parametrize(("file", "text", "message"), FILES)
def test_a_file_that_is_not_a_module(tmp_path: Path, file: str, text: bytes, message: str) -> None:
    (tmp_path / file).write_bytes(text)
    result = check(f"{file}:Net", folder=tmp_path)
    assert result.code == 2
    assert f"error[unreadable-model]: cannot import {file}:Net: {message}" in result.out


@pytest.mark.skipif(sys.platform == "win32", reason="these are no names of files")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("::error::now", r"\x3a:error::now"),
        ("##[error]", r"\x23#[error]"),
        ("two words", "two words"),
    ],
)
def test_a_name_that_a_terminal_would_obey(tmp_path: Path, name: str, shown: str) -> None:
    shutil.copy(HOSTILE / "net.py", tmp_path / f"{name}.py")
    result = check(f"{name}.py:Keys", folder=tmp_path)
    assert (result.code, result.out.partition("\n")[0]) == (0, f"{shown}.py:Keys   3x8x8")
    (tmp_path / "net.yaml").write_text("input: [8, 8, 3]\nlayers: [conv: {filters: 5, kernel_size: 3}]\n")
    result = run("verify", "net.yaml", f"{name}.py:Keys", folder=tmp_path)
    assert (result.code, result.err) == (1, "")
    assert ".py:Keys differ in layer 1:\n" in result.out
    assert not any(sign in f"\n{result.out}" for sign in ("\x1b", "##[", "\n::"))


PYTHONS = [
    ("/nowhere/python", "/nowhere/python: No such file or directory: --python must name an interpreter"),
    ("/bin/true", "the process ended without an answer, with exit code 0"),
]


@pytest.mark.skipif(sys.platform == "win32", reason="the interpreters are programs of Unix")
@pytest.mark.parametrize(("python", "message"), PYTHONS)
def test_an_interpreter_that_is_none(python: str, message: str) -> None:
    result = check("net.py:Keys", "--python", python)
    assert result.code == 2
    assert f"error[unreadable-model]: cannot import net.py:Keys: {message}\n" in result.out


def test_an_interpreter_without_torch(tmp_path: Path) -> None:
    """`-I -S` leaves the standard library alone: there is no torch in it."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    python.chmod(0o755)
    result = check("net.py:Keys", "--python", str(python))
    assert result.code == 2
    assert f"PyTorch is not installed for {python}: install torch there" in result.out
