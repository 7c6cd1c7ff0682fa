"""A YAML value with its expressions parsed once, to be evaluated for each set of names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.diagnostics import Findings
from cnn_shapes.layers import WORDS
from cnn_shapes.source import Map, Node, Scalar, Sequence, Span
from cnn_shapes.spec.expressions import Expression, ExpressionError, parse

Names = Mapping[str, Any]


class Value:
    """A number, boolean, word, null, list or mapping; `constant` where it has no names in it."""

    __slots__ = ("broken", "constant", "expression", "items", "names", "node", "raw")

    def __init__(self, node: Node, raw: Any = None) -> None:
        self.node, self.raw = node, raw
        self.constant = True
        self.broken = False
        self.expression: Expression | None = None
        self.items: list[Value] | dict[str, Value] | None = None
        self.names: frozenset[str] = frozenset()

    def evaluate(self, names: Names) -> Any:
        """The raw value. Raises Unevaluated with its place."""
        if self.constant:
            return self.raw
        if self.expression is not None:
            try:
                return self.expression.evaluate(names)
            except ExpressionError as error:
                raise Unevaluated(error, span_of(self.node, error)) from None
        if isinstance(self.items, dict):
            return {key: item.evaluate(names) for key, item in self.items.items()}
        return [item.evaluate(names) for item in self.items or ()]

    def locate(self, path: tuple[int | str, ...]) -> Span:
        """The span of a part of this value: `path` is positions in lists and keys of mappings."""
        node = self.node
        for step in path:
            if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            elif isinstance(node, Map) and isinstance(step, str):
                node = node.get(step) or node
            else:
                break
        return node.span


class Unevaluated(Exception):
    """An expression that has no value with these names."""

    def __init__(self, error: ExpressionError, span: Span) -> None:
        super().__init__(str(error))
        self.error, self.span = error, span

    def report(self, findings: Findings) -> None:
        findings.tell(self.error.rule, self.error.template, self.span, **self.error.facts)


def span_of(node: Node, error: ExpressionError) -> Span:
    """The characters that an error of an expression means; the whole value where YAML has folded or escaped it."""
    if not isinstance(node, Scalar):
        return node.span
    quote = 0 if node.plain else 1
    if node.end - node.start - 2 * quote != len(node.text):
        return node.span
    start, end = node.start + quote + error.start, node.start + quote + error.end
    if start == end:  # something is missing here: point at the character before, so that there is one to see
        return (
            Span(max(node.start, start - 1), max(node.start + 1, end))
            if start >= node.end
            else Span(start, end + 1)
        )
    return Span(start, end)


def read_value(node: Node, findings: Findings, words: tuple[str, ...] = (), verbatim: bool = False) -> Value:
    """Parse the expressions in a value. What cannot be parsed is reported and leaves a broken value."""
    value = Value(node)
    if isinstance(node, Scalar):
        raw = node.value
        if not isinstance(raw, str) or verbatim or raw in words:
            value.raw = raw
            return value
        if not words and raw in WORDS:
            value.raw = raw
            return value
        _parse(value, node.text, findings)
        return value
    if isinstance(node, Sequence):
        items = [read_value(item, findings, words, verbatim) for item in node.items]
        value.items = items
        parts = items
    else:
        mapped = {key.text: read_value(item, findings, words, verbatim) for key, item in node.pairs}
        value.items = mapped
        parts = list(mapped.values())
    value.constant = all(item.constant for item in parts)
    value.broken = any(item.broken for item in parts)
    value.names = frozenset().union(*(item.names for item in parts))
    if value.constant:
        value.raw = (
            [item.raw for item in parts]
            if isinstance(value.items, list)
            else dict(zip(value.items, [item.raw for item in parts], strict=True))
        )
    return value


def _parse(value: Value, text: str, findings: Findings) -> None:
    try:
        expression = parse(text, WORDS)
        if expression.constant:
            value.raw = expression.evaluate({})
            return
    except ExpressionError as error:
        value.broken = True
        findings.tell(error.rule, error.template, span_of(value.node, error), **error.facts)
        return
    value.expression, value.constant, value.names = expression, False, expression.names
