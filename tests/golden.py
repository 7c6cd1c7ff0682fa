"""Runs the command as a user would and compares all that it says with a file.

A golden file is a transcript: commands as typed, after each one all that it wrote and its exit code.

    $ cnn-shapes check case.yaml --format concise
    case.yaml:3:14: error[bad-value] ...
    exit 1
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, Line

ROOT = Path(__file__).parent.parent
PROMPT = "$ "
HANGS = 60  # seconds after which a process is one that never ends
COMMAND = "cnn-shapes"
_TERMINAL = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTHONUTF8", "PYTHONIOENCODING")
_SECONDS = re.compile(r"\bin \d+(\.\d+)? s\b")  # the one thing that differs from run to run


class Result(NamedTuple):
    """What one run of the command wrote to each stream, and its exit code."""

    code: int
    out: str
    err: str


def run(*arguments: str, folder: Path = ROOT, stdin: str | bytes = "") -> Result:
    """Run `cnn-shapes ARGUMENTS` inside this process, in `folder`, with pipes for streams."""
    from cnn_shapes.cli import main

    given = io.TextIOWrapper(io.BytesIO(_bytes(stdin)), encoding="utf-8")
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    code: object = 0
    with (
        mock.patch.object(sys, "argv", [COMMAND, *arguments]),
        mock.patch.object(sys, "stdin", given),
        mock.patch.dict(os.environ),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        _forget_terminal(os.environ)
        try:
            code = main()
        except SystemExit as stop:
            code = stop.code
    return Result(_exit_code(code, err), *map(_written, (out, err)))


def run_process(*arguments: str, folder: Path = ROOT, stdin: str | bytes = "") -> Result:
    """Run `cnn-shapes ARGUMENTS` as a process of its own, in `folder`, with pipes for streams."""
    environment = dict(os.environ)
    _forget_terminal(environment)
    done = subprocess.run(
        [sys.executable, "-m", "cnn_shapes", *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        input=_bytes(stdin),
        capture_output=True,
        timeout=HANGS,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def transcript(commands: list[str], folder: Path) -> str:
    """Run each command line, `cnn-shapes ...`, in `folder`, and write down all that they say."""
    lines: list[str] = []
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == COMMAND, f"a golden file runs {COMMAND} only, not: {command}"
        result = run(*arguments, folder=folder)
        stderr = "".join(f"stderr: {line}" for line in result.err.splitlines(keepends=True))
        lines.append(f"{PROMPT}{command}\n{_ended(result.out)}{_ended(stderr)}exit {result.code}\n")
    return _SECONDS.sub("in ? s", "\n".join(lines))


def drawn(lines: Iterable[Line], options: DisplayOptions) -> str:
    """What a terminal gets of these lines."""
    text = io.StringIO()
    Output(text, options).lines(lines)
    return text.getvalue()


def check(file: Path, commands: list[str], *, update: bool) -> None:
    """Assert that `file` holds what its commands say now. A file yet to be made runs `commands`."""
    expected = file.read_bytes().decode() if file.exists() else None
    if expected is not None:
        commands = [line.removeprefix(PROMPT) for line in expected.splitlines() if line.startswith(PROMPT)]
    found = transcript(commands, file.parent)
    if update and found != expected:
        file.write_bytes(found.encode())
        expected = found
    assert expected is not None, f"{file.name} is missing: pytest --update writes it"
    assert found == expected


def _forget_terminal(environment: "dict[str, str] | os._Environ[str]") -> None:
    """Take out what a developer's terminal would change: colours, widths, encodings."""
    for name in _TERMINAL:
        environment.pop(name, None)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def _exit_code(code: object, err: io.TextIOWrapper) -> int:
    """What the interpreter makes of an argument of `sys.exit`."""
    if code is None or isinstance(code, int):
        return int(code or 0)
    err.write(f"{code}\n")
    return 1


def _ended(text: str) -> str:
    """The text with a line end; where it had none, that is said, since it is a part of the output too."""
    return text if not text or text.endswith("\n") else f"{text}\n(no line end)\n"
