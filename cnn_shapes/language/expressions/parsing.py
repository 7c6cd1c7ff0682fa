"""The expressions of a spec, `4*c` or `s if i == 0 else 1`: parsed once, then evaluated many times.

The operators, their precedence and their results are Python's, over integers, floats, booleans and words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.expressions import evaluation
from cnn_shapes.language.expressions.error import UNKNOWN_NAME, ExpressionError
from cnn_shapes.language.expressions.evaluation import (
    LEAST,
    MAX_INTEGER,
    NO_NUMBERS,
    Operand,
    Run,
    Value,
    settle,
)
from cnn_shapes.language.expressions.functions import FUNCTIONS
from cnn_shapes.language.expressions.tokens import (
    AS_LIST,
    INSTEAD,
    NO_MEANING,
    Token,
    TokenSpan,
    UnbalancedParenthesis,
    as_list,
    check_parentheses,
    error_at,
    tokenize,
    whole_text,
)
from cnn_shapes.source import LIMIT_EXCEEDED
from cnn_shapes.words import say

__all__ = [
    "FUNCTIONS",
    "MAX_INTEGER",
    "MAX_LENGTH",
    "MAX_NESTING",
    "Expression",
    "ExpressionError",
    "UnbalancedParenthesis",
    "Value",
    "parse",
]

MAX_LENGTH = 1_000
MAX_NESTING = 100
_LEVELS = {"or": 1, "and": 2, "not": 3}
_LEVELS |= dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 4)
_LEVELS |= {"+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6}
_OR, _NOT, _UNARY = 1, 3, 7  # a power binds more tightly than all: `-2**2` is -4
BOOLEANS = {"True": True, "False": False, "true": True, "false": False}


class Expression:
    """A parsed expression.

    `names` are its free names, words of a word field among them; `numbers` is (start, end, value) of each
    integer literal; `name` is the name where the whole expression is one; `constant`: it has no names.
    """

    __slots__ = ("_run", "constant", "name", "names", "numbers", "text")

    def __init__(
        self,
        text: str,
        names: frozenset[str],
        numbers: tuple[tuple[int, int, int], ...],
        name: str | None,
        run: Run,
    ) -> None:
        self.text, self.names, self.numbers, self.name, self._run = text, names, numbers, name, run
        self.constant = not names

    def evaluate(self, env: Mapping[str, Value]) -> Value:
        """The value with the names of `env`; raises ExpressionError."""
        try:
            value: Value = self._run(env)
        except RecursionError:
            raise _too_deep(whole_text(self.text)) from None
        if not isinstance(value, NO_NUMBERS) and not LEAST <= value <= MAX_INTEGER:
            settle(value, whole_text(self.text), self.text)
        return value


def parse(text: str, words: frozenset[str] = frozenset()) -> Expression:
    """Parse an expression; raises ExpressionError.

    A name in `words` that the environment does not hold evaluates to itself: `relu`, `same`.
    """
    if len(text) > MAX_LENGTH:
        place = Token("text", text, MAX_LENGTH, MAX_LENGTH + 1)
        template = (
            "this expression has {length:,} characters, at most {limit:,} are allowed: use let for its parts"
        )
        raise error_at(place, template, rule=LIMIT_EXCEEDED, length=len(text), limit=MAX_LENGTH)
    parser = _Parser(text, words)
    try:
        whole = parser.conditional()
    except RecursionError:
        raise _too_deep(whole_text(text)) from None
    if parser.token.kind != "end":
        raise parser.leftover(parser.token)
    name = parser.tokens[0].text if len(parser.tokens) == 2 and parser.names else None
    return Expression(text, frozenset(parser.names), tuple(parser.numbers), name, whole.run)


class _Parser:
    """A Pratt parser: each method reads one part and returns the closure that computes it."""

    def __init__(self, text: str, words: frozenset[str]) -> None:
        self.text, self.words = text, words
        self.tokens = tokenize(text)
        check_parentheses(self.tokens)
        self.index = self.depth = 0
        self.names: set[str] = set()
        self.numbers: list[tuple[int, int, int]] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def take(self, symbol: str) -> bool:
        token = self.tokens[self.index]
        taken = token.kind == "symbol" and token.text == symbol
        self.index += taken
        return taken

    def operand(self, run: Run, start: int) -> Operand:
        end = self.tokens[self.index - 1].end
        return Operand(run, start, end, self.text[start:end])

    def conditional(self) -> Operand:
        """`a if b else c if d else e`, as one flat list, so that a long one does not nest."""
        last = self.binary(_OR)
        start = last.start
        branches: list[tuple[Run, Run]] = []
        while self.take("if"):
            condition = self.binary(_OR)
            if not self.take("else"):
                if self.token.kind in ("name", "number") or self.token.text == "(":
                    raise self.leftover(self.token)
                raise error_at(self.token, "else is missing: write a if condition else b")
            branches.append((last.run, condition.run))
            last = self.binary(_OR)
        return self.operand(evaluation.conditional(branches, last.run), start) if branches else last

    def binary(self, level: int) -> Operand:
        """Operators that bind at least as tightly as `level`; those of one level are one flat chain."""
        left = self.prefix(level)
        while (found := self.infix_level()) >= level:
            operands, symbols = [left], []
            while self.infix_level() == found:
                symbols.append(self.advance())
                operands.append(self.binary(found + 1))
            left = self.operand(evaluation.chain(operands, symbols), left.start)
        return left

    def infix_level(self) -> int:
        token = self.tokens[self.index]
        return _LEVELS.get(token.text, 0) if token.kind == "symbol" and token.text != "not" else 0

    def prefix(self, level: int) -> Operand:
        token = self.token
        text = token.text
        if token.kind in ("number", "name") or text == "(":
            return self.power()
        self.advance()
        if text == "not" and level > _NOT:
            raise error_at(token, "put parentheses around not and its value")
        if text not in ("-", "+", "not"):
            raise self.missing_value(token)
        self.nest(token)
        if text == "not":
            run = evaluation.negation(self.binary(_NOT).run)
        else:
            run = evaluation.sign(token, self.binary(_UNARY))
        self.depth -= 1
        return self.operand(run, token.start)

    def power(self) -> Operand:
        """A value, and what is written after it: elements of a list, a power."""
        value = self.value()
        while (symbol := self.tokens[self.index]).text == "[" and symbol.kind == "symbol":
            self.nest(self.advance())
            index = self.conditional()
            self.close("]")
            self.depth -= 1
            value = self.operand(evaluation.element(value, index), value.start)
        if symbol.text != "**" or not self.take("**"):
            return value
        self.nest(symbol)
        exponent = self.binary(_UNARY)  # from the right: 2**3**2 is 2**9
        self.depth -= 1
        return self.operand(evaluation.power(value, symbol, exponent), value.start)

    def value(self) -> Operand:
        token = self.advance()
        text, start = token.text, token.start
        if token.kind == "number":
            return self.operand(evaluation.constant(self.number(token)), start)
        if token.kind == "name" and self.take("("):
            return self.operand(self.call(token), start)
        if token.kind == "name" and text in BOOLEANS:
            return self.operand(evaluation.constant(BOOLEANS[text]), start)
        if token.kind == "name":
            self.names.add(text)
            return self.operand(evaluation.name(token, self.words), start)
        self.nest(token)
        run = self.conditional().run
        self.close(")")
        self.depth -= 1
        return self.operand(run, start)

    def number(self, token: Token) -> int | float:
        if not token.text.isdigit():
            value = float(token.text)
            if math.isinf(value):
                raise error_at(token, "this number is too large")
            return value
        whole = int(token.text)
        if whole > MAX_INTEGER:
            raise error_at(token, "this number is too large: integers end at {limit:,}", limit=MAX_INTEGER)
        self.numbers.append((token.start, token.end, whole))
        return whole

    def call(self, token: Token) -> Run:
        name = token.text
        function = FUNCTIONS.get(name)
        if function is None:
            near = closest(name, FUNCTIONS)
            template = "unknown function {name}: " + (
                "did you mean {near}?" if near else "the functions are {near}"
            )
            raise error_at(token, template, near, UNKNOWN_NAME, name=name, near=near or ", ".join(FUNCTIONS))
        self.nest(token)
        arguments: list[Operand] = []
        if not self.take(")"):
            arguments.append(self.conditional())
            while self.take(","):
                arguments.append(self.conditional())
            self.close(")")
        self.depth -= 1
        least, most, count = function.least, function.most, len(arguments)
        if count < least or (most is not None and count > most):
            wanted = f"{least}"
            if most is None:
                wanted = say("{least} or more", least=least)
            elif least != most:
                wanted = say("{first} or {last}", first=least, last=most)
            template = (
                "{function} takes {wanted} " + ("value" if wanted == "1" else "values") + ", not {count}"
            )
            raise error_at(token, template, function=name, wanted=wanted, count=count)
        return evaluation.call(token, function, arguments)

    def nest(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise _too_deep(token)

    def close(self, symbol: str) -> None:
        if not self.take(symbol):
            raise self.leftover(self.token)

    def leftover(self, token: Token) -> ExpressionError:
        """The error for a token that cannot follow a complete value."""
        found = token.text
        instead = INSTEAD.get(found) or closest(found, ("and", "or", "if", "else"))
        if token.kind == "name" and instead:
            return error_at(token, NO_MEANING, instead, found=found, instead=instead)
        if found == ",":
            listed = as_list(self.text)
            if listed is not None:
                return error_at(whole_text(self.text), AS_LIST, listed, listed=listed)
            return error_at(token, "a comma only separates the values of a call, or of a list, as in [3, 3]")
        if token.kind in ("name", "number") or found in ("(", "not"):
            return error_at(token, "an operator is missing before {found}", found=found)
        return error_at(token, "unexpected {found}", found=found)

    def missing_value(self, token: Token) -> ExpressionError:
        if len(self.tokens) == 1:
            return error_at(whole_text(self.text), "the expression is empty")
        if token.text == "[":
            return error_at(token, "no list inside an expression: give it a name under params or let")
        if token.kind == "end":
            return error_at(token, "a value is missing after {found}", found=self.tokens[-2].text)
        return error_at(token, "a value is missing before {found}", found=token.text)


def _too_deep(place: TokenSpan) -> ExpressionError:
    template = "this expression nests deeper than {limit} levels: use let for its parts"
    return error_at(place, template, rule=LIMIT_EXCEEDED, limit=MAX_NESTING)
