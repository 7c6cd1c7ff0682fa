"""`cnn-shapes draw`: a network, a block or a layer's window as a picture."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cnn_shapes.commands.parts.shared import (
    FOUND,
    InputOption,
    OutputOption,
    ParamsOption,
    Tally,
    advised,
    cannot_write,
    checked,
    overrides_of,
    show_problems,
    spare_specs,
    stop,
)

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

GROUP = "Look closer"


def _names(incomplete: str) -> list[str]:
    from cnn_shapes.commands.parts import completing

    return completing.layers(incomplete) or []


def draw(
    path: Annotated[
        str,
        typer.Argument(
            metavar="SPEC[:NAME]",
            help="A file, or - for standard input; after a colon a block or a layer with a window.",
            autocompletion=_names,
        ),
    ],
    output: OutputOption = None,
    step: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Show a layer's window at its Nth step."),
    ] = None,
    theme: Annotated[
        Literal["auto", "light", "dark"], typer.Option("--theme", help="The colours; auto: as the reader's.")
    ] = "auto",
    input: InputOption = None,
    params: ParamsOption = None,
) -> None:
    """Draw a network, the inside of a block, or the window of a layer; as SVG, or as the file's ending says.

    FILE may end in .svg, .html or .mmd (Mermaid).

    As in: cnn-shapes draw net.yaml:conv1 -o conv1.svg
    """
    from cnn_shapes import draw as drawing
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.source import shown_path

    spec, name = _parts(path)
    write = _writer(output)
    spare_specs(output, [spec])
    tally = Tally()
    report = next(tally.counted(checked([spec], overrides_of(input, params or []))))
    if report.trace is None:  # standard output is for a picture
        show_problems(report)
        raise typer.Exit(max(tally.code, FOUND))
    report = advised(report)
    if step is not None and not (name and drawing.has_window(report, name)):
        raise typer.BadParameter("a step is one of the window of a layer: SPEC:LAYER", param_hint="--step")
    try:
        text = write(report, name, step, theme)
    except drawing.Undrawable as error:
        stop(str(error))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--step") from None
    try:
        with streams.opened(output, streams.NEVER) as out:
            out.text(text, streams.IN_XML)
    except OSError as error:
        cannot_write(output, error)
    if output is not None:
        streams.messages().paragraph(f"{shown_path(path)}: drawn in {output}")
    raise typer.Exit(tally.code)


def _parts(path: str) -> tuple[str, str]:
    """The spec, one of the zoo by its name too, and what of it is to be drawn."""
    from cnn_shapes.discovery import shipped
    from cnn_shapes.importing import is_model

    spec, name = path, ""
    if ":" in path and not os.path.lexists(path):
        spec, _, name = path.rpartition(":")
    if not os.path.lexists(spec) and spec in shipped.names():
        spec = shipped.path(spec)
    if spec.endswith(".py") or (not os.path.lexists(spec) and is_model(path)):
        stop(f"draw takes a spec, and {path} is a model: cnn-shapes import writes its spec")
    return spec, name


_Writer = Callable[["CheckResult", str, int | None, str], str]


def _svg(report: "CheckResult", name: str, step: int | None, theme: str) -> str:
    from cnn_shapes.draw import picture

    return picture(report, name, step, theme=theme)


def _html(report: "CheckResult", name: str, step: int | None, theme: str) -> str:
    from cnn_shapes.draw.page import page
    from cnn_shapes.source import shown_path

    path = shown_path(report.source.path)
    return page(f"{path}:{name}" if name else path, _svg(report, name, step, theme))


def _mermaid(report: "CheckResult", name: str, step: int | None, theme: str) -> str:
    from cnn_shapes.draw import Undrawable, has_window
    from cnn_shapes.draw.mermaid import flowchart

    if name and has_window(report, name):
        raise Undrawable(f"Mermaid draws graphs, and {name} is one layer: write .svg or .html")
    return flowchart(report, name)


_WRITERS: dict[str, _Writer] = {".svg": _svg, ".html": _html, ".mmd": _mermaid}


def _writer(output: str | None) -> _Writer:
    """What writes a file of this name, or standard output. Stops where the ending is of none."""
    if output is None:
        return _svg
    ending = os.path.splitext(output)[1].lower()
    if ending in _WRITERS:
        return _WRITERS[ending]
    if output.startswith(("/dev/", "/proc/")):
        return _svg
    *others, last = _WRITERS
    found = f"ends in {ending}" if ending else "has no ending"
    stop(
        f"--output {output} {found}: a picture is {', '.join(others)} or {last}; "
        "of an SVG, rsvg-convert and browsers make other files"
    )
