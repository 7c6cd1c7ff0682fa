"""`new` writes a spec of the zoo, and never over anything; `expand` prints a spec and nothing else."""

from pathlib import Path

import pytest

from cnn_shapes import schema
from cnn_shapes.discovery import shipped as zoo
from tests.golden import ROOT, run

WRONG = "input: [9, 9, 1]\nlayers: [maxpool: 2]\n"


@pytest.mark.parametrize(
    ("arguments", "file"), [("mnist", "mnist.yaml"), ("mnist -o a.yaml", "a.yaml"), ("vgg16 --output b", "b")]
)
def test_writes(tmp_path: Path, arguments: str, file: str) -> None:
    result = run("new", *arguments.split(), folder=tmp_path)
    assert result == (0, "", f"wrote {file}: cnn-shapes check {file} shows its sizes\n")
    first, _, rest = (ROOT / "specs" / f"{arguments.split()[0]}.yaml").read_bytes().partition(b"\n")
    assert first.startswith(b"# yaml-language-server: ")
    assert (tmp_path / file).read_bytes() == rest  # no schema is there that an editor could look for
    assert [one.name for one in tmp_path.iterdir()] == [file]
    assert run("check", file, folder=tmp_path).code == 0


def test_to_standard_output() -> None:
    assert run("new", "mnist", "-o", "-") == (0, zoo.text("mnist", names_schema=False), "")


def test_with_its_schema(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    result = run("new", "mnist", "-o", "nets/a.yaml", "--schema", folder=tmp_path)
    assert result.err.splitlines()[1] == (
        "wrote nets/cnn-shapes.schema.json: editors with the YAML language server check specs with it"
    )
    assert (tmp_path / "nets" / "a.yaml").read_text(encoding="utf-8") == zoo.text("mnist")
    assert (tmp_path / "nets" / schema.FILE_NAME).read_text(encoding="utf-8") == schema.text()
    assert zoo.text("mnist").startswith(f"{schema.MODELINE}\n")


def test_a_schema_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / schema.FILE_NAME).write_text("mine", encoding="utf-8")
    result = run("new", "mnist", "--schema", folder=tmp_path)
    assert (result.code, result.err.splitlines()[1]) == (
        0,
        "cnn-shapes.schema.json is there already and stays as it is: "
        "`schema -o cnn-shapes.schema.json` renews it",
    )
    assert (tmp_path / schema.FILE_NAME).read_text(encoding="utf-8") == "mine"


def test_list() -> None:
    assert run("new", "--list") == (0, "".join(f"{name}\n" for name in zoo.names()), "")


def test_leaves_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "mnist.yaml").write_text("mine", encoding="utf-8")
    result = run("new", "mnist", folder=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "cnn-shapes: mnist.yaml is there already and stays as it is: "
        "-o FILE writes to another, -o - shows the spec\n"
    )
    assert (tmp_path / "mnist.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("resnt18", "there is no network resnt18: did you mean resnet18?"),
        ("MNIST", "there is no network MNIST: did you mean mnist?"),
        ("../specs/mnist", "there is no network ../specs/mnist: "),
        ("zzz", "there is no network zzz: choose from alexnet, "),
        ("mnist -o - --schema", "--schema writes beside the spec: leave it out where no file is written"),
        ("", "new needs the NAME of a network: alexnet, "),
        ("mnist -o no/where.yaml", "cannot write no/where.yaml: no such file or directory"),
    ],
)
def test_usage(tmp_path: Path, arguments: str, message: str) -> None:
    result = run("new", *arguments.split(), folder=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert list(tmp_path.iterdir()) == []


FLAT = "# unfolded from <stdin>{}: one layer a line\ninput: [{}, 9, 1]\nlayers:\n  - maxpool: {}\n"


@pytest.mark.parametrize(
    ("arguments", "spec", "expected"),
    [
        ("-", WRONG.replace("9", "8", 1).replace("2", "[2, 3]"), (0, FLAT.format("", 8, "[2, 3]"), "")),
        (
            "- --input 8x9x1 --set k=3",
            WRONG.replace("2", "[2, k]") + "params: {k: 2}",
            (0, FLAT.format(" with input 8x9x1, k=3", 8, "[2, 3]"), ""),
        ),
        (
            "-",
            WRONG,
            (
                1,
                FLAT.format("", 9, 2),
                "cnn-shapes: <stdin> has errors, and so has this: check shows them\n",
            ),
        ),
        (
            "-",
            WRONG.replace("maxpool", "maxpol"),
            (
                1,
                "",
                "error[unknown-layer]: unknown layer maxpol: did you mean maxpool?\n"
                "  --> <stdin>:2:10\n"
                "   |\n"
                " 2 | layers: [maxpol: 2]\n"
                "   |          ^^^^^^\n"
                "   = fix 1: maxpol -> maxpool\n",
            ),
        ),
        (
            "no.yaml",
            "",
            (2, "", "error[unreadable-file]: cannot open no.yaml: no such file or directory\n"),
        ),
    ],
)
def test_expand(arguments: str, spec: str, expected: tuple[int, str, str]) -> None:
    assert run("expand", *arguments.split(), stdin=spec) == expected
