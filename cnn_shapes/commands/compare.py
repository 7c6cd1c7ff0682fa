"""`cnn-shapes compare`: what differs between two networks, or between one network then and now."""

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from cnn_shapes.commands.parts.shared import (
    FOUND,
    SHOWN,
    SUCCESS,
    USAGE,
    BatchOption,
    DtypeOption,
    InputOption,
    OutputOption,
    ParamsOption,
    advised,
    cannot_write,
    guarded,
    overrides_of,
    spare_specs,
    stop,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnn_shapes.checking import CheckResult
    from cnn_shapes.commands.parts.revisions import FileAtRevision
    from cnn_shapes.comparing.figures import GrowthLimit
    from cnn_shapes.language.building import LayerPool
    from cnn_shapes.language.spec import Overrides
    from cnn_shapes.settings import Settings

GROUP = "Look closer"

_JUDGED = "What fails"


class ComparedSpec(NamedTuple):
    """One side: `name` as it is shown, the file, or what git has of it, and what is tried instead."""

    name: str
    path: str
    at: "FileAtRevision | None"
    overrides: "Overrides"


def _formats(incomplete: str) -> list[str]:
    from cnn_shapes.formats import comparisons

    return [name for name in comparisons.names() if name.startswith(incomplete)]


def compare(
    path: Annotated[
        str,
        typer.Argument(
            metavar="SPEC",
            help="The network before: a file, - for standard input, or REV:FILE as git has it.",
        ),
    ],
    other: Annotated[
        str | None,
        typer.Argument(metavar="SPEC", help="The one after; without it the same with --set or --input."),
    ] = None,
    input: InputOption = None,
    params: ParamsOption = None,
    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="full, json or markdown (for a pull request).",
            autocompletion=_formats,
            rich_help_panel=SHOWN,
        ),
    ] = "full",
    all_layers: Annotated[
        bool,
        typer.Option("--all", help="Show the layers too that only follow.", rich_help_panel=SHOWN),
    ] = False,
    output: OutputOption = None,
    color: Annotated[
        Literal["auto", "always", "never"],
        typer.Option(help="Colours: auto is on a terminal.", rich_help_panel=SHOWN),
    ] = "auto",
    dtype: DtypeOption = None,
    batch: BatchOption = None,
    fail_on_growth: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on-growth",
            metavar="FIGURE=MOST",
            help="Exit 1 where it grew by more: macs=5%, params=10K, peak=64KiB; also layers, weights, "
            "activations, training; repeatable.",
            rich_help_panel=_JUDGED,
        ),
    ] = None,
) -> None:
    """Tell what differs between two networks: what changed, what follows from it, and the totals of both.

    Two files, or one with --set or --input, or one as git has it; two files have --set and --input both.

    As in: cnn-shapes compare origin/main:net.yaml net.yaml --fail-on-growth macs=5%
    """
    from cnn_shapes.comparing import compared
    from cnn_shapes.comparing.figures import totals_beside
    from cnn_shapes.formats import comparisons
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.memory import FLOAT32

    if format not in comparisons.names():
        raise unknown("--format", "format", format, comparisons.names())
    limits = list(map(_limit, fail_on_growth or []))
    given = [f"--input {sizes}" for sizes in input or []] + [f"--set {param}" for param in params or []]
    sides = _sides(path, other, overrides_of(input, params or []), " ".join(given))
    spare_specs(output, [side.path for side in sides if side.at is None])
    before, after = _checked(sides)
    number_type, samples = dtype or FLOAT32, batch or 1
    comparison = compared(before, after)
    totals = totals_beside(before, after, number_type, samples)
    judged = tuple(
        comparisons.Judged(limit, totals[limit.figure]) for limit in limits if limit.figure in totals
    )
    shown = comparisons.ShownComparison(
        comparison, (sides[0].name, sides[1].name), totals, judged, number_type, samples, all_layers
    )
    try:
        with streams.opened(output, color) as out:
            comparisons.load(format).write(shown, out, out.options)
    except OSError as error:
        cannot_write(output, error)
    raise typer.Exit(_exit_code((before, after), any(one.is_exceeded for one in judged)))


