"""What the commands share: the specs they read, the overrides they take, exit codes and usage errors."""

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, NoReturn

import typer

from cnn_shapes.formats.parts.streams import messages, say

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.language.building import LayerPool
    from cnn_shapes.language.spec import Overrides
    from cnn_shapes.settings import Configuration, Settings

MOST_SAMPLES = 2**31 - 1
AUTO, AUTO_JOBS, _MOST_JOBS = 0, ("auto", "0"), 1000
SUCCESS, FOUND, USAGE, INTERRUPTED = 0, 1, 2, 130

# groups of options in the help
COMPUTED, SHOWN, RUN = "What is computed", "What is shown", "How it runs"

InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="SIZES",
        help="Another input, in the file's layout: 320x320x3; NAME=SIZES for one of several, repeatable.",
        rich_help_panel=COMPUTED,
    ),
]


def _params_of_spec(context: typer.Context, incomplete: str) -> list[str]:
    from cnn_shapes.commands.parts import completing

    return completing.params(context, incomplete)


ParamsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Another value of a param; repeatable.",
        rich_help_panel=COMPUTED,
        autocompletion=_params_of_spec,
    ),
]

DtypeOption = Annotated[
    Literal["float32", "float16", "bfloat16", "int8"] | None,
    typer.Option(
        "--dtype", help="Numbers whose bytes count: shows the memory in full.", rich_help_panel=SHOWN
    ),
]
BatchOption = Annotated[
    int | None,
    typer.Option(
        "--batch",
        min=1,
        max=MOST_SAMPLES,
        metavar="N",
        help="Samples of a batch: shows the memory in full.",
        rich_help_panel=SHOWN,
    ),
]

JobsOption = Annotated[
    str,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        help="Work in N processes; auto is one for each processor.",
        autocompletion=lambda incomplete: [AUTO_JOBS[0]],
        rich_help_panel=RUN,
    ),
]


def jobs_of(written: str) -> int:
    """How many processes are asked for, AUTO for one for each processor. Raises a usage error."""
    if written in AUTO_JOBS:
        return AUTO
    if not written.isdecimal() or not 0 < int(written[:9]) <= _MOST_JOBS:
        raise typer.BadParameter(
            f"expected a number of processes from 1 to {_MOST_JOBS:,}, or auto, found {written}",
            param_hint="--jobs",
        )
    return int(written)


def not_empty(path: str | None) -> str | None:
    """A variable that is not set makes `-o ""`."""
    if path == "":
        stop("--output is empty: name a file, or leave --output out")
    return path


OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write there instead of standard output.",
        callback=not_empty,
        rich_help_panel=SHOWN,
    ),
]


def spare_specs(output: str | None, paths: Iterable[str] = (), option: str = "--output ") -> None:
    """Stop where writing to `output` would lose one of the files that are read, or another spec.

    A link, another spelling and a second name of the same file are that file. `option` is what named it.
    """
    if output is None or not os.path.isfile(output):
        return
    from cnn_shapes.discovery.specs import is_spec

    written = os.stat(output)
    if any(_is_file(written, path) for path in paths):
        stop(f"{option}{output} is a file that is read, and would be lost: name another")
    if is_spec(output):
        stop(f"{option}{output} is a spec, and would be lost: name another file")


def _is_file(file: os.stat_result, path: str) -> bool:
    try:
        return os.path.samestat(file, os.stat(path) if path != "-" else os.fstat(sys.stdin.fileno()))
    except (OSError, ValueError, AttributeError):  # it is gone, or standard input is not a file
        return False


def other_names(path: str, count: int) -> list[str]:
    """What to say where hard links to a file that was replaced keep what was in it."""
    if not count:
        return []
    names = "its other name keeps" if count == 1 else f"its {count} other names keep"
    return [f"{path}: {names} the old text (hard links)"]


def tell_other_names(path: str, count: int) -> None:
    for line in other_names(path, count):
        messages().paragraph(line)


