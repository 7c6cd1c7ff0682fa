"""The error that points into an expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from cnn_shapes.words import both, say

BAD_EXPRESSION, UNKNOWN_NAME = "bad-expression", "unknown-name"


class ExpressionError(Exception):
    """What is wrong with an expression, and where.

    `rule` is `bad-expression`, `unknown-name` or `limit-exceeded`. `template.format_map(facts)` is the
    message; only the facts hold text of the user. `start` and `end` are character offsets in the expression's
    own text, equal where something is missing. `hint` is the text to put there instead, where that is known.
    """

    def __init__(
        self, rule: str, template: str, facts: dict[str, Any], start: int, end: int, hint: str | None = None
    ) -> None:
        super().__init__(template.format_map(facts))
        self.rule, self.template, self.facts = rule, template, facts
        self.start, self.end, self.hint = start, end, hint


class NotKnown(ExpressionError):
    """A name whose value cannot be known, because a layer before it failed: that is reported already."""

    def __init__(self, name: str) -> None:
        super().__init__(UNKNOWN_NAME, "{name} is not known", {"name": name}, 0, 0)


class SizeError(ExpressionError):
    """The size of an axis that what comes in does not have; the place is found where the name was read."""

    def __init__(self, name: str, axis: str, rank: int, others: Sequence[str]) -> None:
        template = "{name} is the {axis} that comes in, and " + (
            "a map with {rank} spatial {axes} has none: it has {others}"
            if rank
            else "a vector has none: c_in is the number of its features"
        )
        axes = "axis" if rank == 1 else "axes"
        facts = {
            "name": name,
            "axis": say(axis),
            "rank": rank,
            "axes": axes,
            "others": both(others),
        }
        super().__init__(BAD_EXPRESSION, template, facts, 0, 0)


class UnknownName(ExpressionError):
    """A name that nothing declares. What was meant is looked for only where somebody asks for the message."""

    def __init__(self, name: str, start: int, end: int, explain: Callable[[], ExpressionError]) -> None:
        Exception.__init__(self, name)
        self.rule, self.name, self.start, self.end, self._explain = UNKNOWN_NAME, name, start, end, explain

    @cached_property
    def explained(self) -> ExpressionError:
        """The same with its message."""
        return self._explain()

    def __getattr__(self, name: str) -> Any:
        if name in ("template", "facts", "hint"):
            return getattr(self.explained, name)
        raise AttributeError(name)

    def __str__(self) -> str:
        return str(self.explained)
