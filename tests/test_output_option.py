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


def test_what_is_read_is_never_written_over(folder: Path) -> None:
    good = (folder / "good.yaml").read_bytes()
    (folder / "link.txt").symlink_to("good.yaml")
    os.link(folder / "good.yaml", folder / "second.txt")
    (folder / "sub").mkdir()
    (folder / "sub" / "other.yaml").write_bytes(good)
    (folder / "list.txt").write_text("not a spec\n")
    (folder / ".gitignore").write_text("ignored.yaml\n")
    (folder / "ignored.yaml").write_bytes(good)
    lost = "is a file that is read, and would be lost: name another"
    spec = "is a spec, and would be lost: name another file"
    rows = [
        ("check good.yaml -o good.yaml", "good.yaml", lost),
        ("check good.yaml -o ./sub/../good.yaml", "./sub/../good.yaml", lost),
        ("check good.yaml -o link.txt", "link.txt", lost),
        ("check good.yaml -o second.txt", "second.txt", lost),
        ("check link.txt -o good.yaml", "good.yaml", lost),
        ("check . -o bad.yaml --format json", "bad.yaml", lost),
        ("check . -o ignored.yaml", "ignored.yaml", spec),
        ("check good.yaml -o sub/other.yaml", "sub/other.yaml", spec),
        ("check list.txt -o list.txt", "list.txt", lost),
        ("export pytorch good.yaml -o good.yaml", "good.yaml", lost),
        ("export keras good.yaml -o bad.yaml", "bad.yaml", spec),
        ("schema -o good.yaml", "good.yaml", spec),
    ]
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    for command, output, why in rows:
        result = run(*command.split(), folder=folder)
        assert result == (2, "", f"cnn-shapes: --output {output} {why}\n"), command
    assert before == {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert run("check", "good.yaml", "-o", "list.txt", folder=folder).code == 0


def test_the_file_at_standard_input_is_read_too(folder: Path) -> None:
    command = [sys.executable, "-m", "cnn_shapes", "check", "-", "-o", "notes.txt"]
    (folder / "notes.txt").write_text("notes\n")
    with (folder / "notes.txt").open() as given:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=given,
            capture_output=True,
            check=False,
        )
    assert done.returncode == 2
    assert (folder / "notes.txt").read_text() == "notes\n"
