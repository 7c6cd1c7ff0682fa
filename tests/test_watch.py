"""`check --watch`: what makes it check again, what it says and how it ends, with real processes and files."""

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from cnn_shapes.commands.parts import watching
from tests.golden import HANGS, ROOT, run

GOOD = "input: [8, 8, 1]\nlayers: [maxpool: 2]\n"
BAD = GOOD.replace("8, 8", "9, 9")
END = "watching, Ctrl-C ends"
PROBLEM = "{}:2:19: error[pool-not-divisible] a 9x9 feature map is not a multiple of the 2x2 pool"


class Watch:
    """A watch of a folder whose lines are read as they come."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.read = b""  # what comes after what was told
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cnn_shapes", "check", *arguments, "--watch", "--format", "concise"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def lines(self) -> list[str]:
        """What one check says, without the time of day."""
        assert self.process.stdout is not None
        stream = self.process.stdout.fileno()
        while f"{END}\n".encode() not in self.read:
            assert select.select([stream], [], [], HANGS)[0], f"nothing more after {self.read!r}"
            data = os.read(stream, 4096)
            assert data, self.process.communicate(timeout=HANGS)[1]
            self.read += data
        shown, _, self.read = self.read.partition(f"{END}\n".encode())
        text = f"{shown.decode()}{END}"
        return re.sub(r"^\[\d\d:\d\d:\d\d\] ", "", text, flags=re.MULTILINE).split("\n")

    def end(self) -> tuple[int, str]:
        """Its exit code and what it said on standard error, after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=HANGS)
        return self.process.returncode, err


