"""Reads a `params` mapping, of the file or of a block: names, and values that are not expressions."""

from __future__ import annotations

import re

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.expressions.functions import FUNCTIONS
from cnn_shapes.language.expressions.parsing import BOOLEANS
from cnn_shapes.language.expressions.tokens import KEYWORDS
from cnn_shapes.language.reading.common import COMMON
from cnn_shapes.language.reading.wording import BAD_VALUE, head, must_be
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.source import Map, Scalar, Span, TreeNode

_VALUE_NAME = r"[^\W\d]\w*"


def read_params(node: TreeNode, findings: Findings) -> list[tuple[Scalar, Scalar]]:
    """The pairs whose names and values are fit to be params; the others are reported."""
    if not isinstance(node, Map):
        must_be(findings, "params", "a mapping from name to value", node)
        findings.excuse(node)
        return []
    pairs = []
    for key, value in node.pairs:
        if not is_value_name(key, findings):
            continue
        if isinstance(value, Scalar) and value.value is not None and _is_param(value):
            pairs.append((key, value))
        else:
            span = head(value) if value.span != Span(0, 0) else key.span
            expected = "a number, true, false or a word, never an expression"
            must_be(findings, f"the param {key.text}", expected, value, span)
            findings.excused.add(key.text)
    return pairs


def is_value_name(key: Scalar, findings: Findings) -> bool:
    """Whether expressions can use a name; if not, it is reported."""
    if not isinstance(key.value, str):  # reported where YAML was read
        return False
    if key.text in (*COMMON, "c_in", *KEYWORDS, *BOOLEANS, *FUNCTIONS):
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


def _is_param(node: Scalar) -> bool:
    value = node.value
    if isinstance(value, str):
        return bool(re.fullmatch(_VALUE_NAME, value))
    return isinstance(value, bool) or -LARGEST <= value <= LARGEST
