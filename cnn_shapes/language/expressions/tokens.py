"""The text of an expression, cut into tokens."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Protocol

from cnn_shapes.language.expressions.error import BAD_EXPRESSION, ExpressionError

KEYWORDS = {"and", "or", "not", "if", "else"}
# compiled where the first expression needs them: most specs have none
_TOKEN = r"""\s*(?:
    (?P<number>\.?[0-9](?:(?<=[eE])[-+]|[\w.])*)
  | (?P<name>(?:[A-Za-z_]|[^\x00-\x7f\s])(?:\w|[^\x00-\x7f\s])*)
  | (?P<foreign>===|!==|<>|=>|=<|&&|\|\||\$\{|\{\{)
  | (?P<symbol>\*\*|//|==|!=|<=|>=|[-+*/%<>(),[\]])
  | (?P<other>\S)
  | (?P<end>\Z))"""
_NUMBER = r"([0-9]+)|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_FACTOR = r"([0-9]+|[0-9]*\.[0-9]+)((?![xX]|[eE][0-9]*\Z)[^\W\d_]\w*)"
# What is written in other languages, or typed on other keyboards, and what to write instead.
INSTEAD = {
    "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not", "=": "==", "===": "==", "!==": "!=",
    "<>": "!=", "=>": ">=", "=<": "<=", "×": "*", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=",
    "≠": "!=", "，": ",", "（": "(", "）": ")", "is": "==", "^": "**",
}  # fmt: skip
NO_MEANING = "{found} has no meaning here: write {instead}"
AS_LIST = "a list is written in square brackets: write {listed}"
_CLOSING = {"(": ")", "[": "]"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_SIZES = r"[1-9][0-9]*(?:[xX][1-9][0-9]*)+"
_BARE = "write the expression bare, without {wrapper}"
_REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "${": (_BARE, {"wrapper": "${}"}),
    "$": (_BARE, {"wrapper": "$"}),
    "{{": (_BARE, {"wrapper": "{{}}"}),
    "{": (_BARE, {"wrapper": "{}"}),
    ".": ("no attributes: a name has no dots", {}),
    "'": ("no quotes inside an expression: write the word bare", {}),
    '"': ("no quotes inside an expression: write the word bare", {}),
    "?": ("no ?: operator: write a if condition else b", {}),
    ":": ("no colon inside an expression: write a choice as a if condition else b", {}),
}


class UnbalancedParenthesis(ExpressionError):
    """A parenthesis without its partner: in a flow mapping, YAML has split it at a comma."""


class Token(NamedTuple):
    kind: str  # number, name, symbol (keywords too) or end
    text: str
    start: int
    end: int


class TokenSpan(Protocol):
    """Whatever is somewhere in the text: a token, or a part that was read out of several."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def whole_text(text: str) -> Token:
    return Token("text", text, 0, len(text))


def error_at(
    place: TokenSpan,
    template: str,
    hint: str | None = None,
    rule: str = BAD_EXPRESSION,
    **facts: Any,
) -> ExpressionError:
    return ExpressionError(rule, template, facts, place.start, place.end, hint)


def tokenize(text: str) -> list[Token]:
    tokens: list[Token] = []
    pattern = re.compile(_TOKEN, re.VERBOSE)
    place = 0
    while not tokens or tokens[-1].kind != "end":
        match = pattern.match(text, place)
        assert match is not None  # `other` and `end` leave nothing unmatched
        kind, place = str(match.lastgroup), match.end()
        token = Token(kind, match[kind], match.start(kind), place)
        if kind == "name":
            if not token.text.isidentifier():
                size = next(n for n in range(1, len(token.text) + 1) if not token.text[:n].isidentifier())
                end = token.start + size
                raise _foreign(text, Token("other", text[end - 1], end - 1, end))
            if token.text in KEYWORDS:
                token = token._replace(kind="symbol")
        elif kind == "end" and tokens:
            token = token._replace(start=tokens[-1].end, end=tokens[-1].end)
        elif kind == "number" and not re.fullmatch(_NUMBER, token.text):
            raise _no_number(token)
        elif kind in ("foreign", "other"):
            if (
                token.text == "="
                and [t.kind for t in tokens[-2:]] == ["symbol", "name"]
                and tokens[-2].text in "(,"
            ):
                named = tokens[-1]._replace(end=place)
                template = "values of a call have no names: leave out {name}="
                raise error_at(named, template, hint="", name=named.text)
            raise _foreign(text, token)
        tokens.append(token)
    return tokens


def _foreign(text: str, token: Token) -> ExpressionError:
    """The error for a character or an operator that the language does not have."""
    found, before = token.text, text[: token.start]
    if found == ":" and before.count("[") > before.count("]"):
        name = before[: before.rindex("[")].rpartition(" ")[2] or "it"
        template = "no part of a list with a colon: name each element, as in [{name}[0], {name}[1]]"
        return error_at(token, template, name=name)
    if found in _REFUSED:
        template, facts = _REFUSED[found]
        return error_at(token, template, **facts)
    instead = hint = INSTEAD.get(found)
    if instead is None:
        return error_at(token, "unexpected character {found}", found=found)
    if instead.isalpha():  # `a&&b` must not become `aandb`
        after = text[token.end :]
        hint = " " * (before[-1:].strip(" (") != "") + instead + " " * (after[:1].strip() != "")
    return error_at(token, NO_MEANING, hint, found=found, instead=instead)


def as_list(text: str) -> str | None:
    """`(3, 3)` or `3, 3` as a list of YAML; None where commas separate the values of a call."""
    if "," not in text or not re.fullmatch(r"[-\w\s.,()]+", text) or re.search(r"[\w.)]\s*\(", text):
        return None
    listed = text.strip().translate(str.maketrans("()", "[]"))
    depth, closes = 0, 0  # `closes`: where the first bracket ends
    for place, character in enumerate(listed):
        depth += (character == "[") - (character == "]")
        if depth < 0:
            return None
        closes = closes or (place if depth == 0 else 0)
    if depth:
        return None
    return listed if listed[0] == "[" and closes == len(listed) - 1 else f"[{listed}]"


def _no_number(token: Token) -> ExpressionError:
    if re.fullmatch(_SIZES, token.text):
        listed = f"[{', '.join(re.split('[xX]', token.text))}]"
        return error_at(token, AS_LIST, listed, listed=listed)
    factor = re.fullmatch(_FACTOR, token.text)
    if factor is None or factor[2] in KEYWORDS:
        return error_at(token, "{found} is not a decimal number", found=token.text)
    product = f"{factor[1]}*{factor[2]}"
    template = "{found} is not a number: write {product} to multiply"
    return error_at(token, template, product, found=token.text, product=product)


def check_parentheses(tokens: list[Token]) -> None:
    """Before anything else is judged: half an expression has other faults too, that are not the user's."""
    still_open: list[Token] = []
    for token in tokens:
        if token.text in _CLOSING:
            still_open.append(token)
        elif token.text in _OPENING and (not still_open or still_open.pop().text != _OPENING[token.text]):
            raise _unbalanced(token, _OPENING[token.text])
    if still_open:
        raise _unbalanced(still_open[-1], _CLOSING[still_open[-1].text])


def _unbalanced(token: Token, missing: str) -> ExpressionError:
    facts = {"found": token.text, "missing": missing}
    what = "parenthesis" if missing in "()" else "bracket"
    template = f"unbalanced {what}: this {{found}} has no {{missing}}"
    return UnbalancedParenthesis(BAD_EXPRESSION, template, facts, token.start, token.end)
