"""`cnn-shapes sizes`: which input sizes work."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnn_shapes.commands.parts.shared import (
    FOUND,
    SUCCESS,
    InputOption,
    ParamsOption,
    Tally,
    checked,
    overrides_of,
    unknown,
)
from cnn_shapes.words import say, speaking

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnn_shapes.checking import CheckResult
    from cnn_shapes.shapes import Shape

GROUP = "Check and mend"


def sizes(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    square: Annotated[bool, typer.Option("--square", help="The same size on all axes.")] = False,
    rounding: Annotated[
        Literal["exact", "floor"] | None, typer.Option(help="Instead of the file's rounding.")
    ] = None,
    input: InputOption = None,
    params: ParamsOption = None,
    vary: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which of several inputs varies; those of its size do with it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Tell which input sizes work, exactly and to infinity.

    As in: cnn-shapes sizes net.yaml --square
    """
    from json import dumps

    from cnn_shapes import formats, input_sizes
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.source import shown_path

    tally = Tally()
    report = next(checked([path], overrides_of(input, params or [])))
    named = report.spec.inputs if report.spec is not None else {}
    if vary is not None and report.spec is not None and vary not in named:
        raise unknown("--vary", "input", vary, list(named))
    name = vary if vary is not None else next(iter(named), None)
    varied = named[name].shape if name is not None and named else report.input
    if report.works_out and varied is not None and not varied.rank:
        _say_of_vector(path, report, varied, name, rounding, as_json)
        raise typer.Exit(SUCCESS)
    found = input_sizes.sizes(report, rounding, square, vary if named else None)
    with streams.opened(None, streams.AUTO) as out:
        if found is None:  # the problems of reading are the answer
            why = str(report.silenced[0]) if report.silenced else input_sizes.undecided(report)
            if report.works_out and why:
                streams.say(f"no sizes for {shown_path(path)}: {why}")
            if as_json:
                answer = _no_answer(report, rounding) | _problems(tally.counted([report]))
                out.text(f"{dumps(answer)}\n", streams.IN_JSON)
            else:
                formats.show("concise", tally.counted([report]), out, out.options)
            raise typer.Exit(max(tally.code, FOUND))
        if as_json:
            out.text(f"{dumps(input_sizes.as_json(found, report))}\n", streams.IN_JSON)
        else:
            with speaking(out.options.language):
                out.paragraphs(input_sizes.text(found, report).rstrip("\n").split("\n"))
    raise typer.Exit(SUCCESS if found.found else FOUND)


def _say_of_vector(
    path: str,
    report: "CheckResult",
    varied: "Shape",
    name: str | None,
    rounding: str | None,
    as_json: bool,
) -> None:
    """A vector has no axes: the one size that there is, none, works. Of several inputs it has a `name`."""
    from json import dumps

    from cnn_shapes.formats.parts import streams
    from cnn_shapes.shapes import listed
    from cnn_shapes.source import shown_path

    with streams.opened(None, streams.AUTO) as out:
        if as_json:
            answer = _no_answer(report, rounding) | {"smallest": [], "proved": True}
            out.text(f"{dumps(answer)}\n", streams.IN_JSON)
        else:
            named = report.spec.inputs if report.spec is not None else {}
            sized = [other for other, one in named.items() if one.shape.rank]
            with speaking(out.options.language):
                text = "{path}: {which} is a vector of {features} features, it has no size to vary"
                if sized:
                    text += "; --vary takes {others}"
                which = say("the input") if name is None else name
                others = listed(sized, "or")
                out.paragraph(
                    say(text, path=shown_path(path), which=which, features=varied.channels, others=others)
                )


def _no_answer(report: "CheckResult", rounding: str | None) -> dict[str, Any]:
    """What a reader of the answer looks for, where there is none."""
    rounding = rounding or (report.spec.rounding if report.spec is not None else None)
    nothing: dict[str, Any] = dict.fromkeys(("smallest", "below", "above"))
    return {"version": 1, "rounding": rounding, **nothing, "progressions": [], "failing": [], "proved": False}


def _problems(reports: "Iterable[CheckResult]") -> dict[str, Any]:
    """What `check --format json` says of a spec that cannot be built."""
    from io import StringIO
    from json import loads

    from cnn_shapes.formats import DisplayOptions, show
    from cnn_shapes.formats.parts.streams import Output

    text = StringIO()
    show("json", reports, Output(text), DisplayOptions())
    found: dict[str, Any] = loads(text.getvalue())
    return found
