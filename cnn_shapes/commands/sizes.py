"""`cnn-shapes sizes`: which input sizes work."""

from typing import Annotated, Literal

import typer

from cnn_shapes.cli_options import FOUND, SUCCESS, Input, Settings, Tally, checked, overrides_of, stop


def sizes(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    square: Annotated[bool, typer.Option("--square", help="The same size on all axes.")] = False,
    rounding: Annotated[
        Literal["exact", "floor"] | None, typer.Option(help="Instead of the file's rounding.")
    ] = None,
    input: Input = None,
    settings: Settings = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Tell which input sizes work, exactly and to infinity."""
    from cnn_shapes import formats
    from cnn_shapes import sizes as input_sizes
    from cnn_shapes.formats import output as target
    from cnn_shapes.formats.text import clean, folded
    from cnn_shapes.source import shown_path

    tally = Tally()
    report = next(checked([path], overrides_of(input, settings or [])))
    if report.ok and report.input is not None and not report.input.rank:
        name = shown_path(path)
        stop(f"sizes needs an input with axes, as in 28x28x1: that of {name} is a vector of features")
    found = input_sizes.sizes(report, rounding, square)
    with target.opened(None, "auto") as (out, options):
        if found is None:  # the problems of reading are the answer
            formats.load("json" if as_json else "concise").write(tally.counted([report]), out, options)
            raise typer.Exit(max(tally.code, FOUND))
        if as_json:
            from json import dumps

            out.write(f"{dumps(input_sizes.as_json(found, report))}\n")
        else:
            for line in input_sizes.text(found, report).splitlines():
                for part in folded(clean(line, options.encoding), options.width):
                    out.write(f"{part}\n")
    raise typer.Exit(SUCCESS if found.found else FOUND)
