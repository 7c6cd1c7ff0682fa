"""What a check may find: one rule a file, and the folder is its own registry.

`reading` and `shape` hold the rules that reading and the engine raise, `suppression` those about the comments
that silence others: documentation only. `design` holds those that look at a network that can be built: a
`SEVERITY` and a `check`. A file's name is its rule's name, and its docstring is what `cnn-shapes explain`
prints; `tests/test_rules.py` runs the YAML in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.diagnostics import ERROR, Diagnostic, Findings
from cnn_shapes.registry import modules
from cnn_shapes.rules.context import RuleContext, RuleFinding

if TYPE_CHECKING:
    from cnn_shapes.language.spec import Spec
    from cnn_shapes.trace import Trace

READING, SHAPE, DESIGN, SUPPRESSION = "reading", "shape", "design", "suppression"
STAGES = (READING, SHAPE, DESIGN, SUPPRESSION)
Check = Callable[[RuleContext], Iterable[RuleFinding]]


class Rule(NamedTuple):
    """A rule with its documentation: `bad` is a spec that breaks it and nothing else, `good` is mended."""

    name: str
    stage: str
    severity: str
    summary: str
    why: str
    source: str
    bad: str
    good: str


class _Rules(Mapping[str, Rule]):
    """All rules by name. Names cost a look into the folder; a rule is imported where it is asked for."""

    def __init__(self) -> None:
        self._stages: dict[str, str] = {}
        for stage in STAGES:
            for module in modules([f"{__path__[0]}/{stage}"]):
                self._stages[module.replace("_", "-")] = stage
        self._loaded: dict[str, Rule] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)

    def __contains__(self, name: object) -> bool:
        return name in self._stages

    def __getitem__(self, name: str) -> Rule:
        if name not in self._loaded:
            stage = self._stages[name]
            module = import_module(f"{__name__}.{stage}.{name.replace('-', '_')}")
            severity = getattr(module, "SEVERITY", ERROR)
            self._loaded[name] = parse(name, stage, severity, module.__doc__ or "")
        return self._loaded[name]

    def stage(self, name: str) -> str:
        """The stage of a rule. A name that is none raises KeyError."""
        return self._stages[name]

    def of(self, stage: str) -> list[str]:
        """The names of the rules of one stage."""
        return [name for name, own in self._stages.items() if own == stage]


RULES = _Rules()
_checks: list[tuple[str, str, Check]] = []


def run(spec: Spec, trace: Trace, findings: Findings) -> None:
    """Run every design rule over a network and add what they find to `findings`."""
    if not _checks:
        for name in RULES.of(DESIGN):
            module = import_module(f"{__name__}.{DESIGN}.{name.replace('-', '_')}")
            _checks.append((name, module.SEVERITY, module.check))
    errors = {found.rule for found in findings.listed() if found.severity == ERROR}
    context = RuleContext(spec, trace, sound=not errors, whole=errors.isdisjoint(RULES.of(READING)))
    for name, severity, check in _checks:
        for found in check(context):
            findings.add(
                Diagnostic(
                    name,
                    severity,
                    found.template,
                    found.facts,
                    found.span,
                    found.pointer,
                    found.labels,
                    found.notes,
                    found.fixes,
                    found.layer,
                )
            )


def parse(name: str, stage: str, severity: str, docstring: str) -> Rule:
    """Take a docstring apart: the first line, then what begins with `Why:`, `Source:`, `Bad:`, `Good:`."""
    parts: dict[str, list[str]] = {}
    lines = parts.setdefault("Summary", [])
    for line in docstring.strip().splitlines():
        head, colon, rest = line.partition(":")
        if colon and head in ("Why", "Source", "Bad", "Good"):
            lines = parts.setdefault(head, [])
            line = rest.strip()
        lines.append(line)
    texts = {head: "\n".join(block).strip() for head, block in parts.items()}
    return Rule(
        name,
        stage,
        severity,
        texts["Summary"],
        texts.get("Why", ""),
        texts.get("Source", ""),
        _fenced(texts.get("Bad", "")),
        _fenced(texts.get("Good", "")),
    )


def _fenced(text: str) -> str:
    """The YAML between ```yaml and ```; empty where a rule has none."""
    _, fence, rest = text.partition("```yaml\n")
    return rest.partition("```")[0] if fence else ""
