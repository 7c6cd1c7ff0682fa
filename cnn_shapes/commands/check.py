"""`cnn-shapes check`: the main job: compute, validate, show."""

import gc
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

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
    FOUND,
    SHOWN,
    BatchOption,
    DtypeOption,
    InputOption,
    OutputOption,
    ParamsOption,
    Tally,
    advised,
    cannot_write,
    checked,
    guarded,
    overrides_of,
    spare_specs,
    stop,
    tell_other_names,
    unknown,
)
from cnn_shapes.formats.parts.streams import messages, say
from cnn_shapes.importing import is_model
from cnn_shapes.language.dialects import is_binary

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.commands.parts.models import NamedModel
    from cnn_shapes.discovery.specs import FoundSpecs
    from cnn_shapes.settings import Configuration

GROUP = "Check and mend"

RuleNames = list[str] | None
_TOLD_FIRST = ("full", "concise", "json", "github", "gitlab", "sarif")
# the groups of options in the help
_CHANGED = "What is changed in the files"
_REPORTED = "What is reported, and what fails"
_CONFIGURED = "Which files, and their configuration"
_LEFT_OUT = "(hidden, or by include, exclude or .gitignore)"
_FORMAT_NOTES = {"concise": " (a line a problem)"}


class Task(NamedTuple):
    """What to do with each report before it is shown, and how to show it."""

    writer: formats.Format
    output: str | None
    color: str
    tables: bool
    depth: int | None
    quiet: bool
    fix: bool
    pin: bool
    repairs: bool
    dtype: str | None
    batch: int | None


def _formats(incomplete: str) -> list[str]:
    return [name for name in formats.names() if name.startswith(incomplete)]


def _format_help() -> str:
    """Every format there is, those for people first."""
    names = sorted(formats.names(), key=[*_TOLD_FIRST, *formats.names()].index)
    *others, last = (name + _FORMAT_NOTES.get(name, "") for name in names)
    return f"{', '.join(others)} or {last}."


def _rules(incomplete: str) -> list[str]:
    from cnn_shapes.rules import READING, RULES

    before, comma, begun = incomplete.rpartition(",")
    given = before.split(",")
    return [
        f"{before}{comma}{name}"
        for name in RULES
        if name.startswith(begun) and name not in given and RULES.stage(name) != READING
    ]


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
        str,
        typer.Option(
            "--format", metavar="FORMAT", help=_format_help(), autocompletion=_formats, rich_help_panel=SHOWN
        ),
    ] = "full",
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
    from cnn_shapes.discovery.specs import Finder
    from cnn_shapes.settings import BadSettings, Configuration

    writer = _writer(format)
    if config is not None and isolated:
        raise typer.BadParameter("--isolated takes no configuration: leave one of the two out")
    paths = paths or ["."]
    targets = [path for path in paths if is_model(path)]
    files = [path for path in paths if path not in targets]
    named = _named(targets, files, input or [], arguments or [], python, timeout)
    if targets:
        from cnn_shapes.commands.parts import models

        models.refuse_other_options(bool(files and input), params or [], fix, pin)
    overrides = overrides_of(None if targets else input, params or [])
    if pin and overrides.any:
        given = "--input" if input is not None else "--set"
        raise typer.BadParameter(f"--pin writes what comes out of the file's own values: leave out {given}")
    try:
        configuration = Configuration(
            config,
            isolated,
            None if select is None else _names(select),
            _names(ignore or []),
            "never" if exit_zero else fail_on,
        )
        if show_settings:
            _show_settings(files, configuration)
            return
        found = Finder(configuration, force_exclude).find(files)
    except BadSettings as error:
        stop(str(error))
    if configured:
        from cnn_shapes.commands.parts import models

        named += models.configured(configuration)
    _tell_found(found, files, verbose, allow_empty or bool(named))
    spare_specs(output, (*paths, *found.specs))
    tables = table or depth is not None
    shows_fixes = format != "concise"
    task = Task(writer, output, color, tables, depth, quiet, fix, pin, shows_fixes, dtype, batch)
    reports = chain(
        _reports(found, checked(found.specs, overrides, configuration)),
        _model_reports(named, configuration),
    )
    raise typer.Exit(_run(task, found, reports, len(found.specs) + len(named)))


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


def _model_reports(named: "list[NamedModel]", configuration: "Configuration") -> "Iterator[CheckResult]":
    if named:
        from cnn_shapes.commands.parts import models

        yield from models.reports(named, configuration)


def _writer(name: str) -> formats.Format:
    try:
        return formats.load(name)
    except KeyError:
        raise unknown("--format", "format", name, formats.names()) from None


def _run(task: Task, found: "FoundSpecs", reports: "Iterable[CheckResult]", count: int) -> int:
    """Change and show what was checked as asked; the exit code."""
    from cnn_shapes.formats.parts import streams

    several = count > 1
    tally = Tally()
    gc.freeze()
    try:
        with streams.opened(task.output, task.color) as out:
            if task.fix:
                reports = _respelled(reports, found.outside)
            if task.pin:
                reports = _pinned(reports, tally, found.outside)
            if task.repairs:
                reports = map(advised, reports)
            reports = tally.counted(reports)
            if several and not task.quiet:
                reports = streams.with_progress(reports, count)
            options = out.options._replace(
                several=several,
                tables=task.tables or None,
                depth=task.depth,
                quiet=task.quiet,
                dtype=task.dtype,
                batch=task.batch,
            )
            task.writer.write(reports, out, options)
        if task.output is not None and not task.quiet:
            messages().paragraph(f"{tally.summary()}: written to {task.output}")
    except OSError as error:
        cannot_write(task.output, error)
    return tally.code


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


