"""What the tests of sweeps have in common: a small spec, and a row by `check`."""

from typing import Any

from typer.testing import CliRunner, Result

from cnn_shapes.checking import check_source
from cnn_shapes.cli import app
from cnn_shapes.language.spec import Overrides
from cnn_shapes.memory import memory_of
from cnn_shapes.source import Source
from cnn_shapes.sweeps.job import Job, SweepRow
from cnn_shapes.sweeps.space import Space, space_of

SMALL = """\
input: [28, 28, 1]
params: {wide: 8, deep: 1, both: 2*wide}
defaults:
  conv: {kernel_size: 3, padding: half, filters: wide}
blocks:
  Cell:
    params: {c: 4, k: 3}
    layers:
      - conv: {filters: c, kernel_size: k}
layers:
  - conv: 4
  - conv:
  - repeat: {times: deep, layers: [conv: {filters: both, activation: relu}]}
  - maxpool: 2
  - Cell: {c: 16}
  - flatten
  - dense: {units: 10, expect: [10]}
"""


def job(settings: list[str], inputs: list[str] | None = None, text: str = SMALL, **others: Any) -> Job:
    return Job(Source("net.yaml", text), space_of(settings, inputs or []), **others)


def run(*arguments: str, text: str = SMALL) -> Result:
    return CliRunner().invoke(app, ["sweep", "-", *arguments], input=text)


def differs_from_check(source: Source, space: Space, row: SweepRow) -> str:
    """How a row differs from what `check` says of its configuration; empty where it does not."""
    known = check_source(source).spec
    assert known is not None
    given = dict(zip([axis.column for axis in space.axes], row.values, strict=True))
    size, own = given.pop("input", None), known.shape
    assert own is not None
    shape = size
    if isinstance(size, int):
        sizes = [size] * own.rank
        shape = (own.channels, *sizes) if known.layout == "channels_first" else (*sizes, own.channels)
    report = check_source(source, Overrides(shape, tuple(given.items())), rules=False)
    if report.errors:
        expected: tuple[Any, ...] = report.errors[0].rule, {}
        found: tuple[Any, ...] = row.rule, dict(row.figures)
    else:
        assert report.trace is not None
        totals, output = report.trace.totals, report.trace.network.outputs[0].output
        assert output is not None
        expected = "", totals.params, totals.macs, memory_of(report.trace).peak.size, sorted(output)
        figures = row.figures
        if row.rule:
            return f"{row.values}: {row.rule} instead of {expected}"
        found = row.rule, figures["params"], figures["macs"], figures["peak"], sorted(figures["output"])
    return "" if found == expected else f"{row.values}: {found} instead of {expected}"
