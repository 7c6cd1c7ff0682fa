"""A fault of ours over one file is a finding of it: the other files are told as ever, in every format."""

import json
from pathlib import Path

import pytest

import cnn_shapes.checking as checking
import cnn_shapes.repair as repair
import cnn_shapes.repair.pins as pins
import cnn_shapes.repair.report.spelling as spelling
from cnn_shapes import formats
from cnn_shapes.source import Source
from tests.golden import Result, run

BAD = "input: [9, 9, 1]\nlayers: [maxpool: 2]\n"
SAID = "internal fault, please report it with b.yaml: ZeroDivisionError: of a test (test_faults.py:"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(BAD)
    return tmp_path


def fail_over_b(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    """Let a function fail where it is given what belongs to b.yaml."""
    works = getattr(owner, name)

    def failing(*arguments: object) -> object:
        for given in arguments:
            if Path(getattr(getattr(given, "source", given), "path", "")).name == "b.yaml":
                raise ZeroDivisionError("of a test")
        return works(*arguments)

    monkeypatch.setattr(owner, name, failing)


def holds(result: Result) -> None:
    assert result.code == 2
    assert "Traceback" not in result.out + result.err
    text = result.out + result.err
    assert "internal-fault" in text
    for name in ("a.yaml", "c.yaml"):
        assert name in text
    assert text.count("pool-not-divisible") >= 2


@pytest.mark.parametrize("format", formats.names())
def test_in_every_format(format: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_over_b(monkeypatch, checking, "read_spec")
    result = run("check", "a.yaml", "b.yaml", "c.yaml", "--format", format, "--exit-zero", folder=folder)
    holds(result)
    assert SAID in result.out + result.err


@pytest.mark.parametrize("format", formats.names())
def test_where_it_is_shown(format: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of a network are worked out when a format asks for them, the places when one is shown."""
    (folder / "b.yaml").write_text(BAD + "# of b\n")
    position = Source.position

    def failing(self: Source, offset: int) -> tuple[int, int]:
        if "# of b" in self.text:
            raise ZeroDivisionError("of a test")
        return position(self, offset)

    monkeypatch.setattr("cnn_shapes.repair.advise", lambda report: report)
    monkeypatch.setattr(Source, "position", failing)
    holds(run("check", "a.yaml", "b.yaml", "c.yaml", "--format", format, folder=folder))


@pytest.mark.parametrize(
    ("owner", "name", "option"),
    [(repair, "advise", "--quiet"), (spelling, "respelled", "--fix"), (pins, "pin", "--pin")],
)
def test_in_every_stage(
    owner: object, name: str, option: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_over_b(monkeypatch, owner, name)
    holds(run("check", "a.yaml", "b.yaml", "c.yaml", option, folder=folder))
    assert (folder / "b.yaml").read_text() == BAD


@pytest.mark.parametrize("command", ["fix", "sizes", "expand", "export pytorch"])
def test_in_every_command(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_over_b(monkeypatch, checking, "read_spec")
    result = run(*command.split(), "b.yaml", folder=folder)
    assert result.code == 2
    assert SAID in result.out + result.err


def test_json_counts_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_over_b(monkeypatch, checking, "read_spec")
    found = json.loads(run("check", ".", "--format", "json", folder=folder).out)
    assert found["summary"] == {"files": 3, "errors": 3, "warnings": 0}
    assert [entry["layers"] == [] for entry in found["files"]] == [False, True, False]


def test_a_file_that_cannot_be_written_is_a_finding_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnn_shapes.edit import files

    write = files.write_atomically

    def refusing(path: str, data: bytes, expected: bytes | None = None) -> None:
        if path == "b.yaml":
            raise PermissionError(13, "Permission denied")
        write(path, data, expected)

    monkeypatch.setattr(files, "write_atomically", refusing)
    slip = "input: [8, 8, 1]\nlayers: [maxpool: {kernel-size: 2}]\n"
    for name in "abc":
        (folder / f"{name}.yaml").write_text(slip)
    result = run("check", "a.yaml", "b.yaml", "c.yaml", "--fix", "--format", "concise", folder=folder)
    assert result.out == "b.yaml:1:1: error[unreadable-file] cannot write b.yaml: permission denied\n"
    assert result.code == 2
    fixed = slip.replace("kernel-size", "kernel_size")
    assert [(folder / f"{name}.yaml").read_text() for name in "abc"] == [fixed, slip, fixed]
