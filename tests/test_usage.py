"""Help and wrong usage: what a person is told who does not know the command yet, or mistypes it."""

import re
import shlex
from pathlib import Path

import pytest

from cnn_shapes import commands
from cnn_shapes.commands.parts.help import GROUPS
from tests.golden import run
from tests.repositories import committed

SPEC = "params: {width: 1}\ninput: [9, 9, 3]\nlayers:\n  - conv: {filters: 3, name: conv1}\n  - maxpool: 2\n"


def help_of(*arguments: str) -> str:
    result = run(*arguments)
    assert (result.err, result.code) == ("", 0)
    return result.out


def test_the_commands_are_in_groups_with_whole_summaries() -> None:
    text = help_of("--help")
    assert re.findall(r"^(\w.*):$", text, re.M) == ["Options", *GROUPS]
    listed = re.findall(r"^  (\w+) ", text.partition(f"{GROUPS[0]}:\n")[2], re.M)
    assert sorted(listed) == commands.names()
    assert "..." not in text.partition(f"{GROUPS[0]}:\n")[2]


@pytest.mark.parametrize("arguments", [(), ("--help",), ("help",)])
def test_no_command_is_a_question(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert "Check and mend:" in result.out + result.err
    assert result.code == (0 if arguments else 2)


@pytest.mark.parametrize("command", commands.names())
def test_help_and_its_example(command: str, tmp_path: Path) -> None:
    """The example of each command does what it says, on a file of the name that it has."""
    text = help_of("help", command)
    assert text == help_of(command, "--help")
    assert text.startswith(f"Usage: cnn-shapes {command} [OPTIONS]")
    example = re.search(rf"^  As in: cnn-shapes ({command}.*)$", text, re.M)
    assert example
    (tmp_path / "net.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net.yaml").write_text(SPEC, encoding="utf-8")
    if "320" in example[1]:  # a size for which it fits
        (tmp_path / "net.yaml").write_text(SPEC.replace("9, 9", "8, 8"), encoding="utf-8")
    if command == "export":
        (tmp_path / "net.yaml").write_text(SPEC.replace("9, 9", "8, 8"), encoding="utf-8")
    if command == "import":  # a model of PyTorch, which is not there
        (tmp_path / "net.yaml").unlink()
    if command == "compare":  # with what is in the main branch
        committed(tmp_path, "origin/main")
    before = {*tmp_path.iterdir()}
    result = run(*shlex.split(example[1]), folder=tmp_path)
    assert result.code in (0, 1) or (command == "import" and "cannot import net.py:Model" in result.err)
    assert result.out + result.err or {*tmp_path.iterdir()} - before or command == "interactive"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            "export net.yaml",
            "export needs a FRAMEWORK before the SPEC, keras or pytorch: cnn-shapes export pytorch net.yaml",
        ),
        (
            "export",
            "export needs FRAMEWORK (pytorch or keras), as in cnn-shapes export pytorch net.yaml -o net.py",
        ),
        (
            "export keras",
            "export needs SPEC (a file, or - for standard input), as in "
            "cnn-shapes export pytorch net.yaml -o net.py",
        ),
        (
            "export torch net.yaml",
            "Invalid value for FRAMEWORK: there is no framework torch: did you mean pytorch?",
        ),
        ("export keras net.yaml more", "export takes FRAMEWORK SPEC, found more too"),
        ("check --output", "--output needs a value: --output FILE"),
        ("check --formt json", "there is no option --formt: did you mean --format?"),
        ("fix", "fix needs SPEC (a file, or - for standard input), as in cnn-shapes fix net.yaml --apply 1"),
        ("fix net.yaml 1", "fix takes SPEC, found 1 too"),
        ("fix net.yaml --apply", "--apply needs a value: --apply K"),
        (
            "sizes",
            "sizes needs SPEC (a file, or - for standard input), as in cnn-shapes sizes net.yaml --square",
        ),
        ("sizes net.yaml 7x7", "sizes takes SPEC, found 7x7 too"),
        (
            "expand",
            "expand needs SPEC (a file, or - for standard input), as in "
            "cnn-shapes expand net.yaml --input 320x320x3",
        ),
        ("expand net.yaml x y", "expand takes SPEC, found x y too"),
        (
            "calc",
            "calc needs INPUT (28x28x1, or one number for one axis: 28), as in "
            'cnn-shapes calc 28x28x1 "conv 32 5; pool 2"',
        ),
        (
            "calc 28",
            'calc needs LAYERS (as they are typed: "conv 32 5; pool 2"), as in '
            'cnn-shapes calc 28x28x1 "conv 32 5; pool 2"',
        ),
        ("schema x", "schema takes no arguments, found x too"),
        ("interactive a b", "interactive takes [SPEC], found b too"),
        (
            "explain",
            "explain needs NAME: a rule, a layer kind, a field, a concept or SPEC:LAYER; rules, layers and "
            "concepts list them",
        ),
        ("explain conv --all", "--all explains everything: leave out conv"),
        ("explain conv pool", "explain takes [NAME], found pool too"),
        ("new mnist x", "new takes [NAME], found x too"),
        ("help x", "Invalid value for COMMAND: there is no command x: choose from "),
        ("help check fix", "help takes [COMMAND], found fix too"),
    ],
)
def test_wrong_usage(arguments: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(SPEC, encoding="utf-8")
    result = run(*arguments.split(), folder=tmp_path)
    assert (result.out, result.code) == ("", 2)
    lines = result.err.splitlines()
    assert lines[0].startswith(f"Usage: cnn-shapes {arguments.split()[0]} [OPTIONS]")
    assert lines[-1].startswith(f"Error: {said}")
    assert said.endswith("from ") or lines[-1] == f"Error: {said}"


def test_new_names_the_networks() -> None:
    assert "Error: new needs the NAME of a network: alexnet, " in run("new").err
