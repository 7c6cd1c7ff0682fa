"""`cnn-shapes calc`: the sizes of some layers, without a file."""

from typing import Annotated, Literal

import typer

from cnn_shapes.commands.parts.help import WrongCall
from cnn_shapes.commands.parts.shared import stop
from cnn_shapes.words import speaking

GROUP = "Build"


def calc(
    input: Annotated[str, typer.Argument(metavar="INPUT", help="28x28x1, or one number for one axis: 28.")],
    layers: Annotated[
        list[str] | None, typer.Argument(metavar="LAYERS", help='As they are typed: "conv 32 5; pool 2".')
    ] = None,
    rounding: Annotated[
        Literal["exact", "floor"] | None,
        typer.Option(help="Whether every size must be whole (the default), or is rounded down."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines: as check --format json.")] = False,
) -> None:
    """Compute the sizes of layers in the short form of the prompt, at once.

    A chain in quotes is enough: cnn-shapes calc "28x28x1 -> conv 32 5"

    As in: cnn-shapes calc 28x28x1 "conv 32 5; pool 2"
    """
    from cnn_shapes import formats
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.prompt.view.calc import LayersMissing, WrongUsage, calculated, lines_for
    from cnn_shapes.prompt.view.wording import show

    try:
        found = calculated([input, *(layers or ())], rounding)
    except LayersMissing:
        raise WrongCall(
            'calc needs LAYERS (as they are typed: "conv 32 5; pool 2"), as in cnn-shapes calc 28x28x1 '
            '"conv 32 5; pool 2"'
        ) from None
    except WrongUsage as error:
        stop(str(error))
    report = found.session.report
    with streams.opened(None, streams.AUTO) as out:
        if as_json:
            formats.show("json", [report], out, out.options)
        else:
            with speaking(out.options.language):
                show(lines_for(found, out.options), out)
    raise typer.Exit(0 if report.ok else 1)