def _limit(text: str) -> "GrowthLimit":
    from cnn_shapes.comparing.figures import growth_limit

    try:
        return growth_limit(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--fail-on-growth") from None


def _sides(
    path: str, other: str | None, overrides: "Overrides", given: str
) -> tuple[ComparedSpec, ComparedSpec]:
    """What is compared. Raises a usage error where it is one thing alone."""
    from cnn_shapes.language.spec import Overrides

    if other is None:
        if not overrides.any:
            raise typer.BadParameter(
                f"compare needs two specs, as in compare {path} new.yaml, "
                f"or what is tried in one, as in compare {path} --set width=0.5",
                param_hint="SPEC",
            )
        after = _spec(path, overrides)
        return _spec(path, Overrides()), after._replace(name=f"{path} {given}")
    if path == other == "-":
        raise typer.BadParameter("only one of the two can be standard input", param_hint="SPEC")
    return _spec(path, overrides), _spec(other, overrides)


def _spec(name: str, overrides: "Overrides") -> ComparedSpec:
    from cnn_shapes.commands.parts.revisions import at_revision
    from cnn_shapes.discovery import shipped

    at = at_revision(name)
    path = name if at is None else at.path
    if at is None and not os.path.lexists(path) and path in shipped.names():
        path = shipped.path(path)
    return ComparedSpec(name, path, at, overrides)


def _checked(sides: "tuple[ComparedSpec, ComparedSpec]") -> "list[CheckResult]":
    """The reports of both. Raises a usage error where `--set` or `--input` fit neither."""
    from cnn_shapes.language.building import LayerPool
    from cnn_shapes.language.reading.input import misfit
    from cnn_shapes.settings import BadSettings, Configuration

    configuration, pool = Configuration(), LayerPool()
    missing = {name for name, _ in sides[1].overrides.params}
    known: dict[str, None] = {}
    reports = []
    data: dict[FileAtRevision | None, bytes | None] = {}
    for side in sides:
        try:
            settings = configuration.of_file(side.path)
        except BadSettings as error:
            stop(str(error))
        if side.at not in data:
            data[side.at] = None if side.at is None else _from_git(side.at)
        report = guarded(partial(_report, side, settings, pool, data), side.path, settings)
        if report.spec is None:
            missing.clear()  # what its params are cannot be known
        else:
            known.update(dict.fromkeys(report.spec.param_nodes))
            missing.difference_update(known)
            if (why := misfit(report.spec, side.overrides)) is not None:
                raise typer.BadParameter(why, param_hint="--input")
        reports.append(report)
    if missing:
        raise unknown("--set", "param", min(missing), list(known))
    return [_named(report, side) for report, side in zip(reports, sides, strict=True)]


def _named(report: "CheckResult", side: ComparedSpec) -> "CheckResult":
    """The report under the name of its side, for both may be of one file."""
    report = advised(report) if report.errors else report
    if side.at is not None:
        report.source.path = report.source.user_text.path = side.name
    return report


def _report(
    side: ComparedSpec,
    settings: "Settings",
    pool: "LayerPool",
    data: "dict[FileAtRevision | None, bytes | None]",
) -> "CheckResult":
    """The report of one side; `data` is what git has, and what was read of standard input for the other."""
    from cnn_shapes.checking import check_bytes, unreadable
    from cnn_shapes.importing import check_file
    from cnn_shapes.language.dialects import is_binary
    from cnn_shapes.source import reason_of

    if side.at is None and side.path != "-":
        return check_file(side.path, side.overrides, settings, pool)
    found = data[side.at]
    if found is None:
        try:
            found = data[side.at] = _standard_input()
        except OSError as error:
            return unreadable(side.path, reason_of(error), settings)
    if is_binary(side.path):
        return _of_binary(side, found, settings, pool)
    return check_bytes(side.path, found, side.overrides, settings, pool)


def _standard_input() -> bytes:
    """All bytes of standard input. Raises OSError."""
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer.read()


def _from_git(at: "FileAtRevision") -> bytes:
    """What git has of a file. Exits 2 where there is none."""
    from cnn_shapes.commands.parts.revisions import NoSuchRevision

    if at.revision.endswith(".py"):
        model = f"{at.revision}:{at.path}"
        stop(f"compare takes files, and {model} is a model: import {model} -o net.yaml writes its spec")
    try:
        return at.read()
    except NoSuchRevision as error:
        stop(str(error))


def _of_binary(side: ComparedSpec, data: bytes, settings: "Settings", pool: "LayerPool") -> "CheckResult":
    """The report of an archive or a graph that is in memory: who reads such wants a file."""
    from tempfile import TemporaryDirectory

    from cnn_shapes.importing import check_file

    with TemporaryDirectory() as folder:
        path = os.path.join(folder, os.path.basename(side.path))
        with open(path, "wb") as file:
            file.write(data)
        return check_file(path, side.overrides, settings, pool)


def _exit_code(reports: "Iterable[CheckResult]", has_grown: bool) -> int:
    from cnn_shapes.checking import NO_VERDICT

    rules = [found.rule for report in reports for found in report.errors]
    if any(rule in NO_VERDICT for rule in rules):
        return USAGE
    return FOUND if rules or has_grown else SUCCESS
