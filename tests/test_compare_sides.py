"""The two sides of `compare`: files, revisions of git, standard input, settings, and wrong usage."""

import re
from pathlib import Path

import pytest

from tests import golden
from tests.golden import run
from tests.repositories import committed, git
from tests.test_compare_command import SPEC, WIDER


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits, a spec of each, and another one in the working folder."""
    (tmp_path / "models").mkdir()
    for text in (SPEC, WIDER):
        (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "models" / "net.yaml").write_text(text.replace("flatten", "maxpool: 2\n  - flatten"))
        committed(tmp_path, "origin/main")
    (tmp_path / "net.yaml").write_text(SPEC.replace("c: 4", "c: 8"), encoding="utf-8")
    return tmp_path


SIDES = [
    ("HEAD:net.yaml net.yaml", "", "param c: 6 -> 8"),
    ("origin/main:net.yaml net.yaml", "", "param c: 6 -> 8"),
    ("HEAD~1:net.yaml HEAD:net.yaml", "", "param c: 4 -> 6"),
    ("net.yaml HEAD~1:net.yaml", "", "param c: 8 -> 4"),
    (":net.yaml net.yaml", "", "param c: 6 -> 8"),
    ("HEAD^{/x}:net.yaml net.yaml", "", "param c: 6 -> 8"),
    ("HEAD:net.yaml --set c=12", "", "--set: param c: 6 -> 12"),
    # from the working folder; else from the top of the repository, as git takes a path
    ("HEAD~1:net.yaml net.yaml", "models", "param c: 4 -> 6"),
    ("HEAD~1:models/net.yaml net.yaml", "models", "param c: 4 -> 6"),
    ("HEAD~1:../net.yaml ../net.yaml", "models", "param c: 4 -> 8"),
    ("HEAD~1:./net.yaml net.yaml", "models", "param c: 4 -> 6"),
]


@pytest.mark.parametrize(("arguments", "folder", "expected"), SIDES)
def test_a_revision_of_git(arguments: str, folder: str, expected: str, repository: Path) -> None:
    result = run("compare", *arguments.split(), folder=repository / folder)
    assert (result.err, result.code) == ("", 0)
    (found,) = re.findall(r"^  1  (?:line 2: )?(.*?)(?:  .*)?$", result.out, re.M)
    assert found == expected


def test_an_absolute_path_at_a_revision(repository: Path) -> None:
    result = run("compare", f"HEAD~1:{repository}/net.yaml", "net.yaml", folder=repository)
    assert "param c: 4 -> 8" in result.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("HEAD:no.yaml net.yaml", "there is no file no.yaml at the revision HEAD"),
        (":no.yaml net.yaml", "there is no file no.yaml in the index of git"),
        ("HEAD:models net.yaml", "there is no file models at the revision HEAD"),
        ("no:net.yaml net.yaml", "there is no file no:net.yaml, and git knows no revision no"),
        ("HEAD:../../net.yaml net.yaml", "there is no file ../../net.yaml at the revision HEAD"),
        ("-- -x:net.yaml net.yaml", "there is no file -x:net.yaml, and no revision begins with -"),
        (
            "-- --output=x:net.yaml net.yaml",
            "there is no file --output=x:net.yaml, and no revision begins with -",
        ),
        (
            "net.py:Net net.yaml",
            "compare takes files, and net.py:Net is a model: import net.py:Net -o net.yaml",
        ),
    ],
)
def test_what_is_not_at_a_revision(arguments: str, message: str, repository: Path) -> None:
    before = sorted(repository.rglob("*"))
    result = run("compare", *arguments.split(), folder=repository)
    assert (result.out, result.code) == ("", 2)
    assert result.err.startswith(f"cnn-shapes: {message}")
    assert sorted(repository.rglob("*")) == before


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "net.yaml").write_text(SPEC, encoding="utf-8")
    result = run("compare", "HEAD:net.yaml", "net.yaml", folder=tmp_path)
    assert (result.out, result.code) == ("", 2)
    assert "the working folder is in no git repository that can be read" in result.err
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("compare", "HEAD:net.yaml", "net.yaml", folder=tmp_path)
    assert (result.err, result.code) == ("cnn-shapes: a revision needs git, which is not installed\n", 2)


def test_a_file_whose_name_has_a_colon_wins(repository: Path) -> None:
    (repository / "HEAD:net.yaml").write_text(SPEC.replace("c: 4", "c: 5"), encoding="utf-8")
    result = run("compare", "HEAD:net.yaml", "net.yaml", folder=repository)
    assert "param c: 5 -> 8" in result.out


def test_errors_name_the_revision(repository: Path) -> None:
    (repository / "net.yaml").write_text(SPEC.replace("flatten", "flaten"), encoding="utf-8")
    committed(repository)
    result = run("compare", "HEAD:net.yaml", "HEAD~1:net.yaml", folder=repository)
    assert result.code == 1
    assert "--> HEAD:net.yaml:5:5" in result.out


def test_a_keras_archive_at_a_revision(tmp_path: Path) -> None:
    from zipfile import ZipFile

    source = golden.ROOT / "tests" / "dialects" / "keras" / "cnn_of_keras_2.json"
    with ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.write(source, "config.json")
    committed(tmp_path)
    result = run("compare", "HEAD:model.keras", "model.keras", folder=tmp_path)
    assert result.out == run("compare", "model.keras", "model.keras", folder=tmp_path).out.replace(
        "before   model.keras", "before   HEAD:model.keras"
    )
    assert "the same network" in result.out


def test_no_program_of_a_repository_runs(repository: Path) -> None:
    """A text conversion is for people who ask for one."""
    git(repository, "config", "diff.x.textconv", "touch ran;")
    (repository / ".gitattributes").write_text("*.yaml diff=x\n", encoding="utf-8")
    committed(repository)
    assert run("compare", "HEAD:net.yaml", "net.yaml", folder=repository).code == 0
    assert not (repository / "ran").exists()


def test_standard_input_is_one_side(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(WIDER, encoding="utf-8")
    assert "param c: 4 -> 6" in run("compare", "-", "net.yaml", folder=tmp_path, stdin=SPEC).out
    assert "param c: 6 -> 4" in run("compare", "net.yaml", "-", folder=tmp_path, stdin=SPEC).out
    assert "param c: 4 -> 5" in run("compare", "-", "--set", "c=5", folder=tmp_path, stdin=SPEC).out


def test_settings_of_two_files_are_for_both(tmp_path: Path) -> None:
    """A param that only one of them has is tried there; one that none has is a mistake."""
    (tmp_path / "old.yaml").write_text(SPEC.replace("params: {c: 4}\n", "").replace("conv: c", "conv: 6"))
    (tmp_path / "net.yaml").write_text(SPEC, encoding="utf-8")
    result = run("compare", "old.yaml", "net.yaml", "--set", "c=6", folder=tmp_path)
    assert "the same network" in result.out
    assert run("compare", "old.yaml", "net.yaml", "--set", "d=6", folder=tmp_path).code == 2


def test_a_name_of_the_zoo() -> None:
    assert "stage1: n 1 -> 2" in run("compare", "vgg11", "vgg16").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("net.yaml", "compare needs two specs, as in compare net.yaml new.yaml, or what is tried in one"),
        ("", "compare needs SPEC"),
        ("a b c", "compare takes SPEC [SPEC], found c too"),
        ("- -", "only one of the two can be standard input"),
        ("net.yaml --set d=1", "there is no param d: choose from c"),
        ("net.yaml --input 3x3", "3x3 has 2 sizes, input in net.yaml has 3"),
        ("net.yaml net.yaml --format ful", "there is no format ful: did you mean full?"),
        ("net.yaml net.yaml -o net.yaml", "--output net.yaml is a file that is read, and would be lost"),
        ("net.yaml net.yaml --dtype float", "'float' is not one of"),
        ("net.yaml net.yaml --batch 0", "0 is not in the range"),
        (
            "net.yaml net.yaml --fail-on-growth macs",
            "expected a figure and by how much it may grow, as in macs=5%",
        ),
        ("net.yaml net.yaml --fail-on-growth mac=5%", "there is no figure mac: did you mean macs?"),
        ("net.yaml net.yaml --fail-on-growth x=5%", "choose from params, macs, layers, weights, activations"),
        (
            "net.yaml net.yaml --fail-on-growth macs=-5%",
            "macs may grow by a number of percent as in 5%, found -5%",
        ),
        (
            "net.yaml net.yaml --fail-on-growth macs=5KiB",
            "macs may grow by percent as in 5%, or by a number such as",
        ),
        (
            "net.yaml net.yaml --fail-on-growth peak=x",
            "peak may grow by percent as in 5%, or by bytes, such as",
        ),
    ],
)
def test_wrong_usage(arguments: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(SPEC, encoding="utf-8")
    result = run("compare", *arguments.split(), folder=tmp_path)
    assert (result.out, result.code) == ("", 2)
    assert message in result.err
    assert (tmp_path / "net.yaml").read_text(encoding="utf-8") == SPEC
