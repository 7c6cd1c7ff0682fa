"""The YAML of a spec as a tree in which every value knows its place; YAML 1.2 core scalars."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from cnn_shapes.source.text import Problem, Span


class Scalar:
    """A single value. `text` is what YAML reads, `value` what it means; the span includes quotes."""

    __slots__ = ("end", "plain", "start", "text", "value")

    def __init__(self, text: str, start: int, end: int, plain: bool, value: Any) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.plain = plain
        self.value = value

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Sequence:
    """A list. A block-style one ends where its last item does, a flow-style one after its bracket."""

    __slots__ = ("end", "flow", "items", "start")

    def __init__(self, start: int, flow: bool) -> None:
        self.items: list[TreeNode] = []
        self.start = start
        self.end = start
        self.flow = flow

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Map:
    """A mapping: its pairs in written order, those of `<<` last; `merged` names the keys of these."""

    __slots__ = ("_values", "end", "flow", "merged", "pairs", "start")

    def __init__(self, start: int, flow: bool) -> None:
        self.pairs: list[tuple[Scalar, TreeNode]] = []
        self.start = start
        self.end = start
        self.flow = flow
        self.merged: set[str] | None = None
        self._values: dict[str, TreeNode] = {}

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    def get(self, key: str) -> TreeNode | None:
        return self._values.get(key)


TreeNode = Scalar | Sequence | Map


class Document(NamedTuple):
    """The tree of a text. `root` is None for an empty text and where the text is not YAML."""

    root: TreeNode | None
    problems: list[Problem]


_HUGE = 10**40  # beyond every bound, and cheap to compare and to print
WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"  # compiled where a text has one


@lru_cache(4096)  # many specs are full of the same words
def resolve(text: str) -> Any:
    """What an unquoted scalar means in the core schema of YAML 1.2 (section 10.3.2)."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in "0123456789-+.":
        return text
    if _INT.fullmatch(text):
        if text[:2] in ("0o", "0x"):
            return min(int(text[2:], 8 if text[1] == "o" else 16), _HUGE)
        digits = text.lstrip("+-").lstrip("0")
        value = _HUGE if len(digits) > 40 else int(digits or "0")
        return -value if text[0] == "-" else value
    return float(text) if re.compile(_FLOAT).fullmatch(text) else text
