"""`cnn-shapes fix`: the smallest changes that make the whole network valid, and one of them written."""

from typing import TYPE_CHECKING, Annotated

import typer

from cnn_shapes.commands.parts.shared import (
    FOUND,
    SUCCESS,
    Tally,
    checked,
    overrides_of,
    show_problems,
    stop,
    tell_other_names,
)
from cnn_shapes.formats.parts.streams import say
from cnn_shapes.words import speaking

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.repair import Options, Repair

GROUP = "Check and mend"


def _fields_of_spec(context: typer.Context, incomplete: str) -> list[str]:
    from cnn_shapes.commands.parts import completing

    return completing.fields(context, incomplete)


def fix(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    apply: Annotated[
        int | None, typer.Option("--apply", min=1, metavar="K", help="Write fix K into the file.")
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what fix K (else 1) would change; write nothing.")
    ] = False,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="FIELDS", help="Never change these: kernel_size,stride.", autocompletion=_fields_of_spec
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(metavar="FIELDS", help="Change nothing but these.", autocompletion=_fields_of_spec),
    ] = None,
    keep_output: Annotated[
        bool, typer.Option("--keep-output", help="The network's output keeps its shape.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="List every fix that was found, not only three that differ.")
    ] = False,
    target: Annotated[
        str | None,
        typer.Option(metavar="[NAME=]SIZES", help="The layer, else the last feature map, must get 7x7."),
    ] = None,
) -> None:
    """Find the smallest changes that make the whole network valid; list them, or write one of them.

    From standard input the fixed text goes to standard output, the list to standard error.

    As in: cnn-shapes fix net.yaml --apply 1
    """
    from cnn_shapes import repair
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.language.dialects import is_binary
    from cnn_shapes.repair.report import listing

    if is_binary(path):
        stop(f"fix edits a text, and {path} is not one: cnn-shapes import writes its spec, which fix mends")
    tally = Tally()
    report = next(tally.counted(checked([path], overrides_of(None, []))))
    piped = path == "-"
    if report.spec is None:
        show_problems(report, "concise")
        raise typer.Exit(max(tally.code, FOUND))
    options = _options(report, keep, only, keep_output, target)
    best = repair.repairs(report, options)
    if piped or diff:
        apply = apply or 1
    chosen: Repair | None = None  # where the reader of the list leaves, none is
    with streams.opened(None, streams.AUTO) as out:
        if apply is None or piped:
            said = streams.messages() if piped or diff else out
            with speaking(said.options.language):
                said.paragraphs(listing.listed(report, best, options, every))
        if apply is not None:
            chosen = _chosen(report, [*best.found, *best.rest], apply)
        if diff and chosen is not None:
            out.text(listing.difference(report.source, chosen.after.source))
        elif piped and not diff:
            out.data((chosen.after if chosen else report).source.encode())
        elif chosen is not None:
            _write(report, chosen)
            with speaking(out.options.language):
                out.paragraph(listing.done(report, chosen))
    left = bool(report.errors) if chosen is None or diff else not chosen.after.ok
    unmet = options.asks and not best.found and not best.met
    raise typer.Exit(FOUND if left or unmet else SUCCESS)


def _chosen(report: "CheckResult", found: "list[Repair]", number: int) -> "Repair | None":
    """The repair of this number; None where there is none to apply. Raises a usage error beyond the last."""
    from cnn_shapes.repair.report.listing import comes_first

    if not found:
        why = comes_first(report) or ("no fix was found" if report.errors else "it has no errors")
        if report.source.path != "-":  # else the list has said it
            say(f"nothing is changed in {report.source.path}: {why}")
        return None
    if number > len(found):
        there = "there is 1 fix" if len(found) == 1 else f"there are {len(found)} fixes"
        raise typer.BadParameter(f"{there}, not {number}", param_hint="--apply")
    return found[number - 1]


def _write(report: "CheckResult", chosen: "Repair") -> None:
    from cnn_shapes.edit.files import write_atomically
    from cnn_shapes.edit.proof import Unsafe, proved
    from cnn_shapes.source import reason_of

    path = report.source.path
    try:
        translated = report.source.is_translated  # then it is proved already
        changed = chosen.after.source if translated else proved(report.source, chosen.edits)
        tell_other_names(path, write_atomically(path, changed.encode(), report.source.encode()))
    except Unsafe as error:
        stop(f"nothing is written to {path}: {error}")
    except OSError as error:
        stop(f"nothing is written to {path}: {reason_of(error)}")


def _options(
    report: "CheckResult", keep: str | None, only: str | None, keep_output: bool, target: str | None
) -> "Options":
    from cnn_shapes.repair.report.options import BadOption, options_for

    kept, chosen = (None if written is None else written.split(",") for written in (keep, only))
    try:
        return options_for(report, kept, chosen, keep_output, target)
    except BadOption as error:
        raise typer.BadParameter(str(error), param_hint=error.option) from None
