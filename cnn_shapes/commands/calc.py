"""`cnn-shapes calc`: the sizes of some layers, without a file."""

from typing import Annotated

import typer

from cnn_shapes.commands.parts.shared import stop
from cnn_shapes.words import speaking

GROUP = "Build"


def calc(
    input: Annotated[str, typer.Argument(metavar="INPUT", help="28x28x1, or one number for one axis: 28.")],
    layers: Annotated[
        list[str], typer.Argument(metavar="LAYERS", help='As they are typed: "conv 32 5; pool 2".')
    ],
    as_json: Annotated[bool, typer.Option("--json", help="For machines: as check --format json.")] = False,
) -> None:
    """Compute the sizes of layers in the short form of the prompt, at once.

    As in: cnn-shapes calc 28x28x1 "conv 32 5; pool 2"
    """
    from cnn_shapes import formats
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.prompt.view.calc import WrongUsage, calculation, joined, network
    from cnn_shapes.prompt.view.wording import show

    try:
        session, is_axis = network(input, joined(layers))
    except WrongUsage as error:
        stop(str(error))
    with streams.opened(None, streams.AUTO) as out:
        if as_json:
            formats.show("json", [session.report], out, out.options)
        else:
            with speaking(out.options.language):
                show(calculation(session._replace(options=out.options), is_axis), out)
    raise typer.Exit(0 if session.report.ok else 1)
