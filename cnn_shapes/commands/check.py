"""`cnn-shapes check`: the main job: compute, validate, show."""

import gc
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cnn_shapes.cli_options import NEVER, Input, Settings, Tally, checked, overrides_of, stop, unknown

if TYPE_CHECKING:
    from cnn_shapes.check import Report


def check(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.")
    ],
    input: Input = None,
    settings: Settings = None,
    format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="full, concise (a line a problem) or json.")
    ] = "full",
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there instead of standard output."),
    ] = None,
    color: Annotated[
        Literal["auto", "always", "never"], typer.Option(help="Colours: auto is on a terminal.")
    ] = "auto",
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"],
        typer.Option(help="The least severe problem that exits 1."),
    ] = "error",
    table: Annotated[bool, typer.Option("--table", help="Show the tables of several files too.")] = False,
    depth: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Open N levels of blocks in the table.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show problems only.")] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit 0 whatever is found in the specs.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Set spelling and quoting right in the files; never a number.")
    ] = False,
) -> None:
    """Compute every layer's sizes, and show what does not work out with what to change."""
    from cnn_shapes import discover, formats
    from cnn_shapes.formats import output as target

    try:
        writer = formats.load(format)
    except KeyError:
        raise unknown("--format", "format", format, formats.names()) from None
    overrides = overrides_of(input, settings or [])
    found = discover.find(paths)
    if not found:
        where = ", ".join(paths)
        stop(f"no spec found in {where}: a spec is a .yaml or .yml file with input and layers at its top")
    tally = Tally(NEVER if exit_zero else fail_on)
    gc.freeze()
    gc.enable()
    try:
        with target.opened(output, color) as (out, options):
            options = options._replace(
                several=len(found) > 1,
                tables=True if table or depth is not None else None,
                depth=depth,
                quiet=quiet,
                fail_on=fail_on,
            )
            reports = checked(found, overrides)
            if fix:
                reports = _respelled(reports)
            if format != "concise":  # which shows no fixes
                reports = _advised(reports)
            reports = tally.counted(reports)
            if options.several and not quiet:
                reports = target.with_progress(reports, len(found))
            writer.write(reports, out, options)
    except OSError as error:
        stop(f"cannot write {output or 'standard output'}: {(error.strerror or str(error)).lower()}")
    raise typer.Exit(tally.code)


def _advised(reports: "Iterable[Report]") -> "Iterator[Report]":
    """The reports, those with errors together with the repairs of the whole network."""
    for report in reports:
        if not report.ok:
            from cnn_shapes.repair import advise

            report = advise(report)
        yield report


def _respelled(reports: "Iterable[Report]") -> "Iterator[Report]":
    """The reports of the files after every safe fix is written into them."""
    from cnn_shapes.files import write_atomically
    from cnn_shapes.repair.applying import respelled

    for report in reports:
        path = report.source.path
        if path == "-":
            stop("check --fix writes into files, and standard input is none: fix - prints the fixed text")
        after, done = respelled(report)
        if done:
            write_atomically(path, after.source.encode(), report.source.encode())
            print(f"{path}: {', '.join(done)}", file=sys.stderr)
        yield after
