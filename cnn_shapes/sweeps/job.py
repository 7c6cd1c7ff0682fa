"""One sweep as a worker needs it, and the row that each configuration of it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cnn_shapes.checking import NO_OVERRIDES, CheckResult, check_source
from cnn_shapes.diagnosis.labels import Unfolded
from cnn_shapes.diagnosis.verdict import judge
from cnn_shapes.diagnostics import ERROR, Findings, from_layout, in_layout, no_such
from cnn_shapes.edit.patches import Patch, apply
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.entry import Item
from cnn_shapes.language.overlay import Overlay
from cnn_shapes.language.reading.document import read_spec
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.language.unfolding.following import is_recomputable
from cnn_shapes.language.unfolding.unfolder import LimitReached, Unfolder
from cnn_shapes.language.values import Unevaluated
from cnn_shapes.memory import (
    ACTIVATIONS,
    FLOAT32,
    LAYERS,
    MACS,
    PARAMS,
    PEAK,
    TRAINING,
    WEIGHTS,
    amount_of,
)
from cnn_shapes.network import Network
from cnn_shapes.rules import run_assertions
from cnn_shapes.settings import DEFAULTS, Settings
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Map, Scalar, Source
from cnn_shapes.source import Sequence as SequenceNode
from cnn_shapes.sweeps.condition import RECEPTIVE_FIELD, Condition
from cnn_shapes.sweeps.made import DEPTH, OUTPUT, MadeNetwork, users_of
from cnn_shapes.sweeps.paths import VariedField, field_at, is_path
from cnn_shapes.sweeps.space import BadSpace, Space, VariedAxis
from cnn_shapes.trace import Trace

# the figures of a row, in its order
COLUMNS = (PARAMS, MACS, WEIGHTS, PEAK, RECEPTIVE_FIELD, OUTPUT, DEPTH)
# what a condition may ask for besides
MORE = (ACTIVATIONS, TRAINING, LAYERS)
RowFigures = Mapping[str, Any]


class SweepRow(NamedTuple):
    """One configuration: its values in the order of the axes, its figures by name, or why it has none.

    `rule` is that of its first error, empty where it is valid. Sizes are in the file's layout.
    """

    values: tuple[Any, ...]
    figures: RowFigures
    rule: str = ""


class Job(NamedTuple):
    """All that says what a sweep computes. It can be pickled: a worker reads the spec anew.

    `where` is the condition of the rows that are wanted, empty where all are; a row with an error has no
    figures to judge, and is always wanted without one. `settings` are those that hold for the spec.
    """

    source: Source
    space: Space
    where: str = ""
    dtype: str = FLOAT32
    settings: Settings = DEFAULTS


class Unsweepable(ValueError):
    """The spec cannot be read, whatever its params are: its report says why."""


class _JudgedRow(NamedTuple):
    """A row, or None where the condition does not hold for it."""

    row: SweepRow | None


class Variants:
    """The configurations of a job, computed one by one: what they have in common is made once.

    Raises BadSpace where the spec has no such params, inputs or fields, Unsweepable where it has errors of
    reading.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        report = self._check(job.source, NO_OVERRIDES)
        if report.spec is None or report.spec.shape is None or _has_errors_of_reading(report.spec):
            raise Unsweepable(f"{job.source.path} cannot be read as a network: check says why")
        self.spec: Spec = report.spec
        self._is_translated = report.source.is_translated  # its text may follow from the input, too
        self._pool = LayerPool()
        # the network of the last configuration, with its values
        self._made: tuple[tuple[Any, ...], MadeNetwork] | None = None
        self._targets = {axis.name: self._target(axis) for axis in job.space.axes}
        self._is_plain = self._plain()
        # by the place of an axis of another value, the entries of which the same network is made again
        self._users = [self._users_of(axis) for axis in job.space.axes]
        self.condition = Condition(job.where, [*self.spec.params], [*COLUMNS, *MORE])

    def rows(self, numbers: Sequence[int]) -> Iterator[SweepRow]:
        """The rows of the configurations of these numbers that the condition holds for."""
        for values in self.job.space.configurations(numbers):
            row = self.row(values)
            if row is not None:
                yield row

    def row(self, values: tuple[Any, ...]) -> SweepRow | None:
        """The row of one configuration; None where the condition does not hold."""
        if self._is_translated:
            return self._checked(values)
        known = self._recomputed(values)
        if known is not None:
            return known.row
        spec, findings = self.spec, Findings(self.job.source)
        params, shapes, patches = self._parts(values)
        overlay = None
        if self._is_plain:
            named = spec.inputs
            shape = shapes.get("", spec.shape)
            if shapes and named:
                named = {name: one._replace(shape=shapes.get(name, one.shape)) for name, one in named.items()}
                shape = next(iter(named.values())).shape
            spec = spec._replace(params=self._all_params(params, findings), shape=shape, inputs=named)
        else:
            first = next(iter(spec.inputs), "")
            overlay = Overlay(
                spec,
                patches,
                findings,
                shape=shapes.get("") or shapes.get(first),
                params=params,
                inputs=shapes,
            )
        network = self._network(spec, overlay, findings)
        if network is None or findings.listed() or any(node.error is not None for node in network.layers):
            rule = self._rule(spec, network, findings, params, shapes, patches)
            if rule:
                return SweepRow(values, {}, rule) if self.condition.is_empty else None
        assert network is not None
        all_params = overlay.params if overlay is not None else spec.params
        made = MadeNetwork(spec, all_params, network)
        if self._users.count(None) < len(self._users):
            self._made = (values, made) if is_recomputable(spec, network) else None
        return self._judged(values, made)

    def _judged(self, values: tuple[Any, ...], made: MadeNetwork) -> SweepRow | None:
        """The row of a network whose sizes work out."""
        trace = Trace(made.network)
        figures = made.figures(trace, self.job.dtype)
        if not self._is_wanted(made.params, trace, figures):
            return None
        if made.spec.budget is not None:
            findings = Findings(self.job.source)
            run_assertions(made.spec, trace, findings)
            if findings.listed():
                return SweepRow(values, figures, findings.listed()[0].rule)
        return SweepRow(values, figures)

    def _users_of(self, axis: VariedAxis) -> list[Item] | None:
        """The entries whose layers a value of an axis makes, none of an input; None where it makes more."""
        if axis.is_input:
            return []
        return users_of(self.spec, axis.name) if self._is_plain and not self._is_translated else None

    def _recomputed(self, values: tuple[Any, ...]) -> _JudgedRow | None:
        """The row of the last network, changed to these values; None where it is another, or has an error."""
        if self._made is None:
            return None
        before, made = self._made
        self._made = None
        shapes: dict[str, Shape] = {}
        params: dict[str, Any] = {}
        items: list[Item] = []
        for axis, users, old, value in zip(self.job.space.axes, self._users, before, values, strict=True):
            if axis.is_input:
                shapes[axis.name] = self._shape(axis, value)
                continue
            params[axis.name] = value
            if type(value) is not type(old) or str(value) != str(old):  # 1 is not true
                if users is None:
                    return None
                items += users
        if not made.resize(shapes):
            return None
        if items:
            findings = Findings(self.job.source)
            known = self._all_params(params, findings)
            if findings.listed() or not made.rebuild(items, known, self.spec.rounding, self._pool):
                return None
        if not made.recompute():
            return None
        self._made = values, made
        return _JudgedRow(self._judged(values, made))

    def _is_wanted(self, params: Mapping[str, Any], trace: Trace, figures: RowFigures) -> bool:
        if self.condition.is_empty:
            return True
        return self.condition.holds(params, figures, lambda name: amount_of(trace, name, self.job.dtype))

    def _checked(self, values: tuple[Any, ...]) -> SweepRow | None:
        """The row of a network in another language: what `check` says of it."""
        params, shapes, _ = self._parts(values)
        report = self._check(self.job.source, self._overrides(params, shapes))
        if report.errors or report.trace is None:
            rule = report.errors[0].rule if report.errors else ""
            return SweepRow(values, {}, rule) if self.condition.is_empty else None
        made = MadeNetwork(self.spec, params, report.trace.network)
        figures = made.figures(report.trace, self.job.dtype)
        return SweepRow(values, figures) if self._is_wanted(params, report.trace, figures) else None

    def _overrides(self, params: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Overrides:
        """What `check` is given for the same params and inputs."""
        sizes = {name: tuple(in_layout(shape, self.spec.layout)) for name, shape in shapes.items()}
        own: Any = sizes.pop("", None)
        inputs: Any = sizes.items()
        return Overrides(own, tuple(params.items()), inputs=tuple(inputs))

    def _parts(self, values: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Shape], list[Patch]]:
        """What the values of the axes are: params, shapes of inputs, changes of fields."""
        params: dict[str, Any] = {}
        shapes: dict[str, Shape] = {}
        patches: list[Patch] = []
        for axis, value in zip(self.job.space.axes, values, strict=True):
            where = self._targets[axis.name]
            if axis.is_input:
                shapes[axis.name] = self._shape(axis, value)
            elif where is not None:
                patches += where.patches(self.spec, value)
            else:
                params[axis.name] = value
        return params, shapes, patches

    def _target(self, axis: VariedAxis) -> VariedField | None:
        """The field that an axis varies; None where it is a param or an input."""
        spec = self.spec
        if axis.is_input:
            if axis.name and axis.name not in spec.inputs:
                known = f"its inputs are {', '.join(spec.inputs)}" if spec.inputs else "its input has no name"
                raise BadSpace(f"there is no input {axis.name}: {known}", "--input")
            if not axis.name and spec.inputs:
                raise BadSpace(f"say which input, as in {next(iter(spec.inputs))}=160,192", "--input")
            for value in axis.values if isinstance(axis.values, list) else ():
                self._shape(axis, value)
            return None
        if is_path(axis.name) and not self._is_translated:
            return field_at(spec, axis.name)
        if axis.name not in spec.param_nodes:
            raise BadSpace(no_such("param", axis.name, list(spec.param_nodes)))
        return None

    def _shape(self, axis: VariedAxis, value: Any) -> Shape:
        """The shape of an input: of one number all spatial axes have that, and the channels stay."""
        own = self.spec.inputs[axis.name].shape if axis.name else self.spec.shape
        assert own is not None
        if isinstance(value, int | float):
            if not own.rank:
                return Shape((int(value),))
            return Shape((own.channels, *(int(value),) * own.rank))
        if len(value) != len(own):
            text = "x".join(map(str, value))
            raise BadSpace(f"{text} has {len(value)} sizes, the input has {len(own)}", "--input")
        return Shape(from_layout(value, self.spec.layout))

    def _plain(self) -> bool:
        """Whether a configuration is the spec with other params and shapes, and no more follows from them."""
        spec = self.spec
        if any(self._targets.values()):
            return False
        nodes: list[Any] = [one.node for one in spec.inputs.values()] or [spec.input_node]
        if any(axis for axis in self.job.space.axes if not axis.is_input):
            if not all(_is_constant(node) for node in nodes):
                return False
            settings = [setting for kind in spec.defaults.values() for setting in kind.values()]
            return all(setting.value.origin is None for setting in settings)
        return True

    def _all_params(self, given: Mapping[str, Any], findings: Findings) -> Mapping[str, Any]:
        """The params, those that follow from the given ones too."""
        if not given:
            return self.spec.params
        params: dict[str, Any] = {}
        for name, value in self.spec.params.items():
            derived = self.spec.derived.get(name)
            if name in given:
                params[name] = given[name]
            elif derived is None:
                params[name] = value
            else:
                try:
                    params[name] = derived.evaluate(params)
                except Unevaluated as error:
                    error.report(findings)
                    params[name] = value
        return params

    def _network(self, spec: Spec, overlay: Overlay | None, findings: Findings) -> Network | None:
        unfolder = Unfolder(
            spec,
            overlay,
            findings=findings,
            overrides=_TRIED,
            limits=self.job.settings.limits,
            pool=self._pool,
        )
        try:
            return unfolder.run()
        except LimitReached:
            return None

    def _check(self, source: Source, overrides: Overrides) -> CheckResult:
        return check_source(source, overrides, self.job.settings, rules=False)

    def _rule(
        self,
        spec: Spec,
        network: Network | None,
        findings: Findings,
        params: Mapping[str, Any],
        shapes: Mapping[str, Shape],
        patches: Sequence[Patch],
    ) -> str:
        """The rule of the first error, as `check` tells it; empty where the user has silenced them all."""
        if spec.waives is not None:
            text = apply(self.job.source, patches) if patches else self.job.source
            errors = self._check(text, self._overrides(params, shapes)).errors
            return errors[0].rule if errors else ""
        if network is not None:
            judge(Unfolded(spec, network), findings, brief=True)
        errors = [found for found in findings.listed() if found.severity == ERROR]
        return min(errors, key=lambda found: (found.span.start, found.rule)).rule if errors else ""


_TRIED = Overrides(params=(("", 0),))  # something is tried: what the spec expects is of its own values


def _has_errors_of_reading(spec: Spec) -> bool:
    """Whether something in the text itself is wrong, which no other value of a param or an input mends."""
    findings = Findings(spec.source)
    read_spec(spec.source, spec.root, findings, NO_OVERRIDES)
    return bool(findings.listed())


def _is_constant(node: Any) -> bool:
    """Whether the sizes of an input are written as numbers."""
    if isinstance(node, SequenceNode):
        return all(isinstance(item, Scalar) and type(item.value) is int for item in node.items)
    if isinstance(node, Map):
        return all(_is_constant(value) for _, value in node.pairs)
    return isinstance(node, Scalar) and not node.text.isidentifier()
