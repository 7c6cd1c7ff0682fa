"""`cnn-shapes export`: code of a framework that runs without us."""

from typing import Annotated

import typer

from cnn_shapes.commands.parts.shared import (
    FOUND,
    InputOption,
    OutputOption,
    ParamsOption,
    Tally,
    checked,
    overrides_of,
    show_problems,
    stop,
    unknown,
)


def _names(incomplete: str) -> list[str]:
    from cnn_shapes import export as exporting

    return [name for name in exporting.names() if name.startswith(incomplete)]


def export(
    framework: Annotated[
        str, typer.Argument(metavar="FRAMEWORK", help="pytorch or keras.", autocompletion=_names)
    ],
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    output: OutputOption = None,
    input: InputOption = None,
    params: ParamsOption = None,
) -> None:
    """Print code that builds the network in PyTorch or Keras, with the output's shape beside each layer."""
    from cnn_shapes import export as exporting
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.source import shown_path

    if framework not in exporting.names():
        raise unknown("FRAMEWORK", "framework", framework, exporting.names())
    tally = Tally()
    report = next(tally.counted(checked([path], overrides_of(input, params or []))))
    if not report.ok:  # standard output is for code
        show_problems(report)
        raise typer.Exit(max(tally.code, FOUND))
    try:
        text = exporting.export(report, framework)
    except exporting.Unexportable as error:
        streams.say(f"no {framework} code for {shown_path(path)}: {error}")
        raise typer.Exit(FOUND) from None
    try:
        with streams.opened(output, streams.NEVER) as out:
            out.text(text)
    except OSError as error:
        stop(f"cannot write {output or 'standard output'}: {(error.strerror or str(error)).lower()}")
