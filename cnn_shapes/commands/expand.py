"""`cnn-shapes expand`: the flat spec."""

import sys
from typing import Annotated

import typer

from cnn_shapes.commands.parts.shared import FOUND, InputOption, ParamsOption, Tally, checked, overrides_of


def expand(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    input: InputOption = None,
    params: ParamsOption = None,
) -> None:
    """Print the spec unfolded: one layer a line, without blocks, repeats, defaults and aliases."""
    from cnn_shapes import expand as unfolding
    from cnn_shapes import formats
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.source import shown_path

    name = shown_path(path)
    tally = Tally()
    report = next(tally.counted(checked([path], overrides_of(input, params or []))))
    try:
        text = unfolding.expand(report)
    except unfolding.Unexpandable as error:  # standard output is for a spec
        if report.ok:
            print(f"cnn-shapes: no flat spec for {name}: {error}", file=sys.stderr)
        formats.load("full").write([report], sys.stderr, formats.DisplayOptions(quiet=True))
        raise typer.Exit(max(tally.code, FOUND)) from None
    with streams.opened(None, "never") as (out, _):
        out.write(text)
    if tally.code:
        print(f"cnn-shapes: {name} has errors, and so has this: check shows them", file=sys.stderr)
    raise typer.Exit(tally.code)
