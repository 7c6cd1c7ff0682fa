"""The command: parse the options, call what does the work, print, exit.

Only typer is imported up here; each command imports what it needs, so that none pays for another. Annotations
are not postponed: typer would compile every one of them at every start.
"""

import gc
import os
import sys
from typing import Annotated, Literal, NoReturn

# Nothing that an import makes is garbage; to look for some would take a twelfth of the start.
gc.disable()
import typer  # noqa: E402

from cnn_shapes.cli_options import (  # noqa: E402
    FOUND,
    INTERRUPTED,
    NEVER,
    SUCCESS,
    USAGE,
    Tally,
    checked,
    overrides_of,
    stop,
    unknown,
)

Input = Annotated[
    str | None,
    typer.Option("--input", metavar="SIZES", help="Another input, in the file's layout: 320x320x3."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another value of a param; repeatable."),
]

app = typer.Typer(
    name="cnn-shapes",
    rich_markup_mode=None,  # help without rich: it would cost more than all the rest
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Tells, before a weight exists, whether a CNN's sizes work out, and what to change if not.",
)


def main() -> NoReturn:
    """Run the command of `sys.argv` and exit. Whatever happens, no traceback is shown."""
    try:
        app(prog_name="cnn-shapes")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        print(_internal_fault(error), file=sys.stderr)
        sys.exit(USAGE)
    sys.exit(SUCCESS)


def _internal_fault(error: Exception) -> str:
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f" ({os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno})" if where else ""
    told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return f"cnn-shapes: internal fault, please report it with your spec: {told}{place}"


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"cnn-shapes {version('cnn-shapes')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
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
            reports = tally.counted(checked(found, overrides))
            if options.several and not quiet:
                reports = target.with_progress(reports, len(found))
            writer.write(reports, out, options)
    except OSError as error:
        stop(f"cannot write {output or 'standard output'}: {(error.strerror or str(error)).lower()}")
    raise typer.Exit(tally.code)


@app.command()
def sizes(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    square: Annotated[bool, typer.Option("--square", help="The same size on all axes.")] = False,
    rounding: Annotated[
        Literal["exact", "floor"] | None, typer.Option(help="Instead of the file's rounding.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Tell which input sizes work, exactly and to infinity."""
    from cnn_shapes import formats
    from cnn_shapes import sizes as input_sizes
    from cnn_shapes.formats import output as target
    from cnn_shapes.formats.text import clean

    tally = Tally("error")
    report = next(checked([path], overrides_of(None, [])))
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
                out.write(f"{clean(line, options.encoding)}\n")
    raise typer.Exit(SUCCESS if found.found else FOUND)


@app.command()
def expand(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    input: Input = None,
    settings: Settings = None,
) -> None:
    """Print the spec unfolded: one layer a line, without blocks, repeats, defaults and aliases."""
    from cnn_shapes import expand as unfolding
    from cnn_shapes import formats
    from cnn_shapes.formats import output as target

    tally = Tally("error")
    report = next(tally.counted(checked([path], overrides_of(input, settings or []))))
    try:
        text = unfolding.expand(report)
    except unfolding.Unexpandable:  # standard output is for a spec
        formats.load("full").write([report], sys.stderr, formats.Options(quiet=True))
        raise typer.Exit(tally.code) from None
    with target.opened(None, "never") as (out, _):
        out.write(text)
    if tally.code:
        name = "standard input" if path == "-" else path
        print(f"cnn-shapes: {name} has errors, and so has this: check shows them", file=sys.stderr)
    raise typer.Exit(tally.code)


@app.command()
def new(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A known network: resnet18.")] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Instead of NAME.yaml; - is standard output."),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show the names.")] = False,
) -> None:
    """Write the spec of a known network, to start from. A file that is there is never written over."""
    from cnn_shapes import files, zoo
    from cnn_shapes.formats import output as target

    names = zoo.names()
    if not show and name is None:
        raise typer.BadParameter(f"name a network: {', '.join(names)}", param_hint="NAME")
    if name is not None and name not in names:
        raise unknown("NAME", "network", name, names)
    if name is None or output == "-":
        with target.opened(None, "never") as (out, _):
            out.write("\n".join([*names, ""]) if name is None else zoo.text(name))
        return
    file = output or f"{name}.yaml"
    try:
        files.write_new(file, zoo.text(name).encode())
    except files.FileThere:
        stop(f"{file} is there already and stays as it is: -o FILE writes to another, -o - shows the spec")
    except OSError as error:
        stop(f"cannot write {file}: {(error.strerror or str(error)).lower()}")
    print(f"wrote {file}: cnn-shapes check {file} shows its sizes", file=sys.stderr)