@contextlib.contextmanager
def watch(folder: Path, *arguments: str) -> Iterator[Watch]:
    found = Watch(folder, *arguments)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.communicate(timeout=HANGS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(GOOD)
    return tmp_path


def test_files_that_change_come_and_go(folder: Path) -> None:
    with watch(folder, ".") as one:
        assert one.lines() == [f"1 spec checked, 0 with errors: {END}"]
        (folder / "net.yaml").write_text(BAD)
        problem = PROBLEM.format("./net.yaml")
        assert one.lines() == ["", "./net.yaml changed", problem, f"1 spec checked, 1 with errors: {END}"]
        (folder / "sub").mkdir()
        (folder / "sub" / "a.yaml").write_text(GOOD)
        assert one.lines()[:2] == ["", "./sub/a.yaml added"]
        (folder / "new").write_text(GOOD)
        os.replace(folder / "new", folder / "net.yaml")  # as many editors write
        assert one.lines() == ["", "./net.yaml changed", f"2 specs checked, 0 with errors: {END}"]
        (folder / "net.yaml").unlink()
        assert one.lines() == ["", "./net.yaml removed", f"1 spec checked, 0 with errors: {END}"]
        (folder / "sub" / "a.yaml").rename(folder / "b.yaml")
        assert one.lines()[1] == "./b.yaml added; ./sub/a.yaml removed"
        assert one.end() == (0, "")


def test_a_file_that_is_none_of_ours_is_passed_over(folder: Path) -> None:
    with watch(folder, ".") as one:
        one.lines()
        (folder / "notes.txt").write_text("x")
        (folder / "other.yaml").write_text("services: 1\n")
        (folder / ".net.yaml.swp").write_text("x")
        (folder / "net.yaml").write_text(BAD)
        assert one.lines()[1] == "./net.yaml changed"
        (folder / "other.yaml").write_text(GOOD)
        assert one.lines()[1] == "./other.yaml added"
        assert one.end() == (0, "")


def test_settings_and_gitignore_have_a_say(folder: Path) -> None:
    with watch(folder, ".") as one:
        one.lines()
        (folder / "cnn-shapes.toml").write_text("nonsense\n")
        assert one.lines() == ["", "cnn-shapes.toml changed", END]
        (folder / "cnn-shapes.toml").write_text('ignore = ["pool-not-divisible"]\n')
        assert one.lines()[1] == "cnn-shapes.toml changed"
        (folder / ".gitignore").write_text("net.yaml\n")
        assert one.lines() == ["", ".gitignore changed; ./net.yaml removed", END]
        (folder / ".gitignore").unlink()
        assert one.lines()[1:] == [
            "./net.yaml added; .gitignore removed",
            f"1 spec checked, 0 with errors: {END}",
        ]
        code, err = one.end()
    assert code == 0
    assert err.splitlines()[0].startswith(f"cnn-shapes: {folder}/cnn-shapes.toml is not TOML")
    assert err.splitlines()[1].startswith("cnn-shapes: no spec found in .: ./net.yaml is left out")
    assert len(err.splitlines()) == 2


def test_a_file_that_is_named_may_go_and_come_back(folder: Path) -> None:
    with watch(folder, "net.yaml", "later.yaml") as one:
        missing = "later.yaml:1:1: error[unreadable-file] cannot open later.yaml: no such file or directory"
        assert one.lines() == [missing, f"2 specs checked, 1 with errors: {END}"]
        (folder / "later.yaml").write_text(GOOD)
        assert one.lines() == ["", "later.yaml changed", f"2 specs checked, 0 with errors: {END}"]
        (folder / "later.yaml").unlink()
        assert one.lines()[1:] == ["later.yaml removed", missing, f"2 specs checked, 1 with errors: {END}"]
        (folder / "net.yaml").write_text("input: [8, 8")  # as an editor may leave it for a moment
        assert "net.yaml:1:" in one.lines()[2]
        assert one.end() == (0, "")


def test_a_param_that_no_spec_has_for_now(folder: Path) -> None:
    with watch(folder, "net.yaml", "--set", "width=2") as one:
        assert one.lines() == [END]
        (folder / "net.yaml").write_text(f"params: {{width: 1}}\n{GOOD}")
        assert one.lines()[1:2] == ["net.yaml changed"]
        assert one.end() == (0, "cnn-shapes: there is no param width: the spec has no params\n")


def test_many_files_in_several_processes(folder: Path) -> None:
    for number in range(60):
        (folder / f"net{number}.yaml").write_text(GOOD)
    with watch(folder, ".", "--jobs", "2") as one:
        assert one.lines() == [f"61 specs checked, 0 with errors: {END}"]
        for number in range(4):
            (folder / f"net{number}.yaml").unlink()
        assert one.lines()[1] == "4 files removed"
        assert one.end() == (0, "")


def test_it_ends_when_nobody_reads_it(folder: Path) -> None:
    with watch(folder, ".") as one:
        one.lines()
        assert one.process.stdout is not None
        one.process.stdout.close()
        assert one.process.wait(timeout=HANGS) == 0
        assert one.process.stderr is not None
        assert one.process.stderr.read() == ""


@pytest.mark.parametrize("environment", [{}, {"TERM": "dumb"}])
def test_a_terminal_shows_the_last_check_alone(environment: dict[str, str], folder: Path) -> None:
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "cnn_shapes", "check", "net.yaml", "--watch"],
        cwd=str(folder),
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "TERM": "xterm"} | environment,
        encoding="utf-8",
        timeout=HANGS,
        dimensions=(50, 100),
    )
    terminal.expect(re.escape(END))
    assert "\x1b[2J" not in str(terminal.before)
    (folder / "net.yaml").write_text(BAD)
    terminal.expect(re.escape(END))
    assert ("\x1b[2J\x1b[H" in str(terminal.before)) == (not environment)
    shown = str(terminal.before).rpartition("\x1b[H")[2].replace("\r\n", "\n").lstrip("\n")
    head, table, *_, last = re.sub(r"\[\d\d:\d\d:\d\d\] ", "", shown).split("\n\n")
    assert (head, table) == ("net.yaml changed", "net.yaml   9x9x1")
    assert last == "1 spec checked, 1 with errors: "
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert (terminal.exitstatus, terminal.signalstatus) == (0, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("net.yaml --format json", "it shows a person what changes, as full or concise: leave out json"),
        ("net.yaml -o x", "as full or concise: leave out the file"),
        ("net.yaml --format full --format json=x", "as full or concise: leave out the file"),
        ("net.yaml --fix", "--fix would write while you do: leave one of the two out"),
        ("net.yaml --add-ignore", "--add-ignore would write while you do"),
        ("-", "it looks at files, and standard input is not one"),
    ],
)
def test_wrong_usage(arguments: str, said: str, folder: Path) -> None:
    result = run("check", *arguments.split(), "--watch", folder=folder)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_the_code_of_a_model_is_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnn_shapes.commands.parts.models import NamedModel, run_of

    (folder / "pack").mkdir()
    for name in ("net.py", "parts.py", "pack/model.py", "pack/blocks.py"):
        (folder / name).write_text("")
    monkeypatch.chdir(folder)
    ran = run_of([], [], None, 60)
    assert sorted(watching._code(NamedModel("net.py:Net", ran))) == ["net.py", "parts.py"]
    found = sorted(watching._code(NamedModel("pack.model:Net", ran)))
    assert found == ["pack/blocks.py", "pack/model.py"]
    assert watching._code(NamedModel("nowhere.model:Net", ran)) == []
