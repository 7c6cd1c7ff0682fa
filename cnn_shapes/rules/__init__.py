"""What a check may find, by name.

`design` holds the rules that look at a network that can be built, one a file: the folder is its own registry,
a file has a `SEVERITY`, a `check` and perhaps a `CLUE`, its name is its rule's name, its docstring what
`cnn-shapes explain` prints. `reading` and `shapes` document the rules that reading, the engine and comments
raise. `tests/test_rules.py` runs the YAML in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.diagnostics import ERROR, WARNING, Diagnostic, Findings
from cnn_shapes.registry import modules
from cnn_shapes.rules.context import RuleContext, RuleFinding
from cnn_shapes.rules.reading import READING_DOCS, SUPPRESSION_DOCS
from cnn_shapes.rules.shapes import SHAPE_DOCS

if TYPE_CHECKING:
    from cnn_shapes.language.spec import Spec
    from cnn_shapes.trace import Trace

READING, SHAPE, DESIGN, SUPPRESSION = "reading", "shape", "design", "suppression"
OVER_BUDGET = "over-budget"
_DOCS = {READING: READING_DOCS, SHAPE: SHAPE_DOCS, SUPPRESSION: SUPPRESSION_DOCS}
Check = Callable[[RuleContext], Iterable[RuleFinding]]


class Rule(NamedTuple):
    """A rule with its documentation: `bad` is a spec that breaks it and nothing else, `good` is mended.

    `clue`: beside an error, what it finds may be the CAUSE or a TRACE of it, and is worth reading with it.
    """

    name: str
    stage: str
    severity: str
    summary: str
    why: str
    source: str
    bad: str
    good: str
    clue: str = ""


class _Rules(Mapping[str, Rule]):
    """All rules by name. Names cost a look into the folder; a design rule is imported when asked for."""

    def __init__(self) -> None:
        design = [module.replace("_", "-") for module in modules([f"{__path__[0]}/{DESIGN}"])]
        self._stages: dict[str, str] = {
            **dict.fromkeys(READING_DOCS, READING),
            **dict.fromkeys(SHAPE_DOCS, SHAPE),
            **dict.fromkeys(design, DESIGN),
            **dict.fromkeys(SUPPRESSION_DOCS, SUPPRESSION),
        }
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
            if stage == DESIGN:
                module = _module(name)
                severity, documentation = module.SEVERITY, module.__doc__ or ""
                clue = getattr(module, "CLUE", "")
            else:
                severity = WARNING if stage == SUPPRESSION else ERROR
                documentation, clue = _DOCS[stage][name], ""
            self._loaded[name] = parse(name, stage, severity, documentation)._replace(clue=clue)
        return self._loaded[name]

    def stage(self, name: str) -> str:
        """The stage of a rule. A name that does not exist raises KeyError."""
        return self._stages[name]

    def of(self, stage: str) -> list[str]:
        """The names of the rules of one stage."""
        return [name for name, own in self._stages.items() if own == stage]


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{DESIGN}.{name.replace('-', '_')}")


RULES = _Rules()
_checks: list[tuple[str, str, Check]] = []


def run(spec: Spec, trace: Trace, findings: Findings) -> None:
    """Run every design rule over a network and add what they find to `findings`."""
    errors = {found.rule for found in findings.listed() if found.severity == ERROR}
    whole = errors.isdisjoint(RULES.of(READING))
    _run(RuleContext(spec, trace, sound=not errors, whole=whole), findings)


def run_assertions(spec: Spec, trace: Trace, findings: Findings) -> None:
    """Likewise the rules alone that judge what the user asserts: that a network is whole depends on them."""
    if spec.budget is not None:
        sound = not any(found.severity == ERROR for found in findings.listed())
        _run(RuleContext(spec, trace, sound=sound, whole=False), findings, (OVER_BUDGET,))


def run_from(first: int, spec: Spec, trace: Trace, findings: Findings) -> None:
    """Run the design rules over the layers from the index `first` on, as far as they judge single layers.

    Those layers are a chain at the end of a network without an error, whose other layers have been judged.
    What is told of the whole (what is unused, a small receptive field), and fixes, are left out.
    """
    _run(RuleContext(spec, trace, sound=False, whole=False, first=first), findings)


def _run(context: RuleContext, findings: Findings, only: Container[str] | None = None) -> None:
    if not _checks:
        for name in RULES.of(DESIGN):
            module = _module(name)
            _checks.append((name, module.SEVERITY, module.check))
    for name, severity, check in _checks:
        for found in check(context) if only is None or name in only else ():
            findings.add(
                Diagnostic(
                    name,
                    found.severity or severity,
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


def parse(name: str, stage: str, severity: str, documentation: str) -> Rule:
    """Take a text apart: the first line, then what begins with `Why:`, `Source:`, `Bad:`, `Good:`."""
    parts: dict[str, list[str]] = {}
    lines = parts.setdefault("Summary", [])
    for line in documentation.strip().splitlines():
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
