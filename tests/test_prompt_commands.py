"""The table of commands is their one place: help, completion, preview and the README follow from it."""

import re
from typing import get_args

import pytest

from cnn_shapes.layers import KINDS
from cnn_shapes.prompt.language.completion import complete
from cnn_shapes.prompt.language.reading import split_command
from cnn_shapes.prompt.language.vocabulary import LETTERS, kind_of
from cnn_shapes.prompt.session.commands import COMMANDS, context_of
from cnn_shapes.prompt.session.replies import Fact, ReplyLine
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.view.help import help_lines
from cnn_shapes.prompt.view.preview import preview
from cnn_shapes.prompt.view.wording import lines_of
from cnn_shapes.source import Source
from tests.golden import ROOT
from tests.prompt_steps import answered

README = ROOT / "README.md"
TABLE = re.compile(r"(<!-- table: prompt commands -->\n)(.*?)(<!-- end -->)", re.S)
SESSION = Session(source=Source("net.yaml", "input: [8, 8, 1]\nlayers:\n  - relu\n  - flatten\n"))


def completions(line: str) -> list[str]:
    return [one.text for one in complete(line, len(line), context_of(SESSION))]


def test_no_command_is_called_like_a_layer() -> None:
    names = [name for command in COMMANDS.values() for name in (command.name, *command.other_names)]
    assert [name for name in names if kind_of(name) is not None] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_read(name: str) -> None:
    command = COMMANDS[name]
    context = context_of(SESSION)
    for written in (name, *command.other_names):
        assert split_command(f"{written} 1 2", context) == (name, "1 2")
    assert split_command(command.example, context)[0] == name


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_in_help(name: str) -> None:
    command = COMMANDS[name]
    assert re.search(rf"\b{name}\b", "\n".join(help_lines("", None)))
    assert any(line.startswith(command.usage) for line in help_lines("commands", None))
    page = [command.usage, f"  {command.summary}", f"  as in {command.example}"]
    assert answered(SESSION, f"help {name}")[1].text.splitlines() == page


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_completed_and_previewed(name: str) -> None:
    assert name in completions("")
    assert name in completions(name[:2])
    assert name in completions("help ")
    assert preview(SESSION, name, len(name)).forms[0] == f"{COMMANDS[name].usage}   {COMMANDS[name].summary}"


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("N", ["1", "2"]),
        ("M", ["1", "2"]),
        ("LAYER", ["conv"]),
        ("NAME", ["input"]),
        ("exact|floor", ["exact", "floor"]),
        ("N|yaml|markdown", ["1", "2", "yaml", "markdown"]),
    ],
)
def test_arguments_are_completed_by_their_shape(argument: str, expected: list[str]) -> None:
    """Each command that takes such an argument, at its place."""
    shapes = {name: re.sub(r"[\[\]]", "", command.arguments).split() for name, command in COMMANDS.items()}
    takers = {name: shape.index(argument) for name, shape in shapes.items() if argument in shape}
    assert takers
    for name, place in takers.items():
        assert completions(f"{name} {'1 ' * place}")[: len(expected)] == expected


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not command.arguments])
def test_what_takes_nothing_says_so(name: str) -> None:
    session, reply = answered(SESSION, f"{name} 3")
    assert (session.text, reply.text) == (SESSION.text, f"{name} takes nothing, found 3\n")


def test_the_readme_lists_the_commands(update: bool) -> None:
    text = README.read_text(encoding="utf-8")
    rows = [
        f"| `{command.usage.replace('|', chr(92) + '|')}` | {command.summary} |\n"
        for command in COMMANDS.values()
    ]
    table = "".join(["\n| the commands of the prompt | |\n|---|---|\n", *rows, "\n"])
    found = TABLE.search(text)
    assert found
    if update and found[2] != table:
        README.write_text(TABLE.sub(lambda match: match[1] + table + match[3], text), encoding="utf-8")
    else:
        assert found[2] == table


def test_every_fact_has_words() -> None:
    from cnn_shapes.prompt.view.wording import _WORDS

    assert set(get_args(Fact)) == set(_WORDS)
    line = ReplyLine("as it is")
    assert list(lines_of(line)) == [line]


def test_letters_are_fields() -> None:
    fields = {name for layer in KINDS.values() for name in layer.fields}
    assert set(LETTERS.values()) <= fields
