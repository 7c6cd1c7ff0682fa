"""One run of `check`: find the specs, check them in one process or several, tell what is found."""

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.commands.parts.file_checks import FileChecks
from cnn_shapes.commands.parts.outputs import Destination, tell
from cnn_shapes.commands.parts.shared import AUTO, USAGE, CheckedFile, Fitting, Tally, spare_specs, stop
from cnn_shapes.formats.parts import streams
from cnn_shapes.formats.parts.streams import messages, say

if TYPE_CHECKING:
    from cnn_shapes.commands.parts.models import NamedModel
    from cnn_shapes.discovery.specs import FoundSpecs
    from cnn_shapes.language.spec import Overrides
    from cnn_shapes.settings import Configuration

_FEW = 50  # specs that one process has checked before others have started
STDIN = "-"
_LEFT_OUT = "(hidden, or by include, exclude or .gitignore)"


class Request(NamedTuple):
    """What `check` was asked for, once its options are known to fit each other.

    `configuration` is read anew for each run, as the files are. `display` are the options of how to write
    that hold for every output; `changes` are names of CHANGES.
    """

    files: list[str]
    models: "list[NamedModel]"
    with_configured_models: bool
    overrides: "Overrides"
    configuration: "Callable[[], Configuration]"
    destinations: list[Destination]
    display: dict[str, Any]
    changes: tuple[str, ...] = ()
    jobs: int = 1
    force_exclude: bool = False
    allow_empty: bool = False
    verbose: bool = False


class Targets(NamedTuple):
    """What there is to check, and what is configured for it."""

    found: "FoundSpecs"
    models: "list[NamedModel]"
    configuration: "Configuration"


def find(request: Request) -> Targets:
    """Look for what was asked for. Raises BadSettings."""
    from cnn_shapes.discovery.specs import Finder

    configuration = request.configuration()
    found = Finder(configuration, request.force_exclude).find(request.files)
    named = list(request.models)
    if request.with_configured_models:
        from cnn_shapes.commands.parts import models

        named += models.configured(configuration)
    return Targets(found, named, configuration)


def run(request: Request, targets: Targets) -> Tally:
    """Check what was found, and tell of it: the counts, with the exit code. Raises a usage error."""
    found, named, configuration = targets
    _tell_found(found, request, bool(named))
    for one in request.destinations:
        spare_specs(one.file, (*request.files, *found.specs), one.option)
    count = len(found.specs) + len(named)
    wanted = [
        one._replace(options=one.display()._replace(several=count > 1, **request.display))
        for one in request.destinations
    ]
    checks = FileChecks(request.overrides, configuration, wanted, request.changes, frozenset(found.outside))
    quiet = bool(request.display.get("quiet"))
    tally = Tally()
    gc.freeze()
    with closing(_files(request, found, named, checks)) as files:
        shown = files if quiet or count < 2 else streams.with_progress(files, count, _speaks)
        failures = tell(_told(shown, tally), wanted)
    for why in failures:
        say(why)
    written = [one.file for one in wanted if one.file is not None]
    if written and not failures and not quiet:
        messages().paragraph(f"{tally.summary()}: written to {', '.join(written)}")
    if failures:
        tally.code = USAGE
    return tally


def _files(
    request: Request, found: "FoundSpecs", named: "list[NamedModel]", checks: FileChecks
) -> Generator[CheckedFile, None, None]:
    """Every file of a run: the folders that cannot be read first, models last."""
    from cnn_shapes.checking import unreadable

    for folder, reason in found.unreadable.items():
        yield checks.of_report(unreadable(folder, reason))
    fitting = Fitting(request.overrides, len(found.specs) == 1)
    for file in _specs(found.specs, request, checks):
        if file.fit is not None:
            fitting.meet(file.fit)
        yield file
    fitting.settle()
    if named:
        from cnn_shapes.commands.parts import models

        for report in models.reports(named, checks.configuration):
            yield checks.of_report(report)


def _specs(paths: list[str], request: Request, checks: FileChecks) -> Iterator[CheckedFile]:
    """The specs, in their order; standard input is read by this process, whatever does the rest."""
    others = [path for path in paths if path != STDIN]
    jobs = _jobs(request.jobs, len(others))
    if jobs < 2:
        yield from map(checks.of, paths)
        return
    from cnn_shapes.commands.parts.processes import spread

    with closing(spread(checks.of, others, jobs, checks.lost, bool(request.changes))) as files:
        for path in paths:
            yield checks.of(path) if path == STDIN else next(files)


def _jobs(wanted: int, count: int) -> int:
    """How many processes to start for so many specs; one is this one."""
    if wanted != AUTO:
        return min(wanted, count)
    from cnn_shapes.commands.parts.processes import cores

    return cores() if count > _FEW else 1


def _speaks(file: CheckedFile) -> bool:
    return file.has_findings or bool(file.said) or bool(file.refused)


def _told(files: Iterator[CheckedFile], tally: Tally) -> Iterator[CheckedFile]:
    """The files, counted, after what is said of each on standard error."""
    for file in files:
        for line in file.said:
            messages().paragraph(line)
        if file.refused:
            stop(file.refused)
        tally.add(file.code, file.has_errors, file.has_warnings)
        yield file


def _tell_found(found: "FoundSpecs", request: Request, has_models: bool) -> None:
    """Say what was skipped, where asked; stop where nothing was found and something should have been."""
    skipped = len(found.skipped)
    if request.verbose:
        one, several = "skipped 1 YAML file that is not a spec", "skipped {} YAML files that are not specs"
        _tell_passed_over(found.skipped, one, several)
        _tell_passed_over(found.excluded, f"left out 1 path {_LEFT_OUT}", f"left out {{}} paths {_LEFT_OUT}")
    if not found.specs and not found.unreadable and not request.allow_empty and not has_models:
        reasons = []
        if skipped or not found.excluded:
            reasons.append(
                "a spec is a .yaml or .yml file with sizes under input and a list of layers under layers"
            )
        if found.excluded:
            more = len(found.excluded) - 1
            names = found.excluded[0] + (f" and {more:,} more" if more else "")
            reasons.append(f"{names} {'are' if more else 'is'} left out {_LEFT_OUT}")
        stop(f"no spec found in {', '.join(request.files)}: {'; '.join(reasons)}")


def _tell_passed_over(paths: list[str], one: str, several: str) -> None:
    """Name what is not checked, and why."""
    if paths:
        say(f"{one if len(paths) == 1 else several.format(f'{len(paths):,}')}:")
        for path in paths:
            messages().line(f"  {path}")
