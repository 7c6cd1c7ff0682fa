"""`--output`: a file that is there whole or not at all, and whatever else a path can name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import ROOT, run, run_process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text("input: [28, 28, 1]\nlayers: [conv: {filters: 8, kernel_size: 5}]\n")
    (tmp_path / "bad.yaml").write_text("input: [9, 9, 1]\nlayers: [maxpool: 2]\n")
    return tmp_path


def test_output_goes_to_a_file_whole(folder: Path) -> None:
    target = folder / "out.json"
    target.write_text("old")
    target.chmod(0o640)
    result = run("check", "bad.yaml", "--format", "json", "-o", "out.json", folder=folder)
    written = "1 spec checked, 1 with errors: written to out.json\n"
    assert (result.code, result.out, result.err) == (1, "", written)
    assert target.read_text().startswith('{"version": 1,')
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in folder.iterdir() if "part" in file.name) == []
    result = run("check", "bad.yaml", "-o", "no/such/folder", folder=folder)
    assert result.err == "cnn-shapes: cannot write no/such/folder: no such file or directory\n"
    assert result.code == 2


def test_output_through_a_link_keeps_the_link(folder: Path) -> None:
    (folder / "link").symlink_to("real")
    run("check", "good.yaml", "-o", "link", folder=folder)
    assert (folder / "link").is_symlink()
    assert (folder / "real").read_text().startswith("good.yaml   28x28x1\n")
    assert run("check", "good.yaml", "-o", os.devnull, folder=folder).code == 0


def test_output_to_the_name_of_standard_output(folder: Path) -> None:
    piped = run_process("check", "good.yaml", "-q", "--table", "-o", "/dev/stdout", folder=folder)
    assert (piped.code, piped.err) == (0, "")
    assert piped.out == run("check", "good.yaml", folder=folder).out
    file = folder / "log"
    with file.open("w") as log:
        log.write("before\n")
        log.flush()
        command = [sys.executable, "-m", "cnn_shapes", "check", "good.yaml", "-o", "/dev/stdout"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        subprocess.run(command, cwd=folder, env=environment, stdout=log, check=True)
        log.seek(0, os.SEEK_END)
        log.write("after\n")
    assert file.read_text() == f"before\n{piped.out}after\n"


@pytest.mark.parametrize("command", ["check good.yaml", "export pytorch good.yaml", "schema", "new lenet5"])
def test_an_empty_name_of_an_output(command: str, folder: Path) -> None:
    result = run(*command.split(), "-o", "", folder=folder)
    assert result == (2, "", "cnn-shapes: --output is empty: name a file, or leave --output out\n")