def cannot_write(file: str | None, error: OSError) -> NoReturn:
    """Say why what the command makes cannot be written, and exit 2."""
    from cnn_shapes.source import reason_of

    stop(f"cannot write {file or 'standard output'}: {reason_of(error)}")


class Tally:
    """Counts files as they pass, and makes the exit code of them."""

    def __init__(self) -> None:
        self.code = SUCCESS
        self.checked = self.with_errors = self.with_warnings = 0

    def summary(self) -> str:
        """`214 specs checked, 3 with errors`."""
        from cnn_shapes.formats.parts.terminal_text import counted

        return counted(self.checked, self.with_errors, self.with_warnings)

    def add(self, code: int, has_errors: bool, has_warnings: bool) -> None:
        self.code = max(self.code, code)
        self.checked += 1
        self.with_errors += has_errors
        self.with_warnings += has_warnings

    def counted(self, reports: "Iterable[CheckResult]") -> "Iterator[CheckResult]":
        for report in reports:
            self.code = max(self.code, exit_code(report))
            yield report
            self.add(exit_code(report), bool(report.errors), bool(report.warnings))  # showing may have failed


def exit_code(report: "CheckResult") -> int:
    """The least exit code of a run with this report."""
    from cnn_shapes.checking import NO_VERDICT
    from cnn_shapes.diagnostics import at_least

    failing = at_least(report.settings.fail_on)
    found = report.diagnostics
    if any(one.rule in NO_VERDICT for one in found):
        return USAGE
    return FOUND if any(one.severity in failing for one in found) else SUCCESS


class Fit(NamedTuple):
    """How what `--set` and `--input` say fits one spec.

    `params` are the names of those that it has; None where it cannot be read, and they cannot be known.
    """

    params: tuple[str, ...] | None
    misfit: str = ""


def fit_of(report: "CheckResult", overrides: "Overrides") -> Fit:
    from cnn_shapes.language.reading.input import misfit

    if report.spec is None:
        return Fit(None)
    return Fit(tuple(report.spec.param_nodes), misfit(report.spec, overrides) or "")


class CheckedFile(NamedTuple):
    """What a run keeps of a file: little and plain, since it may come from another process.

    `fragments` are what each output has of it, `code` is the least exit code, `said` goes to standard error,
    and `refused` is why the run ends here.
    """

    fragments: tuple[Any, ...] = ()
    code: int = SUCCESS
    has_errors: bool = False
    has_warnings: bool = False
    has_findings: bool = False
    said: tuple[str, ...] = ()
    fit: Fit | None = None
    refused: str = ""


class Fitting:
    """Whether what `--set` and `--input` say fits the specs of a run: a param must be one of any of them."""

    def __init__(self, overrides: "Overrides", is_single: bool) -> None:
        self._missing = {name for name, _ in overrides.params}
        self._known: dict[str, None] = {}
        self._is_single = is_single

    def meet(self, fit: Fit) -> None:
        """Go on to the next spec. Raises a usage error."""
        if fit.params is None:
            self._missing.clear()
        else:
            self._known.update(dict.fromkeys(fit.params))
            self._missing.difference_update(self._known)
            if fit.misfit:
                raise typer.BadParameter(fit.misfit, param_hint="--input")
        if self._is_single:
            self.settle()

    def settle(self) -> None:
        """After the last of the specs, raise a usage error for a param that none of them has."""
        if self._missing:
            raise unknown("--set", "param", min(self._missing), list(self._known))


def checked(
    paths: list[str], overrides: "Overrides", configuration: "Configuration | None" = None
) -> "Iterator[CheckResult]":
    """The report of each path. Raises a usage error where the overrides fit none of the specs."""
    from cnn_shapes.language.building import LayerPool
    from cnn_shapes.settings import BadSettings, Configuration

    configuration, pool = configuration or Configuration(), LayerPool()
    fitting = Fitting(overrides, len(paths) == 1)
    for path in paths:
        try:
            report = report_of(path, overrides, configuration, pool)
        except BadSettings as error:
            stop(str(error))
        fitting.meet(fit_of(report, overrides))
        yield report
    fitting.settle()


def report_of(
    path: str, overrides: "Overrides", configuration: "Configuration", pool: "LayerPool"
) -> "CheckResult":
    """The report of a path. A fault of ours is one, too. Raises BadSettings."""
    settings = configuration.of_file(path)
    return guarded(partial(_checked, path, overrides, settings, pool), path, settings)


def _checked(path: str, overrides: "Overrides", settings: "Settings", pool: "LayerPool") -> "CheckResult":
    from cnn_shapes.checking import check_bytes, unreadable
    from cnn_shapes.importing import check_file
    from cnn_shapes.source import reason_of

    if path != "-":
        return check_file(path, overrides, settings, pool)
    if sys.stdin is None:
        return unreadable(path, "standard input is closed", settings)
    try:
        data = sys.stdin.buffer.read()
    except OSError as error:
        return unreadable(path, reason_of(error), settings)
    return check_bytes(path, data, overrides, settings, pool)


def advised(report: "CheckResult") -> "CheckResult":
    """A report with the repairs of the whole network, and what is advised of a file of another tool."""
    if report.ok and not (report.source.is_translated and report.diagnostics):
        return report
    if report.source.is_derived:
        from cnn_shapes.importing.model_fixes import advised as advise
    else:
        from cnn_shapes.repair import advise

    gc.enable()  # a search makes much that is thrown away
    report = guarded(partial(advise, report), report.source.path, report.settings)
    gc.disable()
    return report


def guarded(step: "Callable[[], CheckResult]", path: str, settings: "Settings") -> "CheckResult":
    """The report that a step makes. A fault of ours is a finding of the file: the others go on."""
    try:
        return step()
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        from cnn_shapes.checking import faulted

        return faulted(path, error, settings)


def overrides_of(inputs: list[str] | None, params: list[str]) -> "Overrides":
    """What `--input` and `--set` say. Raises a usage error."""
    from cnn_shapes.language.reading.input import parse_sizes
    from cnn_shapes.language.spec import Overrides

    shapes: dict[str, tuple[int, ...]] = {}
    for written in inputs or []:
        name, named, sizes = written.rpartition("=")
        shape = parse_sizes(sizes) if len(sizes) < 100 else None
        if shape is None:
            found = sizes or written
            raise typer.BadParameter(
                f"expected sizes from 1 as in 320x320x3, found {found}", param_hint="--input"
            )
        if named and not name.strip():
            raise typer.BadParameter(
                f"the name of the input is missing before =, found {written}", param_hint="--input"
            )
        shapes[name.strip()] = shape
    own = shapes.pop("", None)
    return Overrides(own, tuple(map(_param, params)), inputs=tuple(shapes.items()))


def _param(text: str) -> tuple[str, Any]:
    from cnn_shapes.language.reading.params import EXPECTED, given_value, is_value

    name, equals, written = text.partition("=")
    name, written = name.strip(), written.strip()
    if not (equals and name and written):
        raise typer.BadParameter(f"expected name=value as in width=0.5, found {text}", param_hint="--set")
    value = given_value(written)
    if not is_value(value):
        raise typer.BadParameter(
            f"the value of {name} must be {EXPECTED}, found {written}", param_hint="--set"
        )
    return name, value


def unknown(option: str, what: str, word: str, known: list[str]) -> typer.BadParameter:
    """The usage error for a name that does not exist, with what was likely meant."""
    from cnn_shapes.diagnostics import no_such

    return typer.BadParameter(no_such(what, word, known), param_hint=option)


def show_problems(report: "CheckResult", format: str = "full") -> None:
    """The problems of a spec on standard error, where standard output is for something else."""
    from cnn_shapes import formats

    out = messages()
    formats.show(format, [report], out, out.options._replace(quiet=True))


def stop(message: str) -> NoReturn:
    """Say on standard error what is wrong, and exit 2."""
    say(message)
    raise typer.Exit(USAGE)