def _tell_found(found: "FoundSpecs", paths: list[str], verbose: bool, allow_empty: bool) -> None:
    """Say what was skipped, where asked; stop where nothing was found and something should have been."""
    skipped = len(found.skipped)
    if verbose:
        one, several = "skipped 1 YAML file that is not a spec", "skipped {} YAML files that are not specs"
        _tell_passed_over(found.skipped, one, several)
        _tell_passed_over(found.excluded, f"left out 1 path {_LEFT_OUT}", f"left out {{}} paths {_LEFT_OUT}")
    if not found.specs and not found.unreadable and not allow_empty:
        reasons = []
        if skipped or not found.excluded:
            reasons.append(
                "a spec is a .yaml or .yml file with sizes under input and a list of layers under layers"
            )
        if found.excluded:
            more = len(found.excluded) - 1
            names = found.excluded[0] + (f" and {more:,} more" if more else "")
            reasons.append(f"{names} {'are' if more else 'is'} left out {_LEFT_OUT}")
        stop(f"no spec found in {', '.join(paths)}: {'; '.join(reasons)}")


def _tell_passed_over(paths: list[str], one: str, several: str) -> None:
    """Name what is not checked, and why."""
    if paths:
        say(f"{one if len(paths) == 1 else several.format(f'{len(paths):,}')}:")
        for path in paths:
            messages().line(f"  {path}")


def _reports(found: "FoundSpecs", reports: "Iterable[CheckResult]") -> "Iterator[CheckResult]":
    """The reports, those of folders that cannot be read first."""
    from cnn_shapes.checking import unreadable

    for folder, reason in found.unreadable.items():
        yield unreadable(folder, reason)
    yield from reports


def _pinned(reports: "Iterable[CheckResult]", tally: Tally, outside: set[str]) -> "Iterator[CheckResult]":
    """The reports of the files after the shapes of today are written into them.

    A file where some could not be written fails: whoever pins relies on it.
    """
    for report in reports:
        if report.source.path == "-":
            stop("check --pin writes into files, and standard input is not one")
        if report.source.is_translated or is_binary(report.source.path):
            path = report.source.path
            stop(f"check --pin writes expect into specs, and {path} is not one: import writes its spec")
        if report.source.path in outside:
            _tell_outside(report.source.path)
            tally.code = max(tally.code, FOUND)
            yield report
            continue
        yield guarded(partial(_pin, report, tally), report.source.path, report.settings)


def _pin(report: "CheckResult", tally: Tally) -> "CheckResult":
    from cnn_shapes.repair.pins import pin

    path, pinned = report.source.path, pin(report)
    if pinned is None:
        outcome, left = "not pinned, since it has errors", []
    else:
        left = pinned.left
        counts = ((pinned.added, "added"), (pinned.renewed, "renewed"), (len(left), "missing"))
        parts = [f"{count} {what}" for count, what in counts if count]
        if parts:
            number, what = parts[0].split()
            parts[0] = f"{number} {'pin' if number == '1' else 'pins'} {what}"
        outcome = ", ".join(parts) or "all pins hold"
        if pinned.added + pinned.renewed and (unwritten := _unwritten(pinned.report, report)) is not None:
            return unwritten
    err = messages()
    err.paragraph(f"{path}: {outcome}")
    for layer in left:
        err.paragraph(f"{path}:{layer.line}: {layer.name} is not pinned: {layer.reason}")
    if (pinned is None or left) and report.settings.fail_on != "never":
        tally.code = max(tally.code, FOUND)
    return report if pinned is None else pinned.report


def _respelled(reports: "Iterable[CheckResult]", outside: set[str]) -> "Iterator[CheckResult]":
    """The reports of the files after every safe fix is written into them."""
    for report in reports:
        if report.source.path == "-":
            stop("check --fix writes into files, and standard input is not one: fix - prints the fixed text")
        if report.source.is_derived:  # no text says it
            yield report
            continue
        yield guarded(partial(_respell, report, outside), report.source.path, report.settings)


def _tell_outside(path: str) -> None:
    messages().paragraph(
        f"{path}: not changed, for it is a link that leads out of the folder: name it to do so"
    )


def _respell(report: "CheckResult", outside: set[str]) -> "CheckResult":
    from cnn_shapes.repair.report.spelling import respelled

    after, done, undone = respelled(report)
    if undone:
        left = ", ".join(undone)
        messages().paragraph(f"{report.source.path}: left alone, for it would bring another error: {left}")
    if not done:
        return after
    if report.source.path in outside:
        _tell_outside(report.source.path)
        return report
    if (unwritten := _unwritten(after, report)) is not None:
        return unwritten
    messages().paragraph(f"{report.source.path}: {', '.join(done)}")
    return after


def _unwritten(after: "CheckResult", before: "CheckResult") -> "CheckResult | None":
    """Write a changed text into its file, which must still be as it was read; a report where that fails."""
    from cnn_shapes.checking import unwritable
    from cnn_shapes.edit.files import write_atomically
    from cnn_shapes.source import reason_of

    path = before.source.path
    try:
        tell_other_names(path, write_atomically(path, after.source.encode(), before.source.encode()))
    except OSError as error:
        return unwritable(path, reason_of(error), before.settings)
    return None
