"""`check --jobs`: the same to the byte as one process, whatever happens to the others."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_shapes import formats
from cnn_shapes.commands.parts.processes import METHOD, ProcessDied, WorkFailed, spread
from tests.golden import HANGS, ROOT, Result, run_process
from tests.test_golden import CASES

SLIP = "input: [8, 8, 1]\nlayers: [maxpool: {kernel-size: 2}]\n"
FOLDERS = ("tests/cases", "tests/joins")
# On 3.12 and later Python warns where a process with threads, as those of a test run are, is copied.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


def checked(jobs: str, *arguments: str, folder: Path = ROOT, stdin: str = "") -> Result:
    result = run_process("check", *arguments, "--jobs", jobs, folder=folder, stdin=stdin)
    return result._replace(out=re.sub(r"in \d+\.\d s", "in ? s", result.out))


@pytest.mark.parametrize("name", formats.names())
def test_every_format_is_the_same(name: str) -> None:
    one = checked("1", *FOLDERS, "--format", name)
    assert one.out
    assert checked("3", *FOLDERS, "--format", name) == one


@pytest.mark.parametrize(
    "arguments",
    [
        "tests/cases --table --top 2",
        "tests/cases --statistics",
        "tests/cases -q --fail-on never",
        "tests/cases specs --select pixels-dropped --fail-on info",
        "tests/cases no.yaml tests/no --format json",
        "tests/cases --set width=2",
        "tests/cases --input 5x5x1x1",
        "tests/cases - --format concise",
        "specs tests/cases --set width=0.5 --format concise",
        "tests/cases --format sarif --format concise=/dev/stderr",
    ],
)
def test_every_answer_is_the_same(arguments: str) -> None:
    stdin = CASES.joinpath("even-kernel.yaml").read_text(encoding="utf-8")
    one = checked("1", *arguments.split(), stdin=stdin)
    assert checked("2", *arguments.split(), stdin=stdin) == one


def test_what_is_changed_is_the_same(tmp_path: Path) -> None:
    said = []
    for jobs in ("1", "2"):
        folder = tmp_path / jobs
        folder.mkdir()
        for number in range(12):
            (folder / f"net{number}.yaml").write_text(SLIP)
        said.append(checked(jobs, ".", "--fix", "--pin", folder=folder))
        assert {file.read_text() for file in folder.iterdir()} == {
            SLIP.replace("kernel-size: 2", "kernel_size: 2, expect: [4, 4, 1]")
        }
    assert said[0] == said[1]
    assert said[0].err.splitlines()[:2] == [
        "./net0.yaml: kernel-size -> kernel_size on line 2",
        "./net0.yaml: 1 pin added",
    ]


@pytest.mark.parametrize(
    ("jobs", "code", "said"),
    [
        ("auto", 0, ""),
        ("0", 0, ""),
        ("1000", 0, ""),
        ("1001", 2, "expected a number of processes from 1 to 1,000, or auto, found 1001"),
        ("two", 2, "expected a number of processes from 1 to 1,000, or auto, found two"),
        ("1.5", 2, "or auto, found 1.5"),
        ("", 2, "or auto, found \n"),
    ],
)
def test_the_number_of_processes(jobs: str, code: int, said: str) -> None:
    result = checked(jobs, "specs/mnist.yaml", "-q")
    assert result.code == code
    assert said in result.err


def even_or_die(number: int) -> str:
    """Dies over a multiple of 7 in one of four ways."""
    if number % 7 == 0 and number:
        place = number // 7 % 3
        if place == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        elif place == 1:
            os._exit(3)
        else:
            os.kill(os.getpid(), signal.SIGTERM)
    return f"{number}"


def lost(number: int, error: Exception) -> str:
    assert isinstance(error, ProcessDied)
    return f"{number}: {error}"


@pytest.mark.parametrize("one_by_one", [False, True])
@pytest.mark.parametrize(("count", "jobs"), [(1, 2), (40, 2), (100, 3), (9, 9)])
def test_each_item_over_which_a_process_dies_is_lost_alone(count: int, jobs: int, one_by_one: bool) -> None:
    ends = (
        "was ended by SIGKILL",
        "ended with exit code 3",
        "was ended by SIGTERM",
    )
    expected = [
        f"{number}: the process that worked on it {ends[number // 7 % 3]}"
        if number % 7 == 0 and number
        else f"{number}"
        for number in range(count)
    ]
    assert [*spread(even_or_die, range(count), jobs, lost, one_by_one)] == expected


def fails_over_5(number: int) -> int:
    return 1 // (number - 5)


def test_what_the_work_raises_is_raised() -> None:
    results = spread(fails_over_5, range(20), 2, lambda number, error: 0, one_by_one=True)
    assert [next(results) for _ in range(5)] == [-1, -1, -1, -1, -1]
    with pytest.raises(WorkFailed, match=r"^ZeroDivisionError: "):
        next(results)


def _pid(number: int) -> int:
    return os.getpid()


def test_closing_ends_the_processes() -> None:
    results = spread(_pid, range(50), 2, lambda number, error: 0)
    pids = {next(results) for _ in range(50)}
    assert pids - {os.getpid()}
    results.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_where_no_process_can_be_started_this_one_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    assert {*spread(_pid, range(9), 2, lambda number, error: 0)} == {os.getpid()}


# a command in which something happens over `c.yaml`, in whatever process that is
_TROUBLE = """
import os, signal, sys, time
from cnn_shapes.cli import main
from cnn_shapes.commands.parts import file_checks, processes
processes.METHOD = sys.argv.pop(1)
report_of = file_checks.report_of
def troubled(path, *others):
    if path.endswith("c.yaml"):
        {trouble}
    return report_of(path, *others)
