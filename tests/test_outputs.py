"""Several outputs in one run, each whole or as it was; and counts in the place of problems."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_shapes import formats
from cnn_shapes.commands.parts.shared import report_of
from tests.golden import HANGS, ROOT, Result, run, run_process

BAD = "input: [9, 9, 1]\nlayers: [maxpool: 2]\n"
GOOD = "input: [8, 8, 1]\nlayers: [maxpool: 2]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "good.yaml").write_text(GOOD)
    return tmp_path


def check(arguments: str, folder: Path) -> Result:
    return run("check", *arguments.split(), folder=folder)


@pytest.mark.parametrize("first", formats.names())
def test_each_output_is_what_it_is_alone(first: str, folder: Path) -> None:
    """Whichever goes to standard output; some search for repairs, which others do without."""
    others = [name for name in formats.names() if name not in (first, "full")]  # full tells the time
    alone = {name: check(f". --format {name}", folder) for name in [first, *others]}
    given = " ".join(f"--format {name}=out.{name}" for name in others)
    together = check(f". {given} --format {first}", folder)
    assert together.code == 1
    for name in others:
        assert (folder / f"out.{name}").read_bytes().decode() == alone[name].out, name
    if first != "full":
        assert together.out == alone[first].out


def test_each_file_is_checked_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnn_shapes.commands.parts import file_checks

    read = []

    def counted(path: str, *others: object) -> object:
        read.append(path)
        return report_of(path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(file_checks, "report_of", counted)
    result = check(". --format json=a.json --format sarif=b.sarif --format junit", folder)
    assert read == ["./bad.yaml", "./good.yaml"]
    assert result.err == "2 specs checked, 1 with errors: written to a.json, b.sarif\n"


def test_files_alone_leave_standard_output_empty(folder: Path) -> None:
    result = check("bad.yaml --format json=a.json --format concise=b.txt", folder)
    assert result == (1, "", "1 spec checked, 1 with errors: written to a.json, b.txt\n")
    assert check("bad.yaml --format json=a.json -q", folder) == (1, "", "")


def test_the_one_without_a_file_goes_where_output_says(folder: Path) -> None:
    result = check("bad.yaml --format json=a.json --format concise -o c.txt", folder)
    assert (result.out, result.err) == ("", "1 spec checked, 1 with errors: written to c.txt, a.json\n")
    assert (folder / "c.txt").read_text().startswith("bad.yaml:2:19: error[")
    assert check("bad.yaml --format concise=-", folder) == check("bad.yaml --format concise", folder)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            "--format json --format csv",
            "json and csv would both go to standard output: give one a file, as in",
        ),
        ("--format json --format csv=-", "json and csv would both go to standard output"),
        ("--format full --format sarif -o x", "full and sarif would both go to x: give one a file"),
        ("--format json=x -o y", "each format has a file of its own: leave --output out, or add a --format"),
        ("--format json=x --format csv=./x", "two formats would go into ./x: name two files"),
        ("--format json -o x --format csv=x", "two formats would go into x: name two files"),
        ("--format json=", "--format json= names no file: write --format json=FILE, or json alone"),
        ("--format jsn=x", "there is no format jsn: did you mean json?"),
        ("--format json=good.yaml", "--format json=good.yaml is a file that is read, and would be lost"),
        ("--format json=other.yaml", "--format json=other.yaml is a spec, and would be lost"),
    ],
)
def test_wrong_usage(arguments: str, said: str, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "other.yaml").write_text(GOOD)
    result = check(f"bad.yaml good.yaml {arguments}", folder)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert (folder / "good.yaml").read_text() == (folder / "other.yaml").read_text() == GOOD
    assert not (folder / "x").exists()


def test_a_file_that_cannot_be_written_stops_no_other(folder: Path) -> None:
    (folder / "a.json").write_text("old")
    result = check(
        "bad.yaml --format json=a.json --format sarif=no/b --format csv=c.csv --format concise", folder
    )
    assert result.out.startswith("bad.yaml:2:19: error[")
    assert result.err == "cnn-shapes: cannot write no/b: no such file or directory\n"
    assert result.code == 2
    assert json.loads((folder / "a.json").read_text())["version"] == 1
    assert (folder / "c.csv").read_bytes().endswith(b"error\r\n")
    assert sorted(file.name for file in folder.iterdir()) == ["a.json", "bad.yaml", "c.csv", "good.yaml"]


def test_a_wrong_call_that_shows_late_leaves_the_files_as_they_were(folder: Path) -> None:
    (folder / "a.json").write_text("old")
    result = check("bad.yaml good.yaml --set width=2 --format json=a.json --format concise", folder)
    assert result.code == 2
    assert "there is no param width" in result.err
    assert (folder / "a.json").read_text() == "old"


@pytest.mark.parametrize("redirection", ["> /dev/full", "| true", ">&-"])
def test_what_becomes_of_standard_output_is_nothing_to_the_files(redirection: str, folder: Path) -> None:
    for number in range(300):
        (folder / f"net{number}.yaml").write_text(BAD)
    command = f"{sys.executable} -m cnn_shapes check . --format concise --format json=a.json {redirection}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    assert len(json.loads((folder / "a.json").read_text())["files"]) == 302
    full = redirection == "> /dev/full"
    assert ("cannot write standard output: no space left on device" in done.stderr) == full
    assert done.returncode == (2 if full else 1)


def test_the_name_of_standard_output_comes_after_it(folder: Path) -> None:
    arguments = "check bad.yaml -q --format concise --format json=/dev/stdout"
    result = run_process(*arguments.split(), folder=folder)
    first, rest = result.out.split("\n", 1)
    assert first.startswith("bad.yaml:2:19: error[")
    assert json.loads(rest)["summary"]["errors"] == 1


MANY = "input: [8, 8, 1]\nlayers:\n" + "  - con: 1\n" * 130


def test_statistics(folder: Path) -> None:
    (folder / "many.yaml").write_text(MANY)
    (folder / "warns.yaml").write_text(GOOD.replace("8, 8", "9, 9") + "rounding: floor\n")
    assert check(". --statistics -q", folder).out.splitlines() == [
        "100  error    unknown-layer       in 1 file",
        "  1  error    pool-not-divisible  in 1 file",
        "  1  warning  pixels-dropped      in 1 file",
        "and 30 more, beyond the limit of a file",
    ]
    found = json.loads(check(". --statistics --format json", folder).out)
    assert found["omitted"] == 30
    assert found["summary"] == {"files": 4, "with_errors": 2, "with_warnings": 1}
    assert [one["findings"] for one in found["statistics"]] == [100, 1, 1]
    text = check(". --statistics --format csv -o counts.csv", folder)
    assert text.err == "4 specs checked, 2 with errors, 1 with warnings: written to counts.csv\n"
    with (folder / "counts.csv").open(newline="") as file:
        assert [*csv.reader(file)][:2] == [
            ["rule", "severity", "findings", "files"],
            ["unknown-layer", "error", "100", "1"],
        ]
    assert text.code == 1


def test_a_rule_has_a_count_for_each_severity_that_it_has(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "cnn-shapes.toml").write_text('severity = {pool-not-divisible = "info"}\n')
    (folder / "sub" / "bad.yaml").write_text(BAD)
    assert check(". --statistics -q", folder).out.splitlines() == [
        "1  error  pool-not-divisible  in 1 file",
        "1  info   pool-not-divisible  in 1 file",
    ]


def test_statistics_leave_the_files_their_problems(folder: Path) -> None:
    result = check(". --statistics --format sarif=out.sarif", folder)
    assert result.out.startswith("1  error  pool-not-divisible  in 1 file\n")
    assert len(json.loads((folder / "out.sarif").read_text())["runs"][0]["results"]) == 1
    same = check(". --statistics --format concise", folder)
    assert same.out == result.out
