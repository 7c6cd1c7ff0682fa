"""`cnn-shapes new`: a spec to start from."""

import os
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
    schema: Annotated[
        bool,
        typer.Option(
            "--schema", help="Write the schema beside it too, and a first line that names it to editors."
        ),
    ] = False,
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
    if schema and (name is None or output == "-"):
        raise WrongCall("--schema writes beside the spec: leave it out where no file is written")
    text = "\n".join([*names, ""]) if name is None else zoo.text(name, names_schema=schema)
    if name is None or output == "-":
        with streams.opened(None, streams.NEVER) as out:
            out.text(text)
        return
    file = output or f"{name}.yaml"
    try:
        files.write_new(file, text.encode())
    except files.FileThere:
        stop(f"{file} is there already and stays as it is: -o FILE writes to another, -o - shows the spec")
    except OSError as error:
        cannot_write(file, error)
    streams.messages().paragraph(f"wrote {file}: cnn-shapes check {file} shows its sizes")
    if schema:
        _write_schema(os.path.dirname(file))


def _write_schema(folder: str) -> None:
    """The schema beside the spec; one that is there and says something else stays."""
    from cnn_shapes import schema as language
    from cnn_shapes.edit import files
    from cnn_shapes.formats.parts import streams

    file, text = os.path.join(folder, language.FILE_NAME), language.text()
    try:
        files.write_new(file, text.encode())
    except files.FileThere:
        streams.messages().paragraph(
            f"{file} is there already and stays as it is: `schema -o {file}` renews it"
        )
    except OSError as error:
        cannot_write(file, error)
    else:
        streams.messages().paragraph(
            f"wrote {file}: editors with the YAML language server check specs with it"
        )
