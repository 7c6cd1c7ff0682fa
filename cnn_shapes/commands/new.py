"""`cnn-shapes new`: a spec to start from."""

from typing import Annotated

import typer

from cnn_shapes.commands.parts.help import WrongCall
from cnn_shapes.commands.parts.shared import cannot_write, not_empty, stop, unknown

GROUP = "Build"


def _names(incomplete: str) -> list[str]:
    from cnn_shapes.discovery import shipped as zoo

    return [name for name in zoo.names() if name.startswith(incomplete)]


def new(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A known network: resnet18.", autocompletion=_names),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Instead of NAME.yaml; - is standard output.",
            callback=not_empty,
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show the names.")] = False,
) -> None:
    """Write the spec of a known network, to start from. A file that is there is never written over.

    As in: cnn-shapes new resnet18
    """
    from cnn_shapes.discovery import shipped as zoo
    from cnn_shapes.edit import files
    from cnn_shapes.formats.parts import streams

    names = zoo.names()
    if not show and name is None:
        raise WrongCall(f"new needs the NAME of a network: {', '.join(names)}")
    if name is not None and name not in names:
        raise unknown("NAME", "network", name, names)
    if name is None or output == "-":
        with streams.opened(None, streams.NEVER) as out:
            out.text("\n".join([*names, ""]) if name is None else zoo.text(name))
        return
    file = output or f"{name}.yaml"
    try:
        files.write_new(file, zoo.text(name).encode())
    except files.FileThere:
        stop(f"{file} is there already and stays as it is: -o FILE writes to another, -o - shows the spec")
    except OSError as error:
        cannot_write(file, error)
    streams.messages().paragraph(f"wrote {file}: cnn-shapes check {file} shows its sizes")
