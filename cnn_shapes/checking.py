"""The one way from a spec's text to a report: read, unfold, trace, judge, run the rules, sort."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.diagnosis.labels import Unfolded
from cnn_shapes.diagnostics import (
    CHANNELS_LAST,
    ERROR,
    MARK,
    SEVERITIES,
    WARNING,
    Diagnostic,
    Findings,
    Fix,
    Note,
    format_shape,
)
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.entry import Item
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.reading.document import read_spec
from cnn_shapes.language.reading.wording import UNKNOWN_LAYER, WRONG_INPUTS
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.language.unfolding.unfolder import unfold
from cnn_shapes.rules import OVER_BUDGET, run_assertions
from cnn_shapes.rules import run as run_rules
from cnn_shapes.settings import DEFAULTS, Settings
from cnn_shapes.shapes import EXPECT_MISMATCH, listed
from cnn_shapes.source import (
    LIMIT_EXCEEDED,
    YAML_SYNTAX,
    Source,
    Span,
    TreeNode,
    Unreadable,
    read_yaml,
    reason_of,
    shown_path,
)
from cnn_shapes.trace import Trace
from cnn_shapes.words import in_english, say

if TYPE_CHECKING:
    from cnn_shapes.diagnosis.suppressions import Suppressions
    from cnn_shapes.network import Node
    from cnn_shapes.shapes import Shape

_SPEC_ENDINGS, _FOREIGN = (".yaml", ".yml"), ("backbone", "[-1, ")  # which no spec has at the top
_MOST_LINES = 8  # that a note lists
_UNKNOWN = {UNKNOWN_NAME: "name", UNKNOWN_LAYER: "word"}  # the fact that names what is unknown
NO_OVERRIDES = Overrides()
UNREADABLE_FILE, INTERNAL_FAULT = "unreadable-file", "internal-fault"
# of a model that was not written as a spec: it does not run, and a layer that the language has not
UNREADABLE_MODEL, UNSUPPORTED_LAYER = "unreadable-model", "unsupported-layer"
UNREGISTERED_MODULE = "unregistered-module"
# with these there is no verdict on a file: the run fails, whatever is configured
NO_VERDICT = (UNREADABLE_FILE, UNREADABLE_MODEL, INTERNAL_FAULT)


class Silenced(NamedTuple):
    """A layer that fails, and the rule by which it does."""

    node: Node
    rule: str

    def __str__(self) -> str:
        return f"{self.node.name} has a silenced {self.rule}"


class CheckResult:
    """What `check` found out about one spec.

    `trace` holds the layers with their shapes and figures, None where the text is not a spec. `diagnostics`
    are in the order of the text; `omitted` counts those beyond the limit. `settings` are those that held.
    """

    __slots__ = ("diagnostics", "omitted", "overrides", "settings", "source", "spec", "trace")

    def __init__(
        self,
        source: Source,
        spec: Spec | None,
        trace: Trace | None,
        diagnostics: list[Diagnostic],
        omitted: int = 0,
        overrides: Overrides = NO_OVERRIDES,
        settings: Settings = DEFAULTS,
    ) -> None:
        self.source, self.spec, self.trace = source, spec, trace
        self.diagnostics, self.omitted = diagnostics, omitted
        self.overrides, self.settings = overrides, settings

    @property
    def layout(self) -> str:
        return self.spec.layout if self.spec is not None else CHANNELS_LAST

    @property
    def input(self) -> Shape | None:
        return self.spec.shape if self.spec is not None else None

    def inputs_text(self) -> str:
        """The shape of the input, or of each of several with its name: `rgb 224x224x3, depth 224x224x1`."""
        named = self.spec.inputs if self.spec is not None else {}
        shapes = [f"{name} {format_shape(one.shape, self.layout)}" for name, one in named.items()]
        return ", ".join(shapes) or format_shape(self.input, self.layout)

    @property
    def silenced(self) -> list[Silenced]:
        """The layers that fail without a size that could be gone on with, which the user has silenced.

        What comes after them is not judged.
        """
        waives = self.spec.waives if self.spec is not None else None
        if waives is None or self.trace is None:
            return []
        failed = []
        for node in self.trace.network.layers:
            error = node.error
            if error is not None and error.rule != EXPECT_MISMATCH:
                failed.append((node, error.rule, error.field))
            elif isinstance(node.place, Item) and node.place.broken:
                failed.append((node, WRONG_INPUTS, "from"))
        return [
            Silenced(node, rule) for node, rule, field in failed if waives(rule, node.at(field)) is not None
        ]

    @property
    def errors(self) -> list[Diagnostic]:
        return [found for found in self.diagnostics if found.severity == ERROR]

    @property
    def warnings(self) -> list[Diagnostic]:
        return [found for found in self.diagnostics if found.severity == WARNING]

    @property
    def ok(self) -> bool:
        """No error."""
        return not self.errors

    @property
    def works_out(self) -> bool:
        """No error but of a budget: all sizes are right."""
        return all(found.rule == OVER_BUDGET for found in self.errors)

    def give_up(self, error: Exception) -> None:
        """Become the report of a fault of ours: nothing else of it can be relied on."""
        fault = faulted(self.source.path, error, self.settings)
        self.source, self.diagnostics = fault.source, fault.diagnostics
        self.spec = self.trace = None
        self.omitted = 0

    def with_diagnostics(self, diagnostics: list[Diagnostic]) -> CheckResult:
        """The same report with other diagnostics."""
        return CheckResult(
            self.source,
            self.spec,
            self.trace,
            diagnostics,
            self.omitted,
            self.overrides,
            self.settings,
        )


@in_english
def check_source(
    source: Source,
    overrides: Overrides = NO_OVERRIDES,
    settings: Settings = DEFAULTS,
    rules: bool = True,
    pool: LayerPool | None = None,
    outputs: Mapping[str, Shape] | None = None,
) -> CheckResult:
    """Check the text of one spec; without `rules`, for errors alone. Never raises for what the text says.

    Who checks many specs hands one `pool` to all: what they have in common is made once. `outputs` say what
    comes out of layers that fail, by name: what is after them is judged too.
    """
    # all that a check makes lives to its end: looking for garbage took three quarters of a large file's time
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _check(source, overrides, settings, rules, pool or LayerPool(), outputs)
    finally:
        if collecting:
            gc.enable()


def _check(
    source: Source,
    overrides: Overrides,
    settings: Settings,
    rules: bool,
    pool: LayerPool,
    outputs: Mapping[str, Shape] | None,
) -> CheckResult:
    source = _as_spec(source, overrides)
    findings = Findings(source)
    limits = settings.limits
    document = read_yaml(source, limits)
    fatal = False
    for problem in document.problems:
        fixes = (Fix(problem.fix[0], problem.fix[1], safe=True),) if problem.fix else ()
        findings.add(
            Diagnostic(problem.rule, ERROR, problem.template, problem.facts, problem.span, fixes=fixes)
        )
        fatal = fatal or problem.rule in (YAML_SYNTAX, LIMIT_EXCEEDED)
    suppressions = None
    if MARK in source.text and document.root is not None:
        from cnn_shapes.diagnosis.suppressions import Suppressions  # most specs have none

        suppressions = Suppressions(source, document.root)
    spec = None
    traced = None
    if document.root is not None or not fatal:
        waives = _waiving(suppressions, settings.silences(source.path))
        spec = read_spec(source, document.root, findings, overrides, waives)
    network = None if spec is None else unfold(spec, findings, overrides, limits, pool)
    if spec is not None and network is not None:
        if source.is_translated:
            from cnn_shapes.diagnosis.translated import call_as_the_user_does

            call_as_the_user_does(network, source)
        unfolded = Unfolded(spec, network)
        if outputs is not None:
            from cnn_shapes.language.unfolding.on_through_errors import compute_on  # no spec asks for it

            compute_on(network, outputs)
        if [node for node in network.nodes if node.error is not None]:
            from cnn_shapes.diagnosis.verdict import judge  # most specs fit

            judge(unfolded, findings, brief=not rules, apart=outputs is not None)
        traced = Trace(network)
        if rules:
            run_rules(spec, traced, findings)
        else:
            run_assertions(spec, traced, findings)
        if spec.waives is not None:
            from cnn_shapes.diagnosis.verdict import tell_waived

            tell_waived(unfolded, findings)
    found = _told_once(findings.listed(), source)
    if source.is_translated:
        from cnn_shapes.diagnosis.translated import in_words_of_original  # most specs are none

        found = in_words_of_original(found, source)
    if spec is not None and [one for one in found if one.rule in _UNKNOWN]:
        from cnn_shapes.diagnosis.misspelt import with_declarations  # most specs have none

        found = with_declarations(found, spec)
    if suppressions is not None:
        found = suppressions.apply(found, rules and not overrides.any)
    if not _may_be_edited(source, document.root, found):
        found = [one._replace(fixes=tuple(fix for fix in one.fixes if not fix.safe)) for one in found]
    shown, omitted = _in_order(settings.adjusted(source.path, found), limits.problems, source)
    return CheckResult(source, spec, traced, shown, omitted, overrides, settings)


def _as_spec(source: Source, overrides: Overrides) -> Source:
    """The text of a spec: of a network in another language, what that says."""
    if source.path.endswith(_SPEC_ENDINGS) and not any(word in source.text for word in _FOREIGN):
        return source
    from cnn_shapes.language.dialects import translated  # most files are specs

    return translated(source, overrides) or source


def _may_be_edited(source: Source, root: TreeNode | None, found: list[Diagnostic]) -> bool:
    """Whether safe fixes are offered: in a file that is something else, our words would be wrong."""
    if not any(fix.safe for one in found for fix in one.fixes):
        return True
    from cnn_shapes.language.recognition import is_plainly_a_spec, looks_like_a_spec

    return looks_like_a_spec(source.text) if root is None else is_plainly_a_spec(root)


def _told_once(found: list[Diagnostic], source: Source) -> list[Diagnostic]:
    """The findings, of those about one unknown name or block the first, with the other places of its use."""

    def unknown(one: Diagnostic) -> object:
        fact = _UNKNOWN.get(one.rule)
        return None if fact is None or (one.fixes and "axis" not in one.facts) else one.facts.get(fact)

    uses: dict[object, list[Diagnostic]] = {}
    for one in found:
        if (name := unknown(one)) is not None:
            uses.setdefault((one.rule, name), []).append(one)
    if all(len(same) == 1 for same in uses.values()):
        return found
    told = []
    for one in found:
        same = uses.get((one.rule, unknown(one)), [one])
        if one is same[0]:
            told.append(_with_uses(one, same[1:], source) if same[1:] else one)
    return told


def _with_uses(first: Diagnostic, others: list[Diagnostic], source: Source) -> Diagnostic:
    """A finding with the lines of the others that are about the same name."""
    lines = list(dict.fromkeys(source.line_of(other.span.start) for other in others))
    shown = listed([str(line) for line in lines[:_MOST_LINES]])
    facts = {
        "count": len(others) + 1,
        "where": say("lines {lines}" if lines[1:] else "line {lines}", lines=shown),
    }
    template = "it is used {count} times and declared nowhere: on {where} too"
    if first.template.startswith("unknown name"):
        template += "; declare it under params"
    note = Note(template, facts)
    return first._replace(notes=(note, *first.notes))


def _waiving(
    suppressions: Suppressions | None, silenced: frozenset[str]
) -> Callable[[str, Span], str | None] | None:
    """Why the user has silenced a rule at a place, by a comment or by the settings; None: none at all."""
    if suppressions is None and not silenced:
        return None

    def reason(rule: str, span: Span) -> str | None:
        why = suppressions.reason(rule, span) if suppressions is not None else None
        return "" if why is None and rule in silenced else why

    return reason


def _in_order(found: list[Diagnostic], limit: int, source: Source) -> tuple[list[Diagnostic], int]:
    """The findings in the order of the user's text; beyond the limit the least severe are left out first."""
    if source.is_translated:
        placed = [(source.written(one.span)[1].start, one) for one in found]
    else:
        placed = [(one.span.start, one) for one in found]
    placed.sort(key=lambda pair: (SEVERITIES.index(pair[1].severity), pair[0], pair[1].rule))
    shown = placed[:limit]
    shown.sort(key=lambda pair: (pair[0], SEVERITIES.index(pair[1].severity), pair[1].rule))
    return [one for _, one in shown], len(found) - len(shown)


