"""`cnn-shapes export`: code of a framework that runs without us."""

import os
from typing import Annotated

import typer

from cnn_shapes.commands.parts.help import WrongCall
from cnn_shapes.commands.parts.shared import (
    FOUND,
    InputOption,
    OutputOption,
    ParamsOption,
    Tally,
    cannot_write,
    checked,
    overrides_of,
    show_problems,
    spare_specs,
    unknown,
)

GROUP = "Elsewhere"


def _names(incomplete: str) -> list[str]:
    from cnn_shapes import export as exporting

    return [name for name in exporting.names() if name.startswith(incomplete)]


def _framework(name: str) -> str:
    from cnn_shapes import export as exporting

    if name not in exporting.names():
        if os.path.exists(name) or name.endswith((".yaml", ".yml")):
            *others, last = exporting.names()
            needed = f"a FRAMEWORK before the SPEC, {', '.join(others)} or {last}"
            raise WrongCall(f"export needs {needed}: cnn-shapes export {last} {name}")
        raise unknown("FRAMEWORK", "framework", name, exporting.names())
    return name


def export(
    framework: Annotated[
        str,
        typer.Argument(
            metavar="FRAMEWORK", help="pytorch or keras.", autocompletion=_names, callback=_framework
        ),
    ],
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    output: OutputOption = None,
    input: InputOption = None,
    params: ParamsOption = None,
) -> None:
    """Print code that builds the network in PyTorch or Keras, with the output's shape beside each layer.

    As in: cnn-shapes export pytorch net.yaml -o net.py
    """
    from cnn_shapes import export as exporting
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.source import shown_path

    spare_specs(output, [path])
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
        cannot_write(output, error)
