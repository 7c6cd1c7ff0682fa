"""Reads a `params` mapping, of the file or of a block: names, and values that may use the params above."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, TypeGuard

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.expressions.functions import RESERVED
from cnn_shapes.language.expressions.parsing import BOOLEANS
from cnn_shapes.language.expressions.tokens import KEYWORDS
from cnn_shapes.language.reading.common import COMMON
from cnn_shapes.language.reading.wording import BAD_VALUE, head, must_be
from cnn_shapes.language.values import Value, read_value
from cnn_shapes.layers import WORDS
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.shapes import listed
from cnn_shapes.source import Map, Scalar, Sequence, Source, Span, TreeNode, read_yaml, resolve
from cnn_shapes.words import say

_LONGEST = 10_000  # characters of a list that is given on a command line
_VALUE_NAME = r"[^\W\d]\w*"


EXPECTED = "a number, true, false, a word or a list of these"


def read_params(
    node: TreeNode, findings: Findings, known: Collection[str] = ()
) -> list[tuple[Scalar, Value]]:
    """The pairs whose names and values are fit to be params; the others are reported.

    A value is an expression where it is the name of a param above it or one of `known`, or more than a name.
    """
    if not isinstance(node, Map):
        must_be(findings, "params", "a mapping from name to value", node)
        findings.excuse(node)
        return []
    pairs: list[tuple[Scalar, Value]] = []
    above: dict[str, None] = dict.fromkeys(known)
    for key, node_of_value in node.pairs:
        if not is_value_name(key, findings):
            continue
        value = _read_param(key, node_of_value, above, findings)
        if value is None:
            findings.excused.add(key.text)
        else:
            pairs.append((key, value))
        above[key.text] = None
    return pairs


def _read_param(key: Scalar, node: TreeNode, above: Collection[str], findings: Findings) -> Value | None:
    """The value of a param; None where it is reported."""
    if isinstance(node, Sequence):
        wrong = next((item for item in node.items if not _is_constant(item)), None)
        named = next((item for item in node.items if _is_param(item, above)), None)
        if named is not None:
            findings.tell(
                BAD_VALUE,
                "the param {key} is a list of numbers, true, false and words, in which {name} would be "
                "a word, not the value of {name}: write the value",
                named.span,
                key=key.text,
                name=named.text,
            )
            return None
        if wrong is None:
            return Value(node, [item.value for item in node.items if isinstance(item, Scalar)])
        expected = "a list of numbers, true, false and words"
        must_be(findings, say("the param {name}", name=key.text), expected, wrong, head(wrong))
        return None
    if isinstance(node, Scalar) and _is_constant(node) and not _is_param(node, above):
        return Value(node, node.value)
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.text:
        span = head(node) if node.span != Span(0, 0) else key.span
        must_be(findings, say("the param {name}", name=key.text), EXPECTED, node, span)
        return None
    value = read_value(node, findings)
    unknown = [] if value.broken else sorted(value.names.difference(above, WORDS))
    for name in unknown:
        template = "unknown name {name}: the value of a param may use the params above it, " + (
            "which are {names}" if above else "and there are none"
        )
        facts = {"name": name, "names": listed([*above])}
        findings.tell(UNKNOWN_NAME, template, node.span, **facts)
    return None if value.broken or unknown else value


def is_value_name(key: Scalar, findings: Findings) -> bool:
    """Whether expressions can use a name; if not, it is reported."""
    if not isinstance(key.value, str):  # reported where YAML was read
        return False
    if key.text in (*COMMON, "c_in", *KEYWORDS, *BOOLEANS, *RESERVED):
        findings.tell(
            BAD_VALUE, "a param cannot be called {name}: it has a meaning already", key.span, name=key.text
        )
        findings.excused.add(key.text)
        return False
    if re.fullmatch(_VALUE_NAME, key.text):
        return True
    findings.tell(
        BAD_VALUE,
        "a name in params or let has letters, digits and _ only, found {name}",
        key.span,
        name=key.text,
    )
    findings.excused.add(key.text)
    return False


def given_value(text: str) -> Any:
    """The value of a param that is given on a command line, `3`, `relu` or `[1, 2]`; None for other text."""
    if not text.startswith("["):
        return resolve(text)
    root = read_yaml(Source("", text)).root if len(text) <= _LONGEST else None
    items = root.items if isinstance(root, Sequence) else [root]
    return (
        [item.value for item in items if isinstance(item, Scalar)] if all(map(_is_constant, items)) else None
    )


def is_value(value: Any) -> bool:
    """Whether a param can have this value."""
    if isinstance(value, list):
        return all(not isinstance(item, list) and is_value(item) for item in value)
    if isinstance(value, str):
        return value.isidentifier()
    return isinstance(value, int | float) and -LARGEST <= value <= LARGEST


def _is_param(node: TreeNode, above: Collection[str]) -> TypeGuard[Scalar]:
    """Whether a value is the name of a param that is declared, and no word of a field."""
    return isinstance(node, Scalar) and node.text in above and node.text not in WORDS


def _is_constant(node: TreeNode | None) -> bool:
    if not isinstance(node, Scalar) or node.value is None:
        return False
    value = node.value
    if isinstance(value, str):
        return bool(re.fullmatch(_VALUE_NAME, value))
    return isinstance(value, bool) or -LARGEST <= value <= LARGEST
