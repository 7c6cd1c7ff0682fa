"""What a child process answers is read within limits, and junk is a failure of its own."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cnn_shapes.importing.recording import Recording, RunFailure, read_answer
from cnn_shapes.importing.running import record

WHOLE: dict[str, Any] = {
    "torch": "2.13.0", "class": "Net", "batch": 2, "learned": 12, "outputs": [["", [1, 0]]],
    "other_outputs": [], "modules": [["", "Net", 12, None]], "parameters": [["w", [4, 3, 1, 1], True, True]],
    "entries": [{"path": "", "class": "Net", "of_torch": False, "number": 1, "within": None,
                 "constructed": ["/net.py", 3]}],
    "calls": [
        {"operation": "input", "arguments": ["x"], "named": {}, "shapes": [[2, 3, 8, 8]]},
        {"operation": "conv2d", "arguments": [{"result": [0, 0]}, {"parameters": [0], "shape": [4, 3, 1, 1]}],
         "named": {"stride": [1, 1]}, "shapes": [[2, 4, 8, 8]], "within": 0, "place": ["/net.py", 9]},
    ],
}  # fmt: skip


def test_a_whole_answer() -> None:
    read = read_answer(WHOLE)
    assert isinstance(read, Recording)
    assert (read.params, read.outputs[0][1].call, read.unreached) == (12, 1, ())
    assert [module.class_name for module in read.calls[1].modules] == ["Net"]


@pytest.mark.parametrize(
    "change",
    [
        {"calls": []},
        {"calls": [{"operation": "relu", "arguments": [{"result": [5, 0]}], "named": {}, "shapes": [[1]]}]},
        {"calls": [{"operation": "relu", "arguments": [], "named": {}, "shapes": [[-1]]}]},
        {"calls": [{"operation": 3}]},
        {"outputs": [["", [0, 7]]]},
        {"parameters": 5},
        {"entries": [{}]},
        {"failure": {"stage": "cannot-breathe"}},
        {"failure": []},
        {"batch": None},
    ],
)
def test_junk_is_not_a_recording(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_answer(WHOLE | change)


ANSWERS = [
    ("print('{}')", "cannot-run", "junk", "cannot be read: neither a recording nor a failure"),
    ("print('[' * 100_000)", "cannot-run", "junk", "the tracer's answer cannot be read: "),
    ("print('@cannot-construct'); print('no json')", "cannot-run", "junk", "answer cannot be read: "),
    ("print('half', end='')", "cannot-import", "no-answer", "ended without an answer, with exit code 0"),
    (
        "import sys; print('@cannot-construct', flush=True); sys.exit('last\\nwords')",
        "cannot-construct", "no-answer", "ended without an answer, with exit code 1: words",
    ),
    ("print('@cannot-run', flush=True)\nwhile True: pass", "cannot-run", "timeout", "within 1 seconds"),
    (
        "import os, time\nif os.fork() == 0: time.sleep(600)\nprint('@cannot-run\\n{}')",
        "cannot-run", "junk", "neither a recording nor a failure",
    ),
]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="the interpreter is a script with a #! line")
@pytest.mark.parametrize(("code", "stage", "reason", "message"), ANSWERS)
def test_a_child_that_does_not_answer(
    tmp_path: Path, code: str, stage: str, reason: str, message: str
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!{sys.executable}\n{code}\n")
    python.chmod(0o755)
    failure = record("net:Net", inputs=[(3, 8, 8)], python=str(python), timeout=1)
    assert isinstance(failure, RunFailure)
    assert (failure.stage, failure.reason) == (stage, reason)
    assert message in failure.message


def test_no_such_interpreter() -> None:
    failure = record("net:Net", python="/nowhere/python")
    assert isinstance(failure, RunFailure)
    assert failure == RunFailure("cannot-import", "no-python", "/nowhere/python: No such file or directory")


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is here")
def test_without_torch() -> None:
    failure = record("net:Net")
    assert isinstance(failure, RunFailure)
    assert (failure.stage, failure.reason) == ("cannot-import", "no-torch")
