"""The judge of the fuzzers leaves out nothing that reads a spec: no command, no format, no framework."""

from cnn_shapes import commands, export, formats
from tests.fuzz.judge import COMMANDS, FUNCTIONS, NOT_JUDGED


def test_every_command_is_judged() -> None:
    judged = {command.arguments[0] for command in COMMANDS.values()} | FUNCTIONS.keys()
    assert judged.isdisjoint(NOT_JUDGED)
    assert sorted(judged | NOT_JUDGED.keys()) == commands.names()


def test_every_format_and_framework_is_judged() -> None:
    given = {argument for command in COMMANDS.values() for argument in command.arguments}
    assert given.issuperset(formats.names() + export.names())