def check_bytes(
    path: str,
    data: bytes,
    overrides: Overrides = NO_OVERRIDES,
    settings: Settings = DEFAULTS,
    pool: LayerPool | None = None,
) -> CheckResult:
    """Check the bytes of one file."""
    try:
        source = Source.decode(path, data)
    except Unreadable as error:
        problem = error.problem
        found = Diagnostic(problem.rule, ERROR, problem.template, problem.facts, problem.span)
        return CheckResult(error.source, None, None, [found], 0, overrides, settings)
    return check_source(source, overrides, settings, pool=pool)


def check_path(
    path: str,
    overrides: Overrides = NO_OVERRIDES,
    settings: Settings = DEFAULTS,
    pool: LayerPool | None = None,
) -> CheckResult:
    """Check a file. A file that cannot be opened gives a report with the one finding `unreadable-file`."""
    from cnn_shapes.language.dialects import read_network

    try:
        data = read_network(path)
    except (OSError, ValueError) as error:
        return unreadable(path, reason_of(error), settings)
    return check_bytes(path, data, overrides, settings, pool)


def unreadable(path: str, reason: str, settings: Settings = DEFAULTS) -> CheckResult:
    """The report of a file that cannot be opened."""
    return _without_verdict(UNREADABLE_FILE, "cannot open {path}: {reason}", path, reason, settings)


def unwritable(path: str, reason: str, settings: Settings = DEFAULTS) -> CheckResult:
    """The report of a file that was to be changed and cannot be written."""
    return _without_verdict(UNREADABLE_FILE, "cannot write {path}: {reason}", path, reason, settings)


def faulted(path: str, error: Exception, settings: Settings = DEFAULTS) -> CheckResult:
    """The report of a file over which we failed."""
    template = "internal fault, please report it with {path}: {reason}"
    return _without_verdict(INTERNAL_FAULT, template, path, fault(error), settings)


def fault(error: Exception) -> str:
    """What went wrong and where, on one line."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f" ({os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno})" if where else ""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200] + place


def _without_verdict(rule: str, template: str, path: str, reason: str, settings: Settings) -> CheckResult:
    found = Diagnostic(rule, ERROR, template, {"path": shown_path(path), "reason": reason}, Span(0, 0))
    return CheckResult(Source(path, ""), None, None, [found], settings=settings)
