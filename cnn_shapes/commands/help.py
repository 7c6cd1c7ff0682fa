"""`cnn-shapes help`: what the commands do, or all that one of them takes."""

from typing import Annotated, Any

import typer

from cnn_shapes.commands.parts.shared import unknown

GROUP = "Look closer"


def _names(context: typer.Context, incomplete: str) -> list[str]:
    top: Any = context.parent
    return [name for name in top.command.list_commands(top) if name.startswith(incomplete)]


def help(
    context: typer.Context,
    command: Annotated[
        str | None,
        typer.Argument(metavar="[COMMAND]", help="One of the commands.", autocompletion=_names),
    ] = None,
) -> None:
    """Show the commands, or what one of them takes.

    As in: cnn-shapes help check
    """
    from cnn_shapes.formats.parts import streams

    top: Any = context.parent
    names = top.command.list_commands(top)
    if command is not None and command not in names:
        raise unknown("COMMAND", "command", command, names)
    asked = top
    if command is not None:
        one = top.command.get_command(top, command)
        asked = one.make_context(command, [], parent=top, resilient_parsing=True)
    with streams.opened(None, streams.NEVER) as out:
        out.text(f"{asked.get_help()}\n")
