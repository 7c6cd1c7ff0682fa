"""`cnn-shapes interactive`: build or repair a network layer by layer."""

from typing import Annotated, Literal

import typer

GROUP = "Build"


def interactive(
    path: Annotated[str | None, typer.Argument(metavar="[SPEC]", help="A spec to go on with.")] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Plain labelled lines, for screen readers; so does ACCESSIBLE=1.")
    ] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Lines from a pipe: go on after one that is wrong.")
    ] = False,
    color: Annotated[
        Literal["auto", "always", "never"], typer.Option(help="Colours: auto is on a terminal.")
    ] = "auto",
) -> None:
    """Type a network layer by layer and see every size meanwhile. From a pipe, lines run as a script.

    As in: cnn-shapes interactive net.yaml
    """
    from cnn_shapes.prompt.terminal import shell

    raise typer.Exit(shell.run(path, plain, keep_going, color))
