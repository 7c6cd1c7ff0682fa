"""Standard streams that are closed, full or left: every command says so or does without."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import HANGS, ROOT

FULL = "/dev/full"
SPECS = {
    "good.yaml": "input: [28, 28, 1]\nlayers: [conv: {filters: 8, kernel_size: 5}, maxpool: 2]\n",
    "bad.yaml": "input: [9, 9, 1]\nlayers: [maxpool: 2]\n",
    "slip.yaml": "input: [8, 8, 1]\nlayers: [maxpool: {kernel-size: 2}]\n",
}
# commands that write an answer, and commands that say on standard error what is wrong
ANSWERS = [
    *(
        "check good.yaml",
        "check . --format json",
        "check . --show-settings",
        "fix bad.yaml",
        "fix bad.yaml --diff",
    ),
    *("fix -", "sizes good.yaml", "expand good.yaml", "export pytorch good.yaml", "explain conv", "schema"),
    *("new --list", "calc 28x28x1 'pool 2'", "--help", "check --help", "--version", "interactive"),
]
COMPLAINTS = [
    *("check slip.yaml --fix -q", "check good.yaml --pin -q", "export keras bad.yaml", "export", "nonsense"),
    *("explain nothing", "new lenet5", "calc 28 nonsense"),
]
# each command with what it can put into a pipe
PIPED = [
    *ANSWERS,
    *(f"check . --format {one}" for one in ("full", "concise", "github", "gitlab", "sarif", "junit")),
    *("check bad.yaml", "check good.yaml --table", "check good.yaml --verbose", "check slip.yaml --fix"),
    *("check good.yaml --pin", "check good.yaml -q", "check - --format json"),
    "check good.yaml --depth 1 --color always",
    *("fix bad.yaml --apply 1", "fix bad.yaml --keep kernel_size", "fix bad.yaml --only kernel_size"),
    *("fix good.yaml", "fix slip.yaml --diff", "fix - --diff", "fix good.yaml --target 7x7"),
    *("sizes good.yaml --square", "export keras good.yaml", "sizes good.yaml --json", "expand bad.yaml"),
    *("explain --all", "explain good.yaml:1", "explain rules", "explain pixels-dropped"),
    *("new lenet5 -o x.yaml", "help", "fix --help"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in SPECS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def redirected(command: str, redirection: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with its streams redirected by a shell."""
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} -m cnn_shapes {command} {redirection}"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "HOME": str(folder)},
        input="input 8x8x1\npool 2\n" if command == "interactive" else SPECS["bad.yaml"],
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )


def is_sound(done: subprocess.CompletedProcess[str]) -> None:
    text = done.stdout + done.stderr
    assert done.returncode in (0, 1, 2), text
    for word in ("Traceback", "internal fault", "Exception ignored", "lost sys"):
        assert word not in text


@pytest.mark.parametrize("command", ANSWERS)
def test_a_full_disk_is_told(command: str, folder: Path) -> None:
    done = redirected(command, f">{FULL}", folder)
    is_sound(done)
    assert done.returncode == 2
    assert done.stderr.endswith("cnn-shapes: cannot write standard output: no space left on device\n")


@pytest.mark.parametrize("command", COMPLAINTS)
def test_what_cannot_be_said_is_said_by_the_exit_code(command: str, folder: Path) -> None:
    codes = set()
    for redirection in ("", f"2>{FULL}", "2>&-"):
        for name, text in SPECS.items():
            (folder / name).write_text(text)
        (folder / "lenet5.yaml").unlink(missing_ok=True)
        done = redirected(command, redirection, folder)
        is_sound(done)
        codes.add(done.returncode)
    assert len(codes) == 1


@pytest.mark.parametrize("command", [*ANSWERS[::4], *COMPLAINTS[::4]])
def test_closed_streams_are_no_fault(command: str, folder: Path) -> None:
    for redirection in (">&-", ">&- 2>&-", "<&- >&- 2>&-"):
        is_sound(redirected(command, redirection, folder))


def test_a_reader_that_has_left_is_no_fault(folder: Path) -> None:
    for command in ("explain layers", "schema", "check . --format json", "--help"):
        done = redirected(command, "| head -c 1", folder)
        is_sound(done)
        assert (len(done.stdout), done.stderr) == (1, "")


@pytest.mark.parametrize("command", PIPED)
def test_a_reader_that_was_never_there_is_no_fault(command: str, folder: Path) -> None:
    """The pipe is closed before the first byte, as by `| true` that is quick."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cnn_shapes", *shlex.split(command)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "HOME": str(folder)},
            input="input 8x8x1\npool 2\n" if command == "interactive" else SPECS["bad.yaml"],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=HANGS,
            check=False,
        )
    finally:
        os.close(writer)
    for word in ("Traceback", "internal fault", "Exception ignored", "lost sys", "roken pipe"):
        assert word not in done.stderr
    assert done.returncode in (0, 1)


def test_pipes_that_are_named(folder: Path) -> None:
    """One that nobody writes into is told at once; what a command gives, and a late writer, are read."""
    os.mkfifo(folder / "pipe.yaml")
    for command in ("check pipe.yaml -q --format concise", "sizes pipe.yaml", "check --config pipe.yaml"):
        done = redirected(command, "2>&1", folder)
        is_sound(done)
        assert "cannot open pipe.yaml: it is a pipe that nobody writes into" in done.stdout
        assert done.returncode == 2
    for redirection in (
        "<(cat bad.yaml)",
        "<(sleep 0.3; cat bad.yaml)",
        "pipe.yaml & cat bad.yaml > pipe.yaml; wait $!",
        "pipe.yaml & (sleep 0.5; cat bad.yaml) > pipe.yaml; wait $!",
    ):
        done = redirected("check --format concise", redirection, folder)
        is_sound(done)
        assert "9x9" in done.stdout
        assert "cannot open" not in done.stdout
    done = redirected("check --format concise", "<(true)", folder)
    assert "found nothing" in done.stdout


def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    script = f"mkdir gone; cd gone; rmdir ../gone; {sys.executable} -m cnn_shapes"
    for command, code in (("check x.yaml", 2), ("check .", 2), ("explain conv", 0), ("calc 28 'pool 2'", 0)):
        done = subprocess.run(
            ["bash", "-c", f"{script} {command}"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            timeout=HANGS,
            check=False,
        )
        is_sound(done)
        assert done.returncode == code, (command, done)
        if code:
            said = "cnn-shapes: the working folder is gone: change to one that is there\n"
            assert done.stderr.endswith(said)
