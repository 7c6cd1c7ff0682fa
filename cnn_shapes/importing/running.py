"""Runs the tracer in a process of its own, within limits, and reads what it answers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import Any

from cnn_shapes.importing.keras_models.recording import KerasRecording, read_any_answer
from cnn_shapes.importing.recording import (
    CANNOT_IMPORT,
    CANNOT_RUN,
    STAGES,
    Recording,
    RunFailure,
)

TRACER = Path(__file__).with_name("tracer.py")
BATCH = 2  # a batch of 1 could not be told from one channel
TIMEOUT = 60.0  # seconds
MOST_BYTES = 256 * 2**20  # of an answer
STAGE_SIGN = b"@"  # begins a line that says which stage begins
_LAST_WORDS = 2000  # bytes of standard error that are kept

Inputs = Sequence[Sequence[int]] | Mapping[str, Sequence[int]]


def record(
    target: str,
    arguments: Mapping[str, Any] | None = None,
    inputs: Inputs = (),
    *,
    python: str | None = None,
    timeout: float = TIMEOUT,
    batch: int = BATCH,
    folder: str | os.PathLike[str] | None = None,
    names: Sequence[str] = (),
    channels_first: bool = False,
) -> Recording | KerasRecording | RunFailure:
    """Run the model that `target` means, `package.module:Name` or `path/file.py:Name`, and record its calls.

    `inputs` are the sizes of each without the batch, in the framework's order, or by the names that the model
    gives them; with `channels_first` in that order, whatever the framework's is. `names`, one for each of a
    list, are used if the model has all of them. `python` is the interpreter whose framework it is, this one
    where it is not given, `folder` where it runs. Whatever the user's code does, the process and its forks
    are gone afterwards.
    """
    named = {name: list(sizes) for name, sizes in inputs.items()} if isinstance(inputs, Mapping) else None
    request = {
        "target": target,
        "arguments": dict(arguments or {}),
        "inputs": [list(sizes) for sizes in inputs] if named is None else named,
        "batch": batch,
        "timeout": timeout,
        "names": list(names),
        "channels_first": channels_first,
    }
    try:
        answer = _Child([python or sys.executable, str(TRACER)], json.dumps(request), folder).answer(timeout)
    except OSError as error:
        return RunFailure(
            CANNOT_IMPORT, "no-python", f"{python or sys.executable}: {error.strerror or error}"
        )
    if isinstance(answer, RunFailure):
        return answer
    try:
        return read_any_answer(json.loads(answer))
    except (ValueError, RecursionError) as error:
        return RunFailure(CANNOT_RUN, "junk", f"the tracer's answer cannot be read: {error}")


def record_module(
    module: Any, inputs: Inputs = (), batch: int = BATCH
) -> Recording | KerasRecording | RunFailure:
    """The same of a model of this process, which stays as it is; what it prints is not caught."""
    tracer: Any = import_module("cnn_shapes.importing.tracer")
    keras: Any = tracer.keras_tracer()
    finished: dict[str, Any] = {}
    try:
        if keras.is_model(module):
            keras.trace_model(tracer, module, inputs, batch, finished)
        else:
            tracer.trace_module(module, inputs, batch, finished)
    except tracer.Failed as failed:
        finished["failure"] = failed.answer()
    except Exception as error:  # a module that cannot be copied
        return RunFailure(CANNOT_RUN, "raised", str(error), type(error).__name__)
    return read_any_answer(finished)


class _Child:
    """The process, in a group of its own, and two threads that read what it writes."""

    def __init__(self, command: list[str], request: str, folder: str | os.PathLike[str] | None) -> None:
        self._request = request.encode()
        self._read, self._said = bytearray(), bytearray()
        self._done, self._silent = Event(), Event()
        answer, others = os.pipe(), os.pipe()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=answer[1],
                stderr=others[1],
                cwd=folder,
                start_new_session=True,
            )
        finally:
            os.close(answer[1])
            os.close(others[1])
        self._threads = [
            Thread(target=self._write, daemon=True),
            Thread(target=self._read_line, args=(answer[0],), daemon=True),
            Thread(target=self._listen, args=(others[0],), daemon=True),
        ]

    def answer(self, timeout: float) -> bytes | RunFailure:
        """The one line that it answers with, or why there is none."""
        for thread in self._threads:
            thread.start()
        in_time = self._done.wait(timeout)
        self._end()
        begun, answer = _begun(bytes(self._read))
        if not in_time:
            return RunFailure(begun, "timeout", f"it did not finish within {timeout:g} seconds")
        if len(self._read) >= MOST_BYTES:
            return RunFailure(begun, "too-long", f"the tracer's answer is over {MOST_BYTES:,} bytes")
        if not answer.endswith(b"\n"):
            self._silent.wait(1)
            last = bytes(self._said).decode("utf-8", "replace").strip().rpartition("\n")[2]
            ended = f"the process ended without an answer, with exit code {self._process.returncode}"
            return RunFailure(begun, "no-answer", f"{ended}: {last}" if last else ended)
        return answer

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError), pipe:
            pipe.write(self._request)

    def _read_line(self, pipe: int) -> None:
        """Up to the end of the line, and not of the pipe: a fork of the user's code keeps that open."""
        while len(self._read) < MOST_BYTES:
            chunk = os.read(pipe, 2**16)
            self._read += chunk
            if not chunk or _begun(self._read[-_LAST_WORDS:])[1].endswith(b"\n"):
                break
        os.close(pipe)
        self._done.set()

    def _listen(self, pipe: int) -> None:
        while chunk := os.read(pipe, 2**16):
            self._said = (self._said + chunk)[-_LAST_WORDS:]
        os.close(pipe)
        self._silent.set()

    def _end(self) -> None:
        """End the process and all that it started."""
        process = self._process
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2 if self._done.is_set() else 0)
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)


def _begun(read: bytes | bytearray) -> tuple[str, bytes]:
    """The stage that began last, and what came after the lines that say so."""
    stage, rest = CANNOT_IMPORT, bytes(read)
    while rest.startswith(STAGE_SIGN):
        line, ended, after = rest.partition(b"\n")
        if not ended:
            return stage, b""
        named = line[1:].decode("ascii", "replace")
        stage, rest = named if named in STAGES else stage, after
    return stage, rest
