"""The command: parse the options, call what does the work, print, exit.

Only typer is imported up here; each command imports what it needs, so that none pays for another. Annotations
are not postponed: typer would compile every one of them at every start.
"""

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

# Nothing that an import makes is garbage; to look for some would take a twelfth of the start.
gc.disable()
import typer  # noqa: E402

if TYPE_CHECKING:
    from cnn_shapes.check import Report
    from cnn_shapes.spec.document import Overrides

SUCCESS, FOUND, USAGE, INTERRUPTED = 0, 1, 2, 130
NEVER = "never"

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
    input: Annotated[
        str | None,
        typer.Option("--input", metavar="SIZES", help="Another input, in the file's layout: 320x320x3."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Another value of a param; repeatable."),
    ] = None,
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
        raise _unknown("--format", "format", format, formats.names()) from None
    overrides = _overrides(input, settings or [])
    found = discover.find(paths)
    if not found:
        where = ", ".join(paths)
        _stop(f"no spec found in {where}: a spec is a .yaml or .yml file with input and layers at its top")
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
            )
            reports = tally.counted(_checked(found, overrides))
            if options.several and not quiet:
                reports = target.with_progress(reports, len(found))
            writer.write(reports, out, options)
    except OSError as error:
        _stop(f"cannot write {output or 'standard output'}: {(error.strerror or str(error)).lower()}")
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
    report = next(_checked([path], _overrides(None, [])))
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


class Tally:
    """Counts reports as they pass, and makes the exit code of them."""

    def __init__(self, fail_on: str) -> None:
        from cnn_shapes.diagnostics import SEVERITIES

        self.failing = () if fail_on == NEVER else SEVERITIES[: SEVERITIES.index(fail_on) + 1]
        self.code = SUCCESS

    def counted(self, reports: "Iterable[Report]") -> "Iterator[Report]":
        for report in reports:
            for found in report.diagnostics:
                if found.rule == "unreadable-file":
                    self.code = USAGE
                elif found.severity in self.failing:
                    self.code = max(self.code, FOUND)
            yield report


def _checked(paths: list[str], overrides: "Overrides") -> "Iterator[Report]":
    """The report of each path. Raises a usage error where the overrides fit none of the specs."""
    from cnn_shapes.check import check_bytes, check_path, unreadable

    missing = {name for name, _ in overrides.params}
    known: dict[str, None] = {}
    for path in paths:
        if path != "-":
            report = check_path(path, overrides)
        elif sys.stdin is None:
            report = unreadable(path, "standard input is closed")
        else:
            report = check_bytes(path, sys.stdin.buffer.read(), overrides)
        if report.spec is None:
            missing.clear()  # what its params are cannot be told
        else:
            known.update(dict.fromkeys(report.spec.param_nodes))
            missing.difference_update(known)
            _compare_input(report, overrides)
        if missing and len(paths) == 1:
            raise _unknown("--set", "param", min(missing), list(known))
        yield report
    if missing:
        raise _unknown("--set", "param", min(missing), list(known))


def _compare_input(report: "Report", overrides: "Overrides") -> None:
    """Raise a usage error where `--input` has not as many sizes as the file: a forgotten channel."""
    from cnn_shapes.source import Scalar, Sequence
    from cnn_shapes.spec.read_input import parse_sizes

    node = report.spec.input_node if report.spec else None
    if overrides.input is None or node is None:
        return
    written = len(node.items) if isinstance(node, Sequence) else 1
    if isinstance(node, Scalar):
        written = len(parse_sizes(node.text) or (1,))
    given = len(overrides.input)
    if given != written:
        sizes = "x".join(map(str, overrides.input))
        plural = "size" if given == 1 else "sizes"
        raise typer.BadParameter(
            f"{sizes} has {given} {plural}, input in {report.source.path} has {written} ({report.layout})",
            param_hint="--input",
        )


def _overrides(sizes: str | None, settings: list[str]) -> "Overrides":
    """What `--input` and `--set` say. Raises a usage error."""
    from cnn_shapes.spec.document import Overrides
    from cnn_shapes.spec.read_input import parse_sizes

    shape = None
    if sizes is not None:
        shape = parse_sizes(sizes) if len(sizes) < 100 else None
        if shape is None:
            raise typer.BadParameter(
                f"expected sizes from 1 as in 320x320x3, found {sizes}", param_hint="--input"
            )
    return Overrides(shape, tuple(map(_setting, settings)))


def _setting(text: str) -> tuple[str, Any]:
    from cnn_shapes.layers.fields import LARGEST
    from cnn_shapes.source import resolve

    name, equals, written = text.partition("=")
    name, written = name.strip(), written.strip()
    if not (equals and name and written):
        raise typer.BadParameter(f"expected name=value as in width=0.5, found {text}", param_hint="--set")
    value = resolve(written)
    if isinstance(value, str):
        fits = value.isidentifier()
    else:
        fits = value is not None and -LARGEST <= value <= LARGEST
    if not fits:
        raise typer.BadParameter(
            f"the value of {name} must be a number, true, false or a word, found {written}",
            param_hint="--set",
        )
    return name, value


def _unknown(option: str, what: str, word: str, known: list[str]) -> typer.BadParameter:
    """The usage error for a name that does not exist, with what was likely meant."""
    from cnn_shapes.diagnostics import closest

    near = closest(word, known)
    if near is not None:
        advice = f"did you mean {near}?"
    else:
        advice = f"choose from {', '.join(known)}" if known else f"the spec has no {what}s"
    return typer.BadParameter(f"there is no {what} {word}: {advice}", param_hint=option)


def _stop(message: str) -> NoReturn:
    """Say on standard error what is wrong, and exit 2."""
    print(f"cnn-shapes: {message}", file=sys.stderr)
    raise typer.Exit(USAGE)
