"""`cnn-shapes expand`: the flat spec."""

from typing import Annotated

import typer

from cnn_shapes.commands.parts.shared import (
    FOUND,
    InputOption,
    ParamsOption,
    Tally,
    checked,
    overrides_of,
    show_problems,
)

GROUP = "Look closer"


def expand(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    input: InputOption = None,
    params: ParamsOption = None,
) -> None:
    """Print the spec unfolded: one layer a line, without blocks, repeats, defaults and aliases.

    As in: cnn-shapes expand net.yaml --input 320x320x3
    """
    from cnn_shapes import expand as unfolding
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.source import shown_path

    tally = Tally()
    report = next(tally.counted(checked([path], overrides_of(input, params or []))))
    try:
        text = unfolding.expand(report)
    except unfolding.Unexpandable as error:  # standard output is for a spec
        if report.ok:
            streams.say(f"no flat spec for {shown_path(path)}: {error}")
        show_problems(report)
        raise typer.Exit(max(tally.code, FOUND)) from None
    with streams.opened(None, streams.NEVER) as out:
        out.text(text)
    if tally.code:
        streams.say(f"{shown_path(path)} has errors, and so has this: check shows them")
    raise typer.Exit(tally.code)
