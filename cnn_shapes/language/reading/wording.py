"""How messages name what they found, and two that recur: a value of the wrong kind, an unknown key."""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnostics import Findings, Fix, is_respelling
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Span, TreeNode
from cnn_shapes.words import Said, say

# the rules that a reader of entries, blocks or the top level reports
BAD_VALUE, MISSING_FIELD, WRONG_INPUTS = "bad-value", "missing-field", "wrong-inputs"
UNKNOWN_KEY, UNKNOWN_LAYER = "unknown-key", "unknown-layer"
DUPLICATE_NAME, RECURSIVE_BLOCK = "duplicate-name", "recursive-block"


def must_be(
    findings: Findings, name: str, expected: str, found: Any, span: Span | None = None, **facts: Any
) -> None:
    """Report that `found`, a YAML node or an evaluated value, is not what `name` must be.

    Without a span, a node is underlined itself.
    """
    node = isinstance(found, Map | Sequence | Scalar)
    findings.tell(
        BAD_VALUE,
        "{name} must be {expected}, found {found}",
        span if span is not None else head(found),
        name=name,
        expected=expected if isinstance(expected, Said) else say(expected),
        found=kind_of(found) if node else shown(found),
        **facts,
    )


def unknown_key(
    findings: Findings,
    key: Scalar,
    owner: str,
    candidates: list[str],
    shown: list[str],
    meant: str | None = None,
    value: TreeNode | None = None,
    beside: TreeNode | None = None,
) -> str | None:
    """Report a key that `owner` does not have; `shown` are those of the candidates that the message lists.

    `meant` is the candidate that the key is another word for; else the one that is spelled most alike counts.
    `value` is what is under it: names in it are not missed later. `beside` is the mapping that it is in: what
    is a key there already cannot be written a second time. Returns the candidate that was probably
    meant: that it is missing has the same cause, and is not reported.
    """
    if not isinstance(key.value, str):
        return None  # a key that is not a word is reported already
    findings.excuse(value)
    near = meant or findings.meant(key.text, candidates)
    if near and isinstance(beside, Map) and beside.get(near) is not None:
        findings.tell(
            UNKNOWN_KEY,
            "{owner} has no {word}, and {near} is there already: leave {word} out",
            key.span,
            owner=owner,
            word=key.text,
            near=near,
        )
    elif near:
        findings.suggest(
            UNKNOWN_KEY,
            "{owner} has no {word}: did you mean {near}?",
            key.span,
            rename(key, near, safe=meant is None),
            owner=owner,
            word=key.text,
            near=near,
        )
    else:
        findings.tell(
            UNKNOWN_KEY,
            "{owner} has no {word}: it takes {allowed}",
            key.span,
            owner=owner,
            word=key.text,
            allowed=", ".join(shown),
        )
    return near


def rename(key: Scalar, name: str, safe: bool = True) -> Fix:
    return Fix(f"{key.text} -> {name}", (Edit(key.span, name),), safe and is_respelling(key.text, name))


def kind_of(node: TreeNode) -> str:
    """What a node is, in the user's words."""
    if isinstance(node, Map):
        return say("a mapping" if node.pairs else "an empty mapping")
    if isinstance(node, Sequence):
        return say("a list" if node.items else "an empty list")
    return node.text if node.text else say("nothing")


def is_empty(node: TreeNode) -> bool:
    """Whether a key has nothing, `~` or null after it."""
    return isinstance(node, Scalar) and node.value is None


def shown(raw: Any) -> str:
    """An evaluated value as the user would write it."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if raw is None:
        return say("nothing")
    if isinstance(raw, list):
        return f"[{', '.join(map(shown, raw))}]"
    if isinstance(raw, dict):
        return f"{{{', '.join(f'{key}: {shown(value)}' for key, value in raw.items())}}}"
    if isinstance(raw, int) and abs(raw) > 10**15:
        return say("a number beyond 2**31-1")
    return str(raw)


def head(node: TreeNode) -> Span:
    """The span to underline: the whole of a short value, the first key or item of a long one."""
    if isinstance(node, Map) and node.pairs and not node.flow:
        return node.pairs[0][0].span
    if isinstance(node, Sequence) and node.items and not node.flow:
        return Span(node.start, min(node.end, node.start + 1))
    return node.span