file_checks.report_of = troubled
if __name__ == "__main__":
    main()
"""


def troubled(trouble: str, folder: Path, *arguments: str, method: str = METHOD) -> subprocess.Popen[str]:
    """`check` of a folder of six specs of which one makes trouble, begun in a session of its own."""
    for name in "abcdef":
        (folder / f"{name}.yaml").write_text("input: [9, 9, 1]\nlayers: [maxpool: 2]\n")
    program = folder / "program.py"
    program.write_text(_TROUBLE.format(trouble=trouble))
    return subprocess.Popen(
        [sys.executable, str(program), method, "check", ".", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_file_over_which_a_process_dies(method: str, tmp_path: Path) -> None:
    process = troubled("os._exit(7)", tmp_path, "-j", "2", "--format", "json", method=method)
    out, err = process.communicate(timeout=HANGS)
    found = {file["path"]: file["diagnostics"] for file in json.loads(out)["files"]}
    assert [*found] == [f"./{name}.yaml" for name in "abcdef"]
    assert (process.returncode, err) == (2, "")
    assert found["./c.yaml"][0]["message"] == (
        "internal fault, please report it with ./c.yaml: "
        "ProcessDied: the process that worked on it ended with exit code 7"
    )
    assert [one["rule"] for diagnostics in found.values() for one in diagnostics].count(
        "pool-not-divisible"
    ) == 5


def test_what_nobody_foresaw_is_one_line(tmp_path: Path) -> None:
    process = troubled("raise ZeroDivisionError", tmp_path, "-j", "2", "--format", "concise")
    out, err = process.communicate(timeout=HANGS)
    assert (out.count("pool-not-divisible"), process.returncode) == (2, 2)
    assert err.startswith("cnn-shapes: internal fault, please report it with your spec: WorkFailed: ZeroDiv")
    assert err.count("\n") == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_all_of_them(jobs: str, tmp_path: Path) -> None:
    trouble = 'print("here", os.getpid(), flush=True, file=sys.__stdout__); time.sleep(60)'
    process = troubled(trouble, tmp_path, "-j", jobs, "--format", "concise")
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith("here"):
        lines.append(process.stdout.readline())
        assert lines[-1], "it has ended"
    worker = int(lines[-1].split()[1])
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=HANGS)
    assert (process.returncode, err) == (130, "")
    assert (worker == process.pid) == (jobs == "1")
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    trouble = 'print("here", os.getpid(), flush=True, file=sys.__stdout__); time.sleep(0.5)'
    process = troubled(trouble, tmp_path, "-j", "2", "--format", "json")
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    assert process.communicate(timeout=HANGS) == ("", "")  # the pipe to them is closed, too
