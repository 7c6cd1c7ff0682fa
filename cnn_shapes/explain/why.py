"""Why something is as it is: a problem with its windows and its concept, or where a number comes from."""

from __future__ import annotations

from textwrap import fill, indent
from typing import Any

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import Diagnostic
from cnn_shapes.explain import concepts, layers, rules
from cnn_shapes.language.reading.wording import BAD_VALUE
from cnn_shapes.shapes import EXPECT_MISMATCH, Shape
from cnn_shapes.shown_text import filled
from cnn_shapes.trace import Step
from cnn_shapes.words import ENGLISH, rule_text, say, spoken, told

_WIDTH = 76
# what the numbers are about that PyTorch has written down of an input
_OF_ASSERTION = {"in_features": "dense layer", "in_channels": "convolution"}
_MOST_PARTS = 12  # of a sum that is written out


def of_problem(report: CheckResult, problem: Diagnostic) -> str:
    """A problem on one screen: the layer with its windows, the message, the concept in a sentence."""
    lines: list[str] = []
    trace = report.trace
    if trace is not None and any(step.node.name == problem.layer for step in trace.steps):
        found = layers.of(report, str(problem.layer), report.source.path)
        if found["type"] == "layer":
            lines += [*layers.head_lines(found), *layers.size_lines(found), ""]
    lines += [f"{say(problem.severity)}[{problem.rule}]: {problem.message(report.layout)}"]
    concept = _concept_of(report, problem)
    if concept is not None:
        return _joined([*lines, "", *concepts.lines_of(concept)])
    rule = rules.data(problem.rule)
    why = rule_text(problem.rule, "", rule["why"])[1]
    lines += ["", fill(why, _WIDTH) if spoken() == ENGLISH else filled(why, _WIDTH)]
    if rule["bad"] and problem.layer is None:
        lines += [
            "",
            f"{say('bad')}:",
            indent(rule["bad"].rstrip(), "  "),
            f"{say('good')}:",
            indent(rule["good"].rstrip(), "  "),
        ]
    return _joined(lines)


def _concept_of(report: CheckResult, problem: Diagnostic) -> concepts.Concept | None:
    """The concept that a problem is about: of a value that of its field, of a belief that of what it says."""
    facts = problem.facts
    if problem.rule == BAD_VALUE:
        return concepts.concept(str(facts.get("name", "")))
    name = ""
    if problem.rule == EXPECT_MISMATCH and "assertion" in facts:
        stated, channels = facts.get("stated") or 0, facts.get("channels") or 1
        has_batch = facts["assertion"] == "in_features" and stated > channels and stated % channels == 0
        name = "batch" if has_batch else _OF_ASSERTION.get(str(facts["assertion"]), "")
    elif problem.rule == EXPECT_MISMATCH:
        name = _about_size(report, problem)
    return concepts.concept(name) or concepts.concept_of_rule(problem.rule)


def _about_size(report: CheckResult, problem: Diagnostic) -> str:
    """What somebody who expects another size of a layer has likely not thought of; empty for no guess."""
    trace, expected = report.trace, problem.facts.get("expected")
    nodes = trace.network.layers if trace is not None else []
    node = next((node for node in nodes if node.name == problem.layer), None)
    node = node.owner or node if node is not None else None
    x = node.inputs[0].output if node is not None and node.inputs else None
    layer: Any = node.layer if node is not None else None
    if layer is None or x is None or not layer.has_windows or not isinstance(expected, Shape):
        return ""
    if x.rank != expected.rank:
        return ""
    if layer.padding == "same":
        return "same"
    if any(window.dilation > 1 for window in layer.windows(x)):
        return "dilation"
    if expected.sizes == x.sizes:
        return "padding"
    halved = all(2 * wanted <= size + 1 for wanted, size in zip(expected.sizes, x.sizes, strict=True))
    return "stride" if halved else "convolution"


def of_message(message: str) -> str:
    """A line that could not be read: its message again, and the concept that it speaks of, if any."""
    words = [word.strip(":,.") for word in message.split()]
    found = next((one for one in map(concepts.concept, words) if one is not None), None)
    return _joined([told(message), *(["", *concepts.lines_of(found)] if found is not None else [])])


def of_layer(report: CheckResult, name: str, costs: bool = True) -> str:
    """A layer with its arithmetic; without its costs only how its size comes about. Raises Unknown."""
    found = layers.of(report, name, report.source.path)
    if costs or found["type"] != "layer":
        return layers.text(found)
    return _joined([*layers.head_lines(found), *layers.size_lines(found)])


def of_number(report: CheckResult, number: int) -> str:
    """Where a number of the table comes from: the layer whose output, parameters or MACs it is, or a sum.

    Empty where nothing in the table is this number.
    """
    trace = report.trace
    if trace is None:
        return ""
    for step in trace.steps:
        what = _what_is(step, number)
        if what:
            found = layers.of(report, step.node.name, report.source.path)
            text = say("{number:,} is {what} of {name}", number=number, what=say(what), name=step.node.name)
            lines = [text, ""]
            return _joined([*lines, *layers.lines_of(found)])
    for what in ("params", "macs"):
        parts = [(getattr(step, what) or 0, step.node.name) for step in trace.steps]
        if sum(part for part, _ in parts) == number:
            return _sum(number, what, [part for part in parts if part[0]])
    return ""


def _what_is(step: Step, number: int) -> str:
    output = step.node.output
    sizes: tuple[Any, ...] = output if output is not None else ()
    known = (
        ("a size of the output", number in sizes),
        ("the number of parameters", step.params == number and number),
        ("the number of multiply-adds", step.macs == number and number),
    )
    return next((what for what, holds in known if holds), "")


def _sum(number: int, what: str, parts: list[tuple[int, str]]) -> str:
    noun = {"params": "parameters", "macs": "multiply-adds"}[what]
    listed = [f"  {part:>14,}  {name}" for part, name in parts[:_MOST_PARTS]]
    if len(parts) > _MOST_PARTS:
        rest = parts[_MOST_PARTS:]
        more = say("{count} more layers", count=len(rest))
        listed.append(f"  {sum(part for part, _ in rest):>14,}  {more}")
    text = "{number:,} is the sum of the {noun} of all layers:"
    return _joined([say(text, number=number, noun=say(noun)), *listed])


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
