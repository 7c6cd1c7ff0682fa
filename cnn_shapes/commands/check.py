"""`cnn-shapes check`: the main job: compute, validate, show."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cnn_shapes import formats
from cnn_shapes.commands.parts.model_options import (
    TIMEOUT,
    ArgumentsOption,
    ConfiguredOption,
    PythonOption,
    TimeoutOption,
)
from cnn_shapes.commands.parts.shared import (
    RUN,
    SHOWN,
    BatchOption,
    DtypeOption,
    InputOption,
    JobsOption,
    OutputOption,
    ParamsOption,
    jobs_of,
    overrides_of,
    stop,
)
from cnn_shapes.importing import is_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnn_shapes.commands.parts.models import NamedModel
    from cnn_shapes.settings import Configuration

GROUP = "Check and mend"

RuleNames = list[str] | None
_TOLD_FIRST = ("full", "concise", "json", "csv", "markdown", "github", "gitlab", "sarif")
# the groups of options in the help
_CHANGED = "What is changed in the files"
_REPORTED = "What is reported, and what fails"
_CONFIGURED = "Which files, and their configuration"
_FORMAT_NOTES = {"concise": " (a line a problem)", "csv": " (a row a layer)"}
# why a change is refused where other values than the file's are tried
_OF_OWN_VALUES = {
    "--pin": "writes what comes out of the file's own values",
    "--add-ignore": "ignores what is found with the file's own values",
}


def _formats(incomplete: str) -> list[str]:
    return [name for name in formats.names() if name.startswith(incomplete)]


def _format_help() -> str:
    """Every format there is, those for people first."""
    names = sorted(formats.names(), key=[*_TOLD_FIRST, *formats.names()].index)
    *others, last = (name + _FORMAT_NOTES.get(name, "") for name in names)
    return f"{', '.join(others)} or {last}; with =FILE into a file; repeatable.  [default: full]"


def _columns(incomplete: str) -> list[str]:
    from cnn_shapes.formats.parts.columns import NAMES

    return _listed(incomplete, [name.lower() for name in NAMES])


def _sorts(incomplete: str) -> list[str]:
    from cnn_shapes.formats.parts.columns import SORTS

    return [name for name in SORTS if name.startswith(incomplete)]


def _rules(incomplete: str) -> list[str]:
    from cnn_shapes.rules import READING, RULES

    return _listed(incomplete, [name for name in RULES if RULES.stage(name) != READING])


def _listed(incomplete: str, names: "Iterable[str]") -> list[str]:
    """What may come next in a list with commas between."""
    before, comma, begun = incomplete.rpartition(",")
    given = before.split(",")
    return [f"{before}{comma}{name}" for name in names if name.startswith(begun) and name not in given]


def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Files, folders (without any: this one), - for standard input, or a PyTorch or Keras model: "
            "net.py:Model, package.module:Model.",
        ),
    ] = None,
    input: InputOption = None,
    params: ParamsOption = None,
    format: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT[=FILE]",
            help=_format_help(),
            autocompletion=_formats,
            rich_help_panel=SHOWN,
        ),
    ] = None,
    output: OutputOption = None,
    color: Annotated[
        Literal["auto", "always", "never"],
        typer.Option(help="Colours: auto is on a terminal.", rich_help_panel=SHOWN),
    ] = "auto",
    table: Annotated[
        bool, typer.Option("--table", help="Show the tables of several files too.", rich_help_panel=SHOWN)
    ] = False,
    depth: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Open N levels of blocks in the table.", rich_help_panel=SHOWN),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="The columns of the table, with commas between: layer,output,macs,macs%.",
            autocompletion=_columns,
            rich_help_panel=SHOWN,
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The layers of the table by what they cost, most first: macs, params or memory.",
            autocompletion=_sorts,
            rich_help_panel=SHOWN,
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Only the N layers that cost most, by macs or --sort.",
            rich_help_panel=SHOWN,
        ),
    ] = None,
    statistics: Annotated[
        bool,
        typer.Option(
            "--statistics", help="Count the problems by rule instead of showing them.", rich_help_panel=SHOWN
        ),
    ] = False,
    dtype: DtypeOption = None,
    batch: BatchOption = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show problems only.", rich_help_panel=SHOWN)
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="Name the YAML files that are passed over, and why.",
            rich_help_panel=SHOWN,
        ),
    ] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix",
            help="Set spelling and quoting right in the files; never a number.",
            rich_help_panel=_CHANGED,
        ),
    ] = False,
    pin: Annotated[
        bool,
        typer.Option(
            "--pin", help="Write the shapes of today into the files, as expect.", rich_help_panel=_CHANGED
        ),
    ] = False,
    add_ignore: Annotated[
        bool,
        typer.Option(
            "--add-ignore",
            help="Write comments into the files that ignore what is found today.",
            rich_help_panel=_CHANGED,
        ),
    ] = False,
    select: Annotated[
        RuleNames,
        typer.Option(
            metavar="RULE",
            help="Of warnings and infos, report these only; repeatable.",
            autocompletion=_rules,
            rich_help_panel=_REPORTED,
        ),
    ] = None,
    ignore: Annotated[
        RuleNames,
        typer.Option(
            metavar="RULE",
            help="Do not report these; repeatable.",
            autocompletion=_rules,
            rich_help_panel=_REPORTED,
        ),
    ] = None,
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"] | None,
        typer.Option(
            help="The least severe problem that exits 1; else as configured, or error.",
            rich_help_panel=_REPORTED,
        ),
    ] = None,
    exit_zero: Annotated[
        bool,
        typer.Option("--exit-zero", help="Exit 0 whatever is found in the specs.", rich_help_panel=_REPORTED),
    ] = False,
    jobs: JobsOption = "1",
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Check again whenever a file changes; Ctrl-C ends it.", rich_help_panel=RUN
        ),
    ] = False,
    config: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Take this configuration for all files.", rich_help_panel=_CONFIGURED
        ),
    ] = None,
    isolated: Annotated[
        bool, typer.Option("--isolated", help="Look for no configuration.", rich_help_panel=_CONFIGURED)
    ] = False,
    show_settings: Annotated[
        bool,
        typer.Option(
            "--show-settings",
            help="Print what is configured for each path, and stop.",
            rich_help_panel=_CONFIGURED,
        ),
    ] = False,
    force_exclude: Annotated[
        bool,
        typer.Option(
            "--force-exclude",
            help="Leave out named files where a folder's would be: for hooks.",
            rich_help_panel=_CONFIGURED,
        ),
    ] = False,
    allow_empty: Annotated[
        bool,
        typer.Option(
            "--allow-empty", help="Exit 0 where there is no spec to check.", rich_help_panel=_CONFIGURED
        ),
    ] = False,
    arguments: ArgumentsOption = None,
    python: PythonOption = None,
    timeout: TimeoutOption = TIMEOUT,
    configured: ConfiguredOption = False,
) -> None:
    """Compute every layer's sizes, and show what does not work out with what to change.

    As in: cnn-shapes check models/ --format concise
    """
    from cnn_shapes.commands.parts import outputs, runs
    from cnn_shapes.settings import BadSettings, Configuration

    if config is not None and isolated:
        raise typer.BadParameter("--isolated takes no configuration: leave one of the two out")
    paths = paths or ["."]
    changes = tuple(
        name for name, is_given in (("--fix", fix), ("--add-ignore", add_ignore), ("--pin", pin)) if is_given
    )
    wanted = outputs.destinations(format or [], output, color, statistics)
    shown = outputs.table_options(wanted, columns, sort, top)
    targets = [path for path in paths if is_model(path)]
    files = [path for path in paths if path not in targets]
    named = _named(targets, files, input or [], arguments or [], python, timeout)
    if targets:
        from cnn_shapes.commands.parts import models

        models.refuse_other_options(bool(files and input), params or [], changes)
    overrides = overrides_of(None if targets else input, params or [])
    _refuse_changes(changes, files, "--input" if input is not None else "--set" if params else "")
    configuration = partial(
        Configuration,
        config,
        isolated,
        None if select is None else _names(select),
        _names(ignore or []),
        "never" if exit_zero else fail_on,
    )
    if show_settings:
        try:
            _show_settings(files, configuration())
        except BadSettings as error:
            stop(str(error))
        return
    tables = table or depth is not None or bool(shown)
    request = runs.Request(
        files,
        named,
        configured,
        overrides,
        configuration,
        wanted,
        {
            "tables": tables or None,
            "depth": depth,
            "quiet": quiet,
            "dtype": dtype,
            "batch": batch,
            **shown,
        },
        changes,
        jobs_of(jobs),
        force_exclude,
        allow_empty,
        verbose,
    )
    if watch:
        from cnn_shapes.commands.parts.watching import watch_over

        watch_over(request)
        return
    try:
        found = runs.find(request)
    except BadSettings as error:
        stop(str(error))
    raise typer.Exit(runs.run(request, found).code)


def _refuse_changes(changes: tuple[str, ...], files: list[str], override: str) -> None:
    """Stop where what is to be changed is not a file, or is not what would be written."""
    for name in changes:
        if "-" in files:
            hint = ": fix - prints the fixed text" if name == "--fix" else ""
            stop(f"check {name} writes into files, and standard input is not one{hint}")
        if name in _OF_OWN_VALUES and override:
            raise typer.BadParameter(f"{name} {_OF_OWN_VALUES[name]}: leave out {override}")


def _named(
    targets: list[str],
    files: list[str],
    input: list[str],
    arguments: list[str],
    python: str | None,
    timeout: float,
) -> "list[NamedModel]":
    """The models that are named, with what they are made and run with. Raises a usage error."""
    if not targets and not arguments and not any(path.endswith(".py") for path in files):
        return []
    from cnn_shapes.commands.parts import models  # most checks are of specs

    models.refuse_python(files)
    run = models.run_of(input if targets else [], arguments, python, timeout)
    return [models.NamedModel(target, run) for target in targets]


def _names(given: list[str]) -> tuple[str, ...]:
    """Names of rules, given one an option or several with commas between."""
    return tuple(name.strip() for one in given for name in one.split(",") if name.strip())


def _show_settings(paths: list[str], configuration: "Configuration") -> None:
    import os

    from cnn_shapes.formats.parts import streams
    from cnn_shapes.settings import shown

    blocks = []
    for path in paths:
        settings = configuration.of(path) if os.path.isdir(path) else configuration.of_file(path)
        blocks.append([f"# {path}", *shown(settings)])
    with streams.opened(None, streams.NEVER) as out:
        for number, lines in enumerate(blocks):
            if number:
                out.line()
            for line in lines:
                out.line(line)
