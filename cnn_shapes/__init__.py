"""cnn-shapes: tells, before a single weight exists, whether a convolutional network's sizes work out.

    from cnn_shapes import check, compare, fix, sizes, sweep

    report = check("net.yaml")        # a path, or the text of a spec
    report.ok, report.layers[0].output_shape, report.totals.params
    fix("net.yaml")[0].text           # the text with the best repair
    sizes("net.yaml").smallest        # the smallest input that works
    [row.params for row in sweep("net.yaml", {"width": [0.5, 1]})]
    compare("old.yaml", "net.yaml").changes

Shapes are in the spec's own layout, without the batch. What the keys of `check --format json` mean, the
attributes of these names mean.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cnn_shapes.checking import CheckResult
    from cnn_shapes.language.spec import Overrides
    from cnn_shapes.source import Source
    from cnn_shapes.sweeps import SweepRow
    from cnn_shapes.trace import Totals

__all__ = [
    "Finding",
    "InputSizes",
    "LayerSummary",
    "NetworkComparison",
    "ProvedFix",
    "Report",
    "SweptNetwork",
    "check",
    "compare",
    "fix",
    "sizes",
    "sweep",
]

LayoutShape = tuple[int | None, ...]  # an unknown one is None
PathOrText = str | os.PathLike[str]
Input = Iterable[int] | str | Mapping[str, Iterable[int] | str] | None


class LayerSummary(SimpleNamespace):
    """One layer. `index` counts from 1 in the order of computing; `line` is where it is written.

    `status` is "ok", "error", "assumed" (after a size that was rounded down) or "unreached".
    """

    index: int
    name: str
    kind: str
    line: int
    inputs: tuple[str, ...]
    input_shapes: tuple[LayoutShape | None, ...]
    output_shape: LayoutShape | None
    formula: str
    params: int | None
    non_trainable_params: int | None
    macs: int | None
    receptive_field: tuple[int, ...] | None
    jump: tuple[int | str | None, ...] | None
    status: str


class ProvedFix(SimpleNamespace):
    """A change of the text. `valid`: the whole network was checked with it, and has no error left.

    `text` is the whole text afterwards, `edits` the changes as (start, end, text) in characters of the text
    before; `safe` ones change spelling or quoting, never a number.
    """

    title: str
    text: str
    edits: tuple[tuple[int, int, str], ...]
    safe: bool
    valid: bool
    remaining_problems: int

    def __repr__(self) -> str:
        left = "" if self.valid else f", leaves {self.remaining_problems}"
        return f"<ProvedFix: {self.title}{left}>"


class Finding(SimpleNamespace):
    """One finding. Lines and columns count from 1, in characters, `end_column` is exclusive."""

    rule: str
    severity: str
    message: str
    facts: Mapping[str, Any]
    line: int
    column: int
    end_line: int
    end_column: int
    layer: str | None
    notes: tuple[str, ...]
    fixes: tuple[ProvedFix, ...]

    def __repr__(self) -> str:
        return f"<{self.severity}[{self.rule}] {self.line}:{self.column} {self.message}>"


class NetworkComparison(SimpleNamespace):
    """What differs between two networks: its attributes are the keys of `compare --format json`."""

    same: bool
    changes: tuple[Mapping[str, Any], ...]
    totals: Mapping[str, Mapping[str, Any]]
    text: str

    def __repr__(self) -> str:
        return f"<NetworkComparison: {'the same' if self.same else _counted(self.changes, 'change')}>"

    def __str__(self) -> str:
        return self.text


class SweptNetwork(SimpleNamespace):
    """One configuration of a sweep: the `values` of what is varied, by name, and its figures.

    `error` is the rule of its first error, None where it is valid; then the figures are None, but for one
    that is over its budget. `weights` and `peak` are bytes.
    """

    values: Mapping[str, Any]
    params: int | None
    macs: int | None
    weights: int | None
    peak: int | None
    receptive_field: tuple[int, ...] | None
    output: tuple[int, ...] | None
    depth: int | None
    error: str | None


class InputSizes(SimpleNamespace):
    """Which input sizes work, spatial axes only: the `progressions` hold all of them, `proved` or tested.

    Where the axes are independent, `smallest` and `progressions` are by axis. None works: `smallest` is None.
    """

    rounding: str
    proved: bool
    smallest: tuple[int, ...] | Mapping[str, int] | None
    below: tuple[int, ...] | None
    above: tuple[int, ...] | None
    progressions: tuple[Mapping[str, int | None], ...] | Mapping[str, Any]
    text: str

    def __str__(self) -> str:
        return self.text


class Report:
    """What `check` found out about a spec.

    Printed, it is what the command prints; in a notebook, it is a table.
    """

    def __init__(self, checked: CheckResult) -> None:
        from cnn_shapes.formats.json import file_entry

        self._checked = checked
        entry = file_entry(checked)
        self.path: str = entry["path"]
        self.name: str | None = entry["name"]
        self.layout: str = entry["layout"]
        self.input: LayoutShape | None = _frozen(entry["input"])
        self.output: LayoutShape | None = _frozen(entry["output"])
        self.outputs: dict[str, LayoutShape | None] = {
            one["name"]: _frozen(one["shape"]) for one in entry["outputs"]
        }
        self.layers = tuple(
            LayerSummary(**{key: _frozen(value) for key, value in row.items()}) for row in entry["layers"]
        )
        self.totals: Totals | None = checked.trace.totals if checked.trace is not None else None
        self.memory: Mapping[str, Any] | None = entry["memory"]
        self.diagnostics = tuple(_problem(found, checked.source) for found in entry["diagnostics"])
        self.omitted: int = entry.get("omitted", 0)

    @property
    def ok(self) -> bool:
        """No error."""
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.diagnostics if found.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.diagnostics if found.severity == "warning")

    def __repr__(self) -> str:
        parts = [f"{_counted(self.layers, 'layer')}, {_joined(self.input)} -> {_joined(self.output)}"]
        if self.totals is not None:
            parts.append(f"{self.totals.params:,} parameters")
        found = [(self.errors, "error"), (self.warnings, "warning")]
        parts.append(" and ".join(_counted(some, what) for some, what in found if some) or "ok")
        return f"<Report {self.name or self.path}: {', '.join(parts)}>"

    def __str__(self) -> str:
        from io import StringIO

        from cnn_shapes.formats import show
        from cnn_shapes.formats.parts.streams import Output
        from cnn_shapes.formats.parts.terminal_text import DisplayOptions

        text = StringIO()
        show("full", [self._checked], Output(text), DisplayOptions())
        return text.getvalue()

    def _repr_html_(self) -> str:
        from cnn_shapes.formats.parts.notebook import report_as_html

        return report_as_html(self._checked)


def check(
    spec: PathOrText | Any,
    *,
    input: Input = None,
    params: Mapping[str, Any] | None = None,
    fixes: bool = False,
) -> Report:
    """Check a spec: the path of a file, or the text itself (a string with a line break or `: `, or JSON).

    `input` tries other sizes than the file's, in the file's layout (of several inputs those of the first, or
    a mapping by their names), `params` other values of its params. With `fixes`, each problem has its fixes,
    proved by checking the changed text. What is wrong with the spec is in the report, and so is a file that
    cannot be opened; an input or a param that does not fit the spec raises ValueError.

    `spec` may be a PyTorch module or a Keras model too, or its name as in `"net.py:Model"` or
    `"package.module:Model"`, which runs in a process of its own. Then `input` is in the framework's order
    without the batch, of several inputs a mapping by the names that the model gives them, and `params` are
    the arguments that make a named model.
    """
    checked = _checked(spec, input, params)
    if checked.source.is_derived:
        from cnn_shapes.importing.model_fixes import advised

        return Report(advised(checked) if fixes else checked)
    if not fixes:
        bare = [found._replace(fixes=()) for found in checked.diagnostics]
        return Report(checked.with_diagnostics(bare))
    from cnn_shapes.repair import advise

    return Report(advise(checked))


def fix(
    spec: PathOrText,
    *,
    input: Input = None,
    params: Mapping[str, Any] | None = None,
    keep: Iterable[str] | str | None = None,
    only: Iterable[str] | str | None = None,
    keep_output: bool = False,
    target: Iterable[int] | str | None = None,
    most: int = 3,
) -> list[ProvedFix]:
    """The cheapest changes that make the whole network valid, best first; nothing is written.

    Where none does, the best that leave something wrong follow, which are not `valid`. `keep` names fields
    that must stay, `only` those that may change; `keep_output` keeps the network's output, `target` asks
    for a size of the last feature map (`"7x7"`) or of a layer (`"conv3=7x7"`). Raises ValueError for names
    that are not there.
    """
    from cnn_shapes.language.dialects import is_binary
    from cnn_shapes.repair import repairs
    from cnn_shapes.repair.report.options import options_for

    if most < 1:
        raise ValueError(f"most is how many fixes are wanted, at least 1, found {most}")
    checked = _checked(spec, input, params)
    if is_binary(checked.source.path):
        raise ValueError(f"a fix is an edit of a text, and {checked.source.path} is not one")
    kept, chosen = (names.split(",") if isinstance(names, str) else names for names in (keep, only))
    size = target if isinstance(target, str) or target is None else "x".join(map(str, target))
    best = repairs(checked, options_for(checked, kept, chosen, keep_output, size, most))
    return [
        ProvedFix(
            title=repair.title,
            text=repair.after.source.user_text.text,
            edits=tuple((edit.span.start, edit.span.end, edit.text) for edit in repair.edits),
            safe=False,
            valid=not repair.remaining,
            remaining_problems=repair.remaining,
        )
        for repair in best.found or best.partial
    ]


def sizes(
    spec: PathOrText,
    *,
    params: Mapping[str, Any] | None = None,
    rounding: str | None = None,
    square: bool = False,
    vary: str | None = None,
) -> InputSizes | None:
    """Which input sizes work, exactly and to infinity.

    None where the text cannot be read as a network, where a custom layer states its output for one input
    alone, and for a vector, which has no size that could vary.

    `rounding` ("exact" or "floor") is tried instead of the file's; `square`: the same size on all axes. Of
    several inputs the one called `vary`, else the first, and all of the same sizes vary together.
    """
    from cnn_shapes import input_sizes
    from cnn_shapes.diagnostics import no_such
    from cnn_shapes.shapes import EXACT, FLOOR

    if rounding not in (None, EXACT, FLOOR):
        raise ValueError(f"rounding must be {EXACT} or {FLOOR}, found {rounding}")
    checked = _checked(spec, None, params)
    named = checked.spec.inputs if checked.spec is not None else {}
    if vary is not None and checked.spec is not None and vary not in named:
        raise ValueError(no_such("input", vary, list(named)))
    found = input_sizes.sizes(checked, rounding, square, vary if named else None)
    if found is None:
        return None
    answer = input_sizes.as_json(found, checked)
    known = {name: _frozen(value) for name, value in answer.items() if name in InputSizes.__annotations__}
    return InputSizes(**known, text=input_sizes.text(found, checked))


def sweep(
    spec: PathOrText,
    space: Mapping[str, Sequence[Any] | str],
    *,
    where: str = "",
    sample: int | None = None,
    seed: int = 0,
    dtype: str = "float32",
    executor: Executor | None = None,
    workers: int = 2,
) -> Iterator[SweptNetwork]:
    """The figures of every configuration of a design space, the last of its axes changing first.

    `space` maps params, fields by their path (`layers.3.conv.filters`) and `input` to the values that they
    have: a sequence, or text as `--set` takes it ("0.25:2:0.25"). Sizes are tuples, or one number for all
    spatial axes; of several inputs the key is `input NAME`. `where` is a condition over the figures and
    params ("macs < 300M"), `sample` draws so many configurations, `executor` is any of concurrent.futures,
    which runs `workers` pieces at once. Raises ValueError for what cannot be swept.
    """
    from cnn_shapes.memory import DTYPES
    from cnn_shapes.sweeps import Job, Space, Variants, axis_of, rows

    if dtype not in DTYPES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, found {dtype}")
    checked = _checked(spec, None, None)
    axes = tuple(axis_of(name, values) for name, values in space.items())
    job = Job(checked.source.user_text, Space(axes), where=where, dtype=dtype)
    Variants(job)  # what is wrong is said now, not with the first row
    return (_swept(space, row) for row in rows(job, job.space.numbers(sample, seed), executor, workers))


def compare(
    before: PathOrText | Any,
    after: PathOrText | Any = None,
    *,
    input: Input = None,
    params: Mapping[str, Any] | None = None,
    dtype: str = "float32",
    batch: int = 1,
) -> NetworkComparison:
    """Compare two specs or models, or without `after` one with itself under `input` and `params`.

    Of two, both have these. Bytes of memory are of numbers of `dtype` and `batch` samples.
    """
    from cnn_shapes.formats.comparisons import answer

    if after is None and input is None and not params:
        raise ValueError("compare needs two specs, or input or params that are tried in one")
    tried = _checked(before if after is None else after, input, params)
    first = _checked(before, None, None) if after is None else _checked(before, input, params)
    return NetworkComparison(**{key: _frozen(one) for key, one in answer(first, tried, dtype, batch).items()})


def _swept(names: Iterable[str], row: SweepRow) -> SweptNetwork:
    from cnn_shapes.sweeps import COLUMNS

    figures = {name: row.figures.get(name) for name in COLUMNS}
    return SweptNetwork(values=dict(zip(names, row.values, strict=True)), **figures, error=row.rule or None)


def _checked(spec: PathOrText, input: Input, params: Mapping[str, Any] | None) -> CheckResult:
    from cnn_shapes.checking import check_source
    from cnn_shapes.diagnostics import no_such
    from cnn_shapes.importing import check_file, is_model
    from cnn_shapes.language.reading.input import misfit
    from cnn_shapes.source import Source

    if not isinstance(spec, str | bytes | os.PathLike):
        return _checked_model(type(spec).__name__, spec, input, params)
    if isinstance(spec, str) and not _is_text(spec) and is_model(spec):
        return _checked_model(spec, None, input, params)
    overrides = _overrides(input, params)
    if isinstance(spec, str) and _is_text(spec):
        checked = check_source(Source("<text>", spec), overrides)
    else:
        checked = check_file(os.fsdecode(spec), overrides)
    if checked.spec is not None:
        unknown = next((name for name, _ in overrides.params if name not in checked.spec.param_nodes), None)
        if unknown is not None:
            raise ValueError(no_such("param", str(unknown), list(checked.spec.param_nodes)))
        if (why := misfit(checked.spec, overrides)) is not None:
            raise ValueError(why)
    return checked


def _checked_model(target: str, module: Any, input: Input, params: Mapping[str, Any] | None) -> CheckResult:
    from cnn_shapes.importing.model_check import check_model
    from cnn_shapes.importing.running import record, record_module

    if module is not None and not any(hasattr(module, name) for name in ("named_modules", "count_params")):
        raise TypeError(f"a spec is a path, a text, a module of PyTorch or a model of Keras, found {target}")
    if module is not None and params:
        raise ValueError("a module is made already: params are the arguments that make a named model")
    sizes: Any = ()
    if isinstance(input, Mapping):
        sizes = {name: _sizes_of(one) for name, one in input.items()}
    elif input is not None:
        sizes = [_sizes_of(input)]
    recording = record(target, params, sizes) if module is None else record_module(module, sizes)
    return check_model(target, recording)


def _is_text(spec: str) -> bool:
    """Whether a string is a spec itself: with a line break or `: ` in it, JSON, or empty."""
    return not spec or spec.lstrip()[:1] == "{" or any(sign in spec for sign in ("\n", "\r", ": "))


def _overrides(input: Input, params: Mapping[str, Any] | None) -> Overrides:
    from cnn_shapes.language.spec import Overrides

    named = input if isinstance(input, Mapping) else {}
    return Overrides(
        None if input is None or isinstance(input, Mapping) else _sizes_of(input),
        tuple((name, _param(name, value)) for name, value in (params or {}).items()),
        inputs=tuple((name, _sizes_of(sizes)) for name, sizes in named.items()),
    )


def _sizes_of(input: Iterable[int] | str) -> tuple[int, ...]:
    """The sizes of an input. Raises ValueError."""
    from cnn_shapes.language.reading.input import parse_sizes

    written = input if isinstance(input, str) else "x".join(map(str, input))
    read = parse_sizes(written)
    if read is None:
        found = written or "nothing"
        raise ValueError(f"expected sizes from 1 as in 320x320x3 or (320, 320, 3), found {found}")
    return read


def _param(name: object, value: Any) -> Any:
    """The value of a param, as `--set` reads it. Raises ValueError."""
    from cnn_shapes.language.reading.params import EXPECTED, given_value, is_value

    read = given_value(value) if isinstance(value, str) else value
    read = list(read) if isinstance(read, tuple) else read
    if is_value(read):
        return read
    raise ValueError(f"the value of {name} must be {EXPECTED}, found {value!r}")


def _problem(found: dict[str, Any], source: Source) -> Finding:
    fixes = tuple(_fix(one, source) for one in found["fixes"])
    return Finding(**{**found, "notes": tuple(found["notes"]), "fixes": fixes})


def _fix(fix: dict[str, Any], source: Source) -> ProvedFix:
    from cnn_shapes.source import Edit, Span

    edits = tuple((edit["start"], edit["end"], edit["text"]) for edit in fix["edits"])
    text = source.user_text.edited([Edit(Span(start, end), text) for start, end, text in edits]).text
    return ProvedFix(**{**fix, "edits": edits}, text=text)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _joined(shape: LayoutShape | None) -> str:
    return "x".join(str(size or "?") for size in shape or (None,))


def _counted(some: tuple[Any, ...], what: str) -> str:
    return f"{len(some)} {what}{'' if len(some) == 1 else 's'}"
