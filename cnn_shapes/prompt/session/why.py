"""`why`: after an error or a warning its reason on one screen; of a number, where it comes from."""

from __future__ import annotations

import re

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import Diagnostic
from cnn_shapes.explain import why
from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.network import Node
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.keyboard import keys_of
from cnn_shapes.prompt.session.replies import (
    DIM,
    ExplanationText,
    ReplyLine,
    Transition,
    replied,
)
from cnn_shapes.prompt.session.state import Session, count_of, report_of
from cnn_shapes.words import say, speaking, told

_NUMBER = re.compile(r"(not\s+)?(\d[\d,]{0,20})\??")
_USAGE = (
    "why takes nothing, the number of a layer, a number of the table, or not and a size, as in why not 12"
)


def tell(session: Session, rest: str) -> Transition:
    """Tell the reason of what was said last; `rest` asks for a layer or a number instead."""
    with speaking(session.options.language):
        return _tell(session, rest)


def _tell(session: Session, rest: str) -> Transition:
    pending = session.pending
    report = report_of(pending.source) if pending is not None else session.report
    if rest.strip("? "):
        return _of_number(session, report, rest)
    if session.misread:
        return session, replied(ExplanationText(report, why.of_message(session.misread)))
    problem = _told_last(report, pending.number if pending is not None else 0)
    if problem is None:
        return session, replied(
            ReplyLine(say("  nothing is wrong; explain 1 tells how the numbers of layer 1 come about"), DIM)
        )
    lines = [ExplanationText(report, why.of_problem(report, problem))]
    if report.errors and problem.layer is not None:
        return session, replied(*lines, ReplyLine(say("  fix lists what would mend it"), DIM))
    return session, replied(*lines)


def _told_last(report: CheckResult, number: int) -> Diagnostic | None:
    """The problem that a person has read last: an error first, that of a layer not taken before others."""
    errors = report.errors if count_of(report) else []  # without a layer there is no error but that
    if errors:
        entries = {step.node.name: step.node.entry for step in report.trace.steps} if report.trace else {}
        return next((one for one in errors if entries.get(one.layer or "") == number), errors[0])
    found = report.warnings or report.diagnostics
    return found[-1] if found else None


def _of_number(session: Session, report: CheckResult, rest: str) -> Transition:
    match = _NUMBER.fullmatch(keys_of(rest).strip())
    if match is None:
        raise Misread(say("{usage}, found {rest}", usage=say(_USAGE), rest=clean(rest)))
    number = int(match[2].replace(",", ""))
    if match[1]:
        return _why_not(session, report, number)
    if report.trace is None:
        raise Misread(say("there is no network yet"))
    text = ""
    if 1 <= number <= count_of(report) and "," not in match[2]:
        problem = next((one for one in report.diagnostics if _is_of(report, one, number)), None)
        text = why.of_problem(report, problem) if problem is not None else why.of_layer(report, str(number))
    text = text or why.of_number(report, number)
    if not text:
        raise Misread(
            say(
                "nothing in the table is {number:,}: show lists the sizes, parameters and MACs", number=number
            )
        )
    return session, replied(ExplanationText(report, text))


def _is_of(report: CheckResult, problem: Diagnostic, number: int) -> bool:
    steps = report.trace.steps if report.trace is not None else []
    return any(step.node.name == problem.layer and step.node.entry == number for step in steps)


def _why_not(session: Session, report: CheckResult, size: int) -> Transition:
    """How the last size comes about, and what would make it another one."""
    from cnn_shapes.repair import repairs
    from cnn_shapes.repair.report.options import options_for

    node = _last_map(report)
    if node is None or node.output is None:
        raise Misread(say("there is no feature map yet whose size could be another one"))
    text = why.of_layer(report, node.name, costs=False)
    wanted = "x".join([str(size)] * node.output.rank)
    found = repairs(report, options_for(report, None, None, False, f"{node.name}={wanted}", 3)).found
    if found:
        text += f"\n{say('it would be {size} with', size=size)}\n"
        text += "".join(f"  {one.headline}    {told(one.outcome)}\n" for one in found)
    else:
        text += f"\n{say('no small change makes it {size}', size=size)}\n"
    return session, replied(ExplanationText(report, text))


def _last_map(report: CheckResult) -> Node | None:
    """The first layer that fails, if its output has axes; else the last feature map."""
    nodes = report.trace.network.layers if report.trace is not None else []
    maps = [node for node in nodes if node.output is not None and node.output.rank]
    return next((node for node in maps if node.error is not None), maps[-1] if maps else None)
