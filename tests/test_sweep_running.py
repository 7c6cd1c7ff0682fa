"""Sweeps in pieces: any executor gives the same lines, and whatever ends a sweep, rows are whole."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cnn_shapes.cli import app
from cnn_shapes.sweeps.processes import pool
from cnn_shapes.sweeps.running import Lost, chunks
from cnn_shapes.sweeps.writing import RowsFile
from tests.sweep_rows import SMALL, job, run

EXECUTORS: list[Callable[[], Executor | Callable[[], Executor]]] = [
    lambda: ThreadPoolExecutor(2),
    lambda: pool(2),
]


@pytest.mark.parametrize("executor", EXECUTORS, ids=["threads", "processes"])
def test_any_executor_gives_the_same_lines(executor: Callable[[], Any]) -> None:
    swept = job(["wide=1:50", "deep=0:3"], ["27,28"])
    serial = "".join(chunk.lines for chunk in chunks(swept, swept.space.numbers(), as_lines=True))
    assert serial.count("\n") == swept.space.size
    assert (
        "".join(chunk.lines for chunk in chunks(swept, swept.space.numbers(), executor(), 2, as_lines=True))
        == serial
    )


def test_a_worker_that_is_killed_loses_nothing() -> None:
    swept = job(["wide=1:60", "deep=0:3"])
    made: list[Any] = []

    def make() -> Executor:
        made.append(pool(2)())
        return made[-1]  # type: ignore[no-any-return]

    lines = []
    for number, chunk in enumerate(chunks(swept, swept.space.numbers(), make, 2, as_lines=True)):
        lines.append(chunk.lines)
        if number == 0:
            os.kill(next(iter(made[0]._processes)), signal.SIGKILL)
    assert "".join(lines) == "".join(
        chunk.lines for chunk in chunks(swept, swept.space.numbers(), as_lines=True)
    )
    assert len(made) == 2


class Dying(ThreadPoolExecutor):
    """Workers that die at every piece."""

    def submit(self, *arguments: Any, **named: Any) -> Any:
        from concurrent.futures import Future
        from concurrent.futures.process import BrokenProcessPool

        future: Future[Any] = Future()
        future.set_exception(BrokenProcessPool("killed"))
        return future


def test_workers_that_die_at_one_piece_end_the_sweep() -> None:
    with pytest.raises(Lost, match="workers died again and again"):
        list(chunks(job(["wide=1:60"]), range(60), Dying, 2))


def test_a_full_disk_leaves_whole_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = 50
    write = os.write

    def narrow(file: int, data: Any) -> int:
        nonlocal room
        if room == 0:
            raise OSError(28, "No space left on device")
        taken = min(room, len(data))
        room -= taken
        return write(file, data[:taken])

    monkeypatch.setattr(os, "write", narrow)
    path = tmp_path / "rows.csv"
    with RowsFile(str(path)) as file:
        file.write("a,b\n")
        file.write("1,2\n" * 10)
        with pytest.raises(OSError, match="No space left"):
            file.write("3,4\n" * 10)
    assert path.read_text(encoding="utf-8") == "a,b\n" + "1,2\n" * 10
    if Path("/dev/full").exists():
        result = CliRunner().invoke(
            app, ["sweep", "-", "--input", "28", "-o", "/dev/full", "--format", "csv"], input=SMALL
        )
        assert (result.exit_code, "no space left" in result.output) == (2, True)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_leaves_whole_rows(tmp_path: Path, jobs: str) -> None:
    spec, out = tmp_path / "net.yaml", tmp_path / "rows.csv"
    spec.write_text(SMALL, encoding="utf-8")
    command = [sys.executable, "-m", "cnn_shapes", "sweep", str(spec), "--set", "wide=1:100000", "-j", jobs]
    running = subprocess.Popen([*command, "-o", str(out)], stderr=subprocess.PIPE, text=True)
    while not out.exists() or out.stat().st_size < 1000:  # until rows are there
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    lines = out.read_text(encoding="utf-8").splitlines(keepends=True)
    assert all(line.endswith("\n") and line.count(",") == lines[0].count(",") for line in lines)
    counted = re.search(r"([\d,]+) rows are written, ", said)
    assert counted
    # it may come between a piece that is written and its counting: then the file has one piece more
    assert 0 <= len(lines) - 1 - int(counted[1].replace(",", "")) <= 2_000
    assert "of 100,000 configurations are missing" in said


def test_a_scheduler_that_does_not_answer_is_said() -> None:
    result = run("--input", "28", "--scheduler", "tcp://127.0.0.1:9")
    assert result.exit_code == 2
    assert "--scheduler needs dask" in result.output or "does not answer" in result.output
    result = run("--input", "28", "--scheduler", "nonsense")
    assert result.exit_code == 2
    said = " ".join(result.output.split())
    assert "--scheduler needs dask" in said or "an address such as tcp://host:8786, found nonsense" in said
