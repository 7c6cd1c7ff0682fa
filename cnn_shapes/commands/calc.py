"""`cnn-shapes calc`: the sizes of some layers, without a file."""

from typing import Annotated

import typer

from cnn_shapes.commands.parts.shared import stop


def calc(
    input: Annotated[str, typer.Argument(metavar="INPUT", help="28x28x1, or one number for one axis: 28.")],
    layers: Annotated[
        list[str], typer.Argument(metavar="LAYERS", help='As they are typed: "conv 32 5; pool 2".')
    ],
    as_json: Annotated[bool, typer.Option("--json", help="For machines: as check --format json.")] = False,
) -> None:
    """Compute the sizes of layers in the short form of the prompt, at once."""
    from cnn_shapes.prompt.session import calc as calculator

    try:
        code = calculator.run(input, calculator.joined(layers), as_json)
    except calculator.Wrong as error:
        stop(str(error))
    raise typer.Exit(code)
