"""A YAML value with its expressions parsed once, to be evaluated for each set of names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import Findings, Fix, is_respelling
from cnn_shapes.language.expressions.error import UNKNOWN_NAME, ExpressionError, NotKnown, UnknownName
from cnn_shapes.layers import ADDED_WORDS, WORDS
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Span, TreeNode
from cnn_shapes.words import say

if TYPE_CHECKING:
    from cnn_shapes.language.expressions.parsing import Expression

Names = Mapping[str, Any]


class Value:
    """A number, boolean, word, null, list or mapping; `constant` where it has no names in it.

    `origin` is the value with its expressions, where they have been evaluated once and for all.
    """

    __slots__ = ("broken", "constant", "expression", "items", "names", "node", "origin", "raw")

    def __init__(self, node: TreeNode, raw: Any = None) -> None:
        self.node, self.raw = node, raw
        self.constant = True
        self.broken = False
        self.expression: Expression | None = None
        self.items: list[Value] | dict[str, Value] | None = None
        self.names: frozenset[str] = frozenset()
        self.origin: Value | None = None

    def settled(self, names: Names) -> Value:
        """This value with its expressions evaluated once and for all. Raises Unevaluated with its place."""
        value = Value(self.node, self.evaluate(names))
        value.names, value.origin = self.names, self
        return value

    def evaluate(self, names: Names) -> Any:
        """The raw value. Raises Unevaluated with its place."""
        if self.constant:
            return self.raw
        if self.expression is not None:
            try:
                return self.expression.evaluate(names)
            except ExpressionError as error:
                raise Unevaluated(error, self.node) from None
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
    """An expression in `node` that has no value with these names."""

    def __init__(self, error: ExpressionError, node: TreeNode) -> None:
        super().__init__()  # whoever wants the message asks the error: it may look for what was meant
        self.error, self.node = error, node

    def no_word(self, words: Collection[str], names: Collection[str]) -> str:
        """The text, where it is one unknown name: in a field of these words, a wrong one.

        Empty where a word or one of the names in scope was meant, which the error says then.
        """
        text = self.node.text if isinstance(self.node, Scalar) else ""
        if self.error.rule != UNKNOWN_NAME or self.error.facts.get("name") != text:
            return ""
        near = self.error.facts.get("near")
        return "" if near in words or near in names else text

    def report(self, findings: Findings) -> None:
        _report(self.error, self.node, findings)


def _report(error: ExpressionError, node: TreeNode, findings: Findings) -> None:
    if isinstance(error, NotKnown):
        return  # why it is not known is reported
    if isinstance(error, UnknownName):
        if error.name in findings.excused:
            return  # its declaration failed, and is reported
        if findings.crowded:
            findings.tell(error.rule, "unknown name {name}", span_of(node, error), name=error.name)
            return
    span, fix = span_of(node, error), _fix(error, node)
    if fix is None:
        findings.tell(error.rule, error.template, span, **error.facts)
    else:
        findings.suggest(error.rule, error.template, span, fix, **error.facts)


def _fix(error: ExpressionError, node: TreeNode) -> Fix | None:
    """The edit that an error's hint means, where YAML would still read the edited text as it is."""
    hint = error.hint
    if hint is None or error.start == error.end or not isinstance(node, Scalar):
        return None
    begin = _text_start(node)
    if begin is None:
        return None
    if hint.startswith("["):  # a list in place of the whole text, and of its quotes
        whole = error.end - error.start == len(node.text)
        return Fix(f"{node.text} -> {hint}", (Edit(node.span, hint),), safe=True) if whole else None
    # bare text ends at a comma of a flow mapping, and may not begin with a sign that YAML has a use for
    splits = "," in hint or (error.start == 0 and not re.match(r"[\w(]", hint))
    if node.plain and splits:
        return None
    found = node.text[error.start : error.end]
    title = f"{found} -> {hint.strip()}" if hint else say("leave out {names}", names=found)
    edit = Edit(Span(begin + error.start, begin + error.end), hint)
    return Fix(title, (edit,), safe=is_respelling(found, hint))


def _text_start(node: Scalar) -> int | None:
    """Where a scalar's text begins in the source; None where YAML has folded or escaped it."""
    quote = 0 if node.plain else 1
    return node.start + quote if node.end - node.start - 2 * quote == len(node.text) else None


def span_of(node: TreeNode, error: ExpressionError) -> Span:
    """The characters that an error of an expression means; the whole value where they cannot be found."""
    if not isinstance(node, Scalar) or (begin := _text_start(node)) is None:
        return node.span
    start, end = begin + error.start, begin + error.end
    if start < end:
        return Span(start, end)
    # something is missing here: point at the word or sign before, so that there is one to see
    if start >= begin + len(node.text):
        before = re.search(r"(\w+|\S)\s*\Z", node.text)
        return Span(begin + before.start(), end) if before else node.span
    return Span(start, end + 1)


def read_value(
    node: TreeNode, findings: Findings, words: tuple[str, ...] = (), verbatim: bool = False
) -> Value:
    """Parse the expressions in a value. What cannot be parsed is reported and leaves a broken value."""
    value = Value(node)
    if isinstance(node, Scalar):
        raw = node.value
        # a word that was added is an expression, in which a name of the file wins over it
        if not isinstance(raw, str) or verbatim or (raw in words and raw not in ADDED_WORDS):
            value.raw = raw
            return value
        if not words and raw in WORDS and raw not in ADDED_WORDS:
            value.raw = raw
            return value
        _parse(value, node.text, findings)
        return value
    if isinstance(node, Sequence):
        return composed(node, [read_value(item, findings, words, verbatim) for item in node.items])
    return composed(node, {key.text: read_value(item, findings, words, verbatim) for key, item in node.pairs})


def composed(node: TreeNode, items: list[Value] | dict[str, Value]) -> Value:
    """The value of a list or mapping of values."""
    value = Value(node)
    value.items = items
    parts = list(items.values()) if isinstance(items, dict) else items
    value.constant = all(item.constant for item in parts)
    value.broken = any(item.broken for item in parts)
    value.names = frozenset().union(*(item.names for item in parts))
    if value.constant:
        raw = [item.raw for item in parts]
        value.raw = dict(zip(items, raw, strict=True)) if isinstance(items, dict) else raw
    return value


def broken_value(node: TreeNode) -> Value:
    """A value that is reported already."""
    value = Value(node)
    value.broken = True
    return value


def _parse(value: Value, text: str, findings: Findings) -> None:
    from cnn_shapes.language.expressions.parsing import parse  # most specs have none

    try:
        expression = parse(text, WORDS)
        if expression.constant:
            value.raw = expression.evaluate({})
            return
    except ExpressionError as error:
        value.broken = True
        _report(error, value.node, findings)
        return
    value.expression, value.constant, value.names = expression, False, expression.names
