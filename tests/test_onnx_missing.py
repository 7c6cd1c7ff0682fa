"""ONNX files where the package that reads them is not installed, and what needs no package to be refused."""

import sys
from pathlib import Path

import pytest

from cnn_shapes import fix
from tests.golden import run

SAYS = "to read net.onnx, install the package onnx: pip install 'cnn-shapes[onnx]'"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.onnx").write_bytes(b"\x08\x08")
    (tmp_path / "net.yaml").write_text("input: [4, 4, 3]\nlayers:\n  - relu\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (["check", "net.onnx"], f"error[unreadable-model]: {SAYS}\n"),
        (["check", "net.onnx", "--format", "concise"], f"net.onnx:1:1: error[unreadable-model] {SAYS}\n"),
        (["import", "net.onnx"], ""),
        (["verify", "net.yaml", "net.onnx"], ""),
        (["explain", "net.onnx:conv1"], ""),
    ],
)
def test_one_line_says_what_to_install(
    folder: Path, command: list[str], out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    result = run(*command, folder=folder)
    assert (result.code, result.out) == (2, out)
    assert out or SAYS in result.err
    assert (result.out + result.err).count("\n") == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run("check", "net.onnx", folder=tmp_path)
    assert (result.code, result.out) == (
        2,
        "error[unreadable-file]: cannot open net.onnx: no such file or directory\n",
    )


def test_the_library_fixes_texts(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"a fix is an edit of a text, and .*net\.onnx is not one"):
        fix(folder / "net.onnx")


def test_the_package_is_loaded_for_no_other_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert run("check", "net.yaml", folder=folder).code == 0
