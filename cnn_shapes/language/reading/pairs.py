"""The pairs of a mapping, also where YAML splits an expression in it at a comma: `{filters: min(a, b)}`."""

from __future__ import annotations

from cnn_shapes.diagnostics import Findings, Fix
from cnn_shapes.language.expressions.error import BAD_EXPRESSION
from cnn_shapes.source import Edit, Map, Scalar, Source, Span, TreeNode

_LONGEST = 1_000


def pairs_of(body: Map, source: Source, findings: Findings) -> list[tuple[Scalar, TreeNode | None]]:
    """The pairs; a value that YAML has split is reported and None, and its other pieces are left out."""
    if not body.flow or "(" not in source.text[body.start : body.end]:
        return [*body.pairs]
    kept: list[tuple[Scalar, TreeNode | None]] = []
    skip_to = -1
    for key, value in body.pairs:
        if key.start < skip_to:
            continue
        if isinstance(value, Scalar) and value.plain and value.text.count("(") > value.text.count(")"):
            end = _closing(source.text, value.start)
            if end is not None and end > value.end:
                skip_to = end
                _report(Span(value.start, end), source, findings)
                kept.append((key, None))
                continue
        kept.append((key, value))
    return kept


def _report(span: Span, source: Source, findings: Findings) -> None:
    from cnn_shapes.language.expressions.tokens import (  # a spec without such a slip needs none of it
        AS_LIST,
        as_list,
    )

    text = source.text[span.start : span.end]
    listed = as_list(text)
    if listed is not None:
        fix = Fix(f"{text} -> {listed}", (Edit(span, listed),), safe=True)
        findings.suggest(BAD_EXPRESSION, AS_LIST, span, fix, listed=listed)
        return
    findings.suggest(
        BAD_EXPRESSION,
        "unbalanced parenthesis: quote the expression, because YAML splits {text} at its comma",
        span,
        Fix(f'"{text}"', (Edit(span, f'"{text}"'),), safe=True),
        text=text,
    )


def _closing(text: str, start: int) -> int | None:
    """The offset after the parenthesis that closes the first one at or after `start`, on the same line."""
    depth = 0
    for offset in range(start, min(len(text), start + _LONGEST)):
        if text[offset] == "(":
            depth += 1
        elif text[offset] == ")":
            depth -= 1
            if depth == 0:
                return offset + 1
        elif text[offset] in "\r\n":
            return None
    return None
