"""The command: find the subcommand, run it, and exit; whatever happens, without a traceback.

Only the subcommand that is asked for is imported and built. Annotations are not postponed: typer would
compile every one of them at every start.
"""

import signal


def _let_ctrl_c(act: object, instead_of: object) -> None:  # typing takes its time to load
    try:
        if signal.getsignal(signal.SIGINT) is instead_of:
            signal.signal(signal.SIGINT, act)  # type: ignore[arg-type]
    except ValueError:
        pass  # a thread that is not the main one cannot say


# Until `main` is there to answer it, it ends the process as the system does: without a traceback.
_let_ctrl_c(signal.SIG_DFL, signal.default_int_handler)
import gc  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from typing import Annotated, Any, NoReturn  # noqa: E402

# Nothing that an import makes is garbage; to look for some would take a twelfth of the start.
gc.disable()
import typer  # noqa: E402
from typer.core import TyperGroup  # noqa: E402

from cnn_shapes import commands  # noqa: E402
from cnn_shapes.commands.parts.help import (  # noqa: E402
    OneCommand,
    by_group,
    complaint,
    lang_option,
    summary,
    write_groups,
)
from cnn_shapes.commands.parts.shared import INTERRUPTED, SUCCESS, USAGE, unknown  # noqa: E402
from cnn_shapes.formats.parts.streams import (  # noqa: E402
    NEVER,
    AnswerLost,
    messages,
    opened,
    say,
    settled,
)
from cnn_shapes.formats.parts.terminal_text import Styled, clean, headed  # noqa: E402
from cnn_shapes.version import VERSION  # noqa: E402

_let_ctrl_c(signal.default_int_handler, signal.SIG_DFL)
COMMAND = "cnn-shapes"
FOR_PEOPLE = ("check", "fix", "sizes", "calc", "explain", "interactive")  # what they say is in Korean too
COMPLETE = "_CNN_SHAPES_COMPLETE"  # set where a shell asks what may come next

_SETTINGS: dict[str, Any] = {
    "rich_markup_mode": None,  # help without rich: it would cost more than all the rest
    "pretty_exceptions_enable": False,
}


class Commands(TyperGroup):
    """The commands of the folder `commands`, each built when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return commands.names()

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        run = commands.load(cmd_name)
        if run is None:
            return None
        alone = typer.Typer(add_completion=False, **_SETTINGS)
        alone.command(cmd_name, cls=OneCommand)(run)
        command: Any = typer.main.get_command(alone)
        if cmd_name in FOR_PEOPLE:
            command.params.append(lang_option())
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        listed = [
            (commands.group(name), name, summary(self.get_command(ctx, name)))
            for name in self.list_commands(ctx)
        ]
        write_groups(formatter, by_group(listed))
        formatter.write_paragraph()
        formatter.write_text(f"{COMMAND} help COMMAND says what a command takes, with an example.")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not args[0].startswith("-") and args[0] not in commands.names():
            raise unknown("COMMAND", "command", args[0], commands.names())
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=Commands,
    name=COMMAND,
    no_args_is_help=True,
    help="Tells, before a weight exists, whether a CNN's sizes work out, and what to change if not.",
    **_SETTINGS,
)


def main() -> NoReturn:
    """Run the command of `sys.argv` and exit. Whatever happens, no traceback is shown."""
    if COMPLETE in os.environ:
        from cnn_shapes.commands.parts.completing import join_words

        join_words(os.environ, COMPLETE)
    try:
        code = app(prog_name=COMMAND, standalone_mode=False)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except typer.TyperException as error:
        _tell_usage(error)
        code = USAGE
    except BrokenPipeError:
        code = SUCCESS  # whoever read the help has seen enough
    except OSError as error:
        if sys.flags.dev_mode:
            raise
        say(_refusal(error))
        code = USAGE
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        from cnn_shapes.checking import fault

        say(f"internal fault, please report it with your spec: {fault(error)}")
        code = USAGE
    lost = settled()
    if lost:
        say(f"cannot write standard output: {lost}")
        code = USAGE
    sys.exit(code or SUCCESS)


def _refusal(error: OSError) -> str:
    """What the system refuses, where no command has a word for it."""
    from cnn_shapes.source import reason_of

    try:
        os.getcwd()
    except OSError:
        return "the working folder is gone: change to one that is there"
    if isinstance(error, AnswerLost) or error.filename is None:
        return f"cannot write standard output: {reason_of(error)}"
    return f"cannot open {error.filename}: {reason_of(error)}"


def _tell_usage(error: typer.TyperException) -> None:
    """What is wrong with the command line, after how the command is called; the help where it is empty."""
    out = messages()
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        out.text(f"{error.format_message()}\n")
        return
    if context is not None:
        out.text(f"{context.get_usage()}\n")
        out.line(f"Try '{context.command_path} --help' for help.")
        out.line()
    text = clean(f": {complaint(error)}", out.options.encoding)
    out.lines(headed(Styled("Error", "error"), text, "", out.options.width))


def _version(wanted: bool) -> None:
    if wanted:
        with opened(None, NEVER) as out:
            out.line(f"{COMMAND} {VERSION}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass
