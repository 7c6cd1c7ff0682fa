"""`cnn-shapes sweep`: the figures of every configuration of a design space."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from cnn_shapes.commands.parts.shared import (
    AUTO,
    FOUND,
    INTERRUPTED,
    RUN,
    SHOWN,
    SUCCESS,
    USAGE,
    DtypeOption,
    JobsOption,
    OutputOption,
    jobs_of,
    spare_specs,
    stop,
)
from cnn_shapes.formats.parts.streams import Progress, messages, say

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cnn_shapes.sweeps.job import Job, SweepRow
    from cnn_shapes.sweeps.picking import Aim, Picked
    from cnn_shapes.sweeps.running import Chunk

GROUP = "Will it fit"

_VARIED, _KEPT = "What is varied", "Which rows are shown"
_MOST_IN_TABLE = 1_000  # rows: who wants more wants a file


class Rows(NamedTuple):
    """How the rows are shown: their `format`, the file or None, and what is picked of them."""

    format: str
    output: str | None
    picture: str | None
    order: "list[Aim]"
    front: "list[Aim]"
    top: int | None

    @property
    def streams(self) -> bool:
        """Whether each row can be written as soon as it is computed."""
        return self.format == "csv" and not (self.order or self.front or self.picture or self.top is not None)


def sweep(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUES",
            help="Values of a param, or of a field by its path: width=0.25:2:0.25, depth=1,2,3, "
            "layers.3.conv.filters=32,64; repeatable.",
            rich_help_panel=_VARIED,
        ),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="SIZES",
            help="Inputs: 160,192,224 or 128:256:32 for all spatial axes, or 160x160x3,192x160x3; "
            "NAME=SIZES for one of several, repeatable.",
            rich_help_panel=_VARIED,
        ),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Draw so many configurations.", rich_help_panel=_VARIED),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of what is drawn.", rich_help_panel=_VARIED)] = 0,
    where: Annotated[
        str,
        typer.Option(
            metavar="CONDITION",
            help="Rows that it holds for: 'macs < 300M and peak < 1MiB'. It may ask for params, macs, "
            "weights, peak, activations, training, receptive_field, output, depth, layers and the file's "
            "params.",
            rich_help_panel=_KEPT,
        ),
    ] = "",
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMNS",
            help="Smallest first: macs, or params,peak; with :max largest first.",
            rich_help_panel=_KEPT,
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The first so many.", rich_help_panel=_KEPT)
    ] = None,
    pareto: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMNS",
            help="Rows that no other beats in all of these: params,receptive_field:max.",
            rich_help_panel=_KEPT,
        ),
    ] = None,
    format: Annotated[
        Literal["table", "csv", "json"] | None,
        typer.Option("--format", help="Else as the file's ending says, or table.", rich_help_panel=SHOWN),
    ] = None,
    output: OutputOption = None,
    picture: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.svg",
            help="Draw the rows over the first two columns of --pareto, with the front.",
            rich_help_panel=SHOWN,
        ),
    ] = None,
    dtype: DtypeOption = None,
    jobs: JobsOption = "1",
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Run on a Dask cluster, as tcp://host:8786 (needs cnn-shapes[dask]).",
            rich_help_panel=RUN,
        ),
    ] = None,
) -> None:
    """Compute parameters, MACs, memory and sizes of every configuration of a design space.

    As in: cnn-shapes sweep net.yaml --set width=0.5:2:0.25 --where 'macs < 300M'
    """
    from cnn_shapes.sweeps.picking import aims
    from cnn_shapes.sweeps.space import BadSpace

    count = jobs_of(jobs)
    if count != 1 and scheduler is not None:
        raise typer.BadParameter("--jobs and --scheduler both say where it runs: leave one of the two out")
    try:
        job = _job(path, settings or [], inputs or [], sample, where, dtype)
        axes = job.space.axes
        order = [] if sort is None else aims(sort, axes, "--sort")
        front = [] if pareto is None else aims(pareto, axes, "--pareto")
        if picture is not None and len(front) < 2:
            raise BadSpace("a picture needs two columns, as in --pareto params,macs", "--picture")
        spare_specs(output, (path,))
        spare_specs(picture, (path,))
        shown = Rows(format or _format_of(output), output, picture, order, front, top)
        code = _run(job, job.space.numbers(sample, seed), shown, count, scheduler)
    except BadSpace as error:
        raise typer.BadParameter(str(error), param_hint=error.option) from None
    raise typer.Exit(code)


def _format_of(output: str | None) -> str:
    endings = {".csv": "csv", ".json": "json"}
    return next((name for ending, name in endings.items() if output and output.endswith(ending)), "table")


def _job(
    path: str,
    settings: list[str],
    inputs: list[str],
    sample: int | None,
    where: str,
    dtype: str | None,
) -> "Job":
    """The job of the command line; its errors of reading are shown, and stop. Raises BadSpace."""
    from cnn_shapes.commands.parts.shared import Tally, checked, overrides_of, show_problems
    from cnn_shapes.importing import is_model
    from cnn_shapes.memory import FLOAT32
    from cnn_shapes.sweeps.job import Job, Unsweepable, Variants
    from cnn_shapes.sweeps.space import BadSpace, checked_size, space_of

    space = space_of(settings, inputs)
    if not space.axes:
        raise BadSpace("nothing is varied: give --set name=values or --input sizes, as in --input 160,192")
    checked_size(space, sample)
    if is_model(path):
        stop(f"sweep varies a spec, and {path} is a model: cnn-shapes import writes its spec")
    tally = Tally()
    report = next(tally.counted(checked([path], overrides_of(None, []))))
    source = report.source.user_text if report.source.is_translated else report.source
    job = Job(source, space, where=where, dtype=dtype or FLOAT32, settings=report.settings)
    try:
        Variants(job)
    except Unsweepable:
        show_problems(report, "concise")
        raise typer.Exit(max(tally.code, FOUND)) from None
    return job


def _run(job: "Job", numbers: Sequence[int], shown: Rows, jobs: int, scheduler: str | None) -> int:
    """Compute and write the rows; the exit code."""
    from time import perf_counter

    from cnn_shapes.sweeps.picking import Picked
    from cnn_shapes.sweeps.running import Lost, chunks

    started = perf_counter()
    picked = Picked(shown.order, shown.top, shown.front)
    everything: list[SweepRow] = []
    tally = _Counts(len(numbers))
    executor, workers, close = _executor(jobs, scheduler)
    try:
        pieces = _with_progress(chunks(job, numbers, executor, workers, as_lines=shown.streams), tally)
        if shown.streams:
            _write_lines(job, shown.output, pieces, tally)
        else:
            for chunk in pieces:
                if shown.picture is not None:
                    everything += chunk.rows
                picked.add(chunk.rows)
            _write_picked(job, shown, picked, everything)
    except KeyboardInterrupt:
        say(f"interrupted: {tally.left()}")
        return INTERRUPTED
    except Lost as error:
        say(f"{error}: {tally.left()}")
        return USAGE
    finally:
        close()
    said = tally.summary(perf_counter() - started)
    if shown.output is not None:
        said += f": written to {shown.output}"
    messages().paragraph(said)
    return SUCCESS if tally.valid else FOUND


class _Counts:
    """Counts what has been computed and written of `total` configurations."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.tried = self.kept = self.valid = 0
        self.written = self.done = 0  # rows, and the configurations that they are of

    def add(self, chunk: "Chunk") -> None:
        self.tried += chunk.tried
        self.kept += chunk.kept
        self.valid += chunk.valid

    def write(self, chunk: "Chunk") -> None:
        """Note that the rows of a piece are written."""
        self.written += chunk.kept
        self.done += chunk.tried

    def summary(self, seconds: float) -> str:
        left_out = self.tried - self.kept
        parts = [f"{self.tried:,} configurations", f"{self.valid:,} valid"]
        parts += [f"{self.kept - self.valid:,} with errors"] if self.kept > self.valid else []
        parts += [f"{left_out:,} left out by --where"] if left_out else []
        return f"{', '.join(parts)}, in {seconds:.1f} s"

    def left(self) -> str:
        missing = self.total - self.done
        return f"{self.written:,} rows are written, {missing:,} of {self.total:,} configurations are missing"


def _executor(
    jobs: int, scheduler: str | None
) -> "tuple[Executor | Callable[[], Executor] | None, int, Callable[[], None]]":
    """What runs the pieces, how many it runs at once, and what ends it."""
    if scheduler is not None:
        from cnn_shapes.sweeps.cluster import Unreachable, connected

        try:
            cluster = connected(scheduler)
        except Unreachable as error:
            stop(str(error))
        return cluster.executor, cluster.workers, cluster.close
    if jobs == 1:
        return None, 1, lambda: None
    from cnn_shapes.commands.parts.processes import cores
    from cnn_shapes.sweeps.processes import pool

    workers = cores() if jobs == AUTO else jobs
    return pool(workers), workers, lambda: None


def _write_lines(job: "Job", output: str | None, pieces: "Iterable[Chunk]", tally: _Counts) -> None:
    """Write the rows as they come: whatever happens, those that are in the file are whole."""
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.source import reason_of
    from cnn_shapes.sweeps.writing import RowsFile, csv_header

    header = csv_header(job.space.axes)
    if output is None:
        with streams.opened(None, streams.NEVER) as out:
            out.text(header)
            for chunk in pieces:
                out.text(chunk.lines)
                tally.write(chunk)
        return
    try:
        with RowsFile(output) as file:
            file.write(header)
            for chunk in pieces:
                file.write(chunk.lines)
                tally.write(chunk)
    except OSError as error:
        stop(f"cannot write {output}: {reason_of(error)}: {tally.left()}")


def _write_picked(job: "Job", shown: Rows, picked: "Picked", everything: "list[SweepRow]") -> None:
    """Write the rows that were picked, and their picture."""
    from cnn_shapes.commands.parts.shared import cannot_write
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.sweeps.writing import as_json, csv_header, csv_lines, table

    rows, axes = picked.rows(), job.space.axes
    try:
        with streams.opened(shown.output, streams.AUTO) as out:
            if shown.format == "csv":
                out.text(csv_header(axes) + csv_lines(rows))
            elif shown.format == "json":
                out.text(as_json(axes, rows, picked.left_out), streams.IN_JSON)
            else:
                for line in table(axes, rows[:_MOST_IN_TABLE]):
                    out.line(line)
                if len(rows) > _MOST_IN_TABLE:
                    out.line(f"and {len(rows) - _MOST_IN_TABLE:,} more rows: --top N or -o rows.csv")
        if shown.picture is not None:
            from cnn_shapes.draw.front import front

            with streams.opened(shown.picture, streams.NEVER) as out:
                out.text(
                    front(job.source.path, axes, shown.front, everything, picked.whole_front()),
                    streams.IN_XML,
                )
    except OSError as error:
        cannot_write(shown.output or shown.picture, error)


def _with_progress(pieces: "Iterator[Chunk]", tally: _Counts) -> "Iterator[Chunk]":
    """The pieces, counted, with a bar on a terminal's standard error as soon as they take long."""
    with Progress(tally.total, "configurations") as progress:
        for chunk in pieces:
            tally.add(chunk)
            yield chunk
            progress.at(tally.tried)
