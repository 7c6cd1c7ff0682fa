"""Which findings of a report are shown, in their order, and which wait until the errors are mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import ERROR, SEVERITIES
from cnn_shapes.formats.parts.terminal_text import plural
from cnn_shapes.shapes import listed
from cnn_shapes.words import say

if TYPE_CHECKING:
    from cnn_shapes.diagnostics import Diagnostic


def in_turn(found: list[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """What is shown, and what waits.

    Beside an error a warning is older than the slip, and in the way, unless it may be the cause of the error,
    which comes first, or a trace of it, which comes after. Where one change mends the error, the rest waits.
    """
    errors = [one for one in found if one.severity == ERROR and not one.waits]
    if not errors or len(errors) == len(found):
        return found, []
    from cnn_shapes.rules import RULES
    from cnn_shapes.rules.context import CAUSE, TRACE

    others: dict[str, list[Diagnostic]] = {}
    for one in found:
        if one.waits:
            others.setdefault("", []).append(one)
        elif one.severity != ERROR:
            known = one.rule in RULES and not one.is_older
            others.setdefault(RULES[one.rule].clue if known else "", []).append(one)
    return [*others.get(CAUSE, []), *errors, *others.get(TRACE, [])], others.get("", [])


def held_back(shown: list[Diagnostic], waiting: list[Diagnostic]) -> str:
    """What to say of those that wait: `held back until the error is mended: 1 warning`."""
    errors = sum(one.severity == ERROR for one in shown)
    counts = [(sum(one.severity == severity for one in waiting), severity) for severity in SEVERITIES]
    said = listed([plural(count, severity) for count, severity in counts if count])
    if errors == 1:
        return say("held back until the error is mended: {findings}", findings=said)
    return say("held back until the errors are mended: {findings}", findings=said)
