"""The expressions of a spec, `4*c` or `s if i == 0 else 1`: parsed once, then evaluated many times.

The operators, their precedence and their results are Python's, over integers, floats, booleans and words.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from cnn_shapes.diagnostics import closest

Value: TypeAlias = int | float | bool | str
_Run: TypeAlias = Callable[[Mapping[str, Value]], Any]

MAX_LENGTH = 1_000
MAX_NESTING = 100
MAX_INTEGER = 2**31 - 1
_LEAST = -MAX_INTEGER


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


class UnbalancedParenthesis(ExpressionError):
    """A parenthesis without its partner: in a flow mapping, YAML has split it at a comma."""


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
        run: _Run,
    ) -> None:
        self.text, self.names, self.numbers, self.name, self._run = text, names, numbers, name, run
        self.constant = not names

    def evaluate(self, env: Mapping[str, Value]) -> Value:
        """The value with the names of `env`; raises ExpressionError."""
        try:
            value: Value = self._run(env)
        except RecursionError:
            raise _too_deep(_whole(self.text)) from None
        if not isinstance(value, str) and not _LEAST <= value <= MAX_INTEGER:
            _settle(value, _whole(self.text), self.text)
        return value


def parse(text: str, words: frozenset[str] = frozenset()) -> Expression:
    """Parse an expression; raises ExpressionError.

    A name in `words` that the environment does not hold evaluates to itself: `relu`, `same`.
    """
    if len(text) > MAX_LENGTH:
        place = _Token("text", text, MAX_LENGTH, MAX_LENGTH + 1)
        template = (
            "this expression has {length:,} characters, at most {limit:,} are allowed: use let for its parts"
        )
        raise _error(place, template, rule="limit-exceeded", length=len(text), limit=MAX_LENGTH)
    parser = _Parser(text, words)
    try:
        whole = parser.conditional()
    except RecursionError:
        raise _too_deep(_whole(text)) from None
    if parser.token.kind != "end":
        raise parser.leftover(parser.token)
    name = parser.tokens[0].text if len(parser.tokens) == 2 and parser.names else None
    return Expression(text, frozenset(parser.names), tuple(parser.numbers), name, whole.run)


# -- functions


class Function(NamedTuple):
    call: Callable[..., int | float]
    least: int
    most: int | None  # None: as many as you like
    doc: str


def divisible(value: float, divisor: float = 8) -> int:
    """The nearest multiple of the divisor, at least the divisor and never under 90 % of the value.

    Source: MobileNet's rule, `_make_divisible` in torchvision. ValueError where the divisor is not a whole
    number from 1.
    """
    step = _whole_divisor(divisor)
    nearest = max(step, int(value + step / 2) // step * step)
    return nearest + step if nearest < 0.9 * value else nearest


def ceil_to(value: float, divisor: float = 8) -> int:
    """The next multiple of the divisor. ValueError where the divisor is no whole number from 1.

    Source: `make_divisible` of YOLOv8.
    """
    step = _whole_divisor(divisor)
    return math.ceil(value / step) * step


def _whole_divisor(divisor: float) -> int:
    if divisor < 1 or divisor != int(divisor):
        raise ValueError(divisor)
    return int(divisor)


FUNCTIONS: dict[str, Function] = {
    "min": Function(min, 2, None, "min(a, b, ...): the smallest value"),
    "max": Function(max, 2, None, "max(a, b, ...): the largest value"),
    "ceil": Function(math.ceil, 1, 1, "ceil(v): the next whole number upwards"),
    "floor": Function(math.floor, 1, 1, "floor(v): the next whole number downwards"),
    "round": Function(round, 1, 1, "round(v): the nearest whole number, a half to the even one"),
    "divisible": Function(
        divisible, 1, 2, "divisible(v, d=8): the nearest multiple of d, at least d, never under 90 % of v"
    ),
    "ceil_to": Function(ceil_to, 1, 2, "ceil_to(v, d=8): the next multiple of d"),
}

# -- tokens

_LEVELS = {"or": 1, "and": 2, "not": 3}
_LEVELS |= dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 4)
_LEVELS |= {"+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6}
_OR, _AND, _NOT, _COMPARISON, _UNARY = 1, 2, 3, 4, 7
_KEYWORDS = {"and", "or", "not", "if", "else"}
_BOOLEANS = {"True": True, "False": False, "true": True, "false": False}
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\.?[0-9](?:(?<=[eE])[-+]|[\w.])*)
  | (?P<name>(?:[A-Za-z_]|[^\x00-\x7f\s])(?:\w|[^\x00-\x7f\s])*)
  | (?P<foreign>\*\*|===|!==|<>|=>|=<|&&|\|\||\$\{|\{\{)
  | (?P<symbol>//|==|!=|<=|>=|[-+*/%<>(),])
  | (?P<other>\S)
  | (?P<end>\Z))""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"([0-9]+)|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_FACTOR = re.compile(r"([0-9]+|[0-9]*\.[0-9]+)((?![xX]|[eE][0-9]*\Z)[^\W\d_]\w*)")
# What is written in other languages, or typed on other keyboards, and what to write instead.
_INSTEAD = {
    "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not", "=": "==", "===": "==", "!==": "!=",
    "<>": "!=", "=>": ">=", "=<": "<=", "×": "*", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=",
    "≠": "!=", "，": ",", "（": "(", "）": ")", "is": "==",
}  # fmt: skip
_NO_MEANING = "{found} has no meaning here: write {instead}"
_BARE = "write the expression bare, without {wrapper}"
_REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "**": ("no power: multiply instead", {}),
    "^": ("no power: multiply instead", {}),
    "${": (_BARE, {"wrapper": "${}"}),
    "$": (_BARE, {"wrapper": "$"}),
    "{{": (_BARE, {"wrapper": "{{}}"}),
    "{": (_BARE, {"wrapper": "{}"}),
    ".": ("no attributes: a name has no dots", {}),
    "[": ("no lists and no subscripts inside an expression", {}),
    "'": ("no quotes inside an expression: write the word bare", {}),
    '"': ("no quotes inside an expression: write the word bare", {}),
    "?": ("no ?: operator: write a if condition else b", {}),
    ":": ("no colon inside an expression: write a choice as a if condition else b", {}),
}


class _Token(NamedTuple):
    kind: str  # number, name, symbol (keywords too) or end
    text: str
    start: int
    end: int


class _Operand(NamedTuple):
    run: _Run
    start: int
    end: int
    text: str


def _whole(text: str) -> _Token:
    return _Token("text", text, 0, len(text))


def _error(
    place: _Token | _Operand,
    template: str,
    hint: str | None = None,
    rule: str = "bad-expression",
    **facts: Any,
) -> ExpressionError:
    return ExpressionError(rule, template, facts, place.start, place.end, hint)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(text, place)
        assert match is not None  # `other` and `end` leave nothing unmatched
        kind, place = str(match.lastgroup), match.end()
        token = _Token(kind, match[kind], match.start(kind), place)
        if kind == "name":
            if not token.text.isidentifier():
                size = next(n for n in range(1, len(token.text) + 1) if not token.text[:n].isidentifier())
                end = token.start + size
                raise _foreign(text, _Token("other", text[end - 1], end - 1, end))
            if token.text in _KEYWORDS:
                token = token._replace(kind="symbol")
        elif kind == "end" and tokens:
            token = token._replace(start=tokens[-1].end, end=tokens[-1].end)
        elif kind == "number" and not _NUMBER.fullmatch(token.text):
            raise _no_number(token)
        elif kind in ("foreign", "other"):
            if (
                token.text == "="
                and [t.kind for t in tokens[-2:]] == ["symbol", "name"]
                and tokens[-2].text in "(,"
            ):
                named = tokens[-1]._replace(end=place)
                template = "values of a call have no names: leave out {name}="
                raise _error(named, template, hint="", name=named.text)
            raise _foreign(text, token)
        tokens.append(token)
    return tokens


def _foreign(text: str, token: _Token) -> ExpressionError:
    """The error for a character or an operator that the language does not have."""
    found = token.text
    if found in _REFUSED:
        template, facts = _REFUSED[found]
        return _error(token, template, **facts)
    instead = hint = _INSTEAD.get(found)
    if instead is None:
        return _error(token, "unexpected character {found}", found=found)
    if instead.isalpha():  # `a&&b` must not become `aandb`
        before, after = text[: token.start], text[token.end :]
        hint = " " * (before[-1:].strip(" (") != "") + instead + " " * (after[:1].strip() != "")
    return _error(token, _NO_MEANING, hint, found=found, instead=instead)


def _no_number(token: _Token) -> ExpressionError:
    factor = _FACTOR.fullmatch(token.text)
    if factor is None or factor[2] in _KEYWORDS:
        return _error(token, "{found} is not a decimal number", found=token.text)
    product = f"{factor[1]}*{factor[2]}"
    template = "{found} is not a number: write {product} to multiply"
    return _error(token, template, product, found=token.text, product=product)


def _check_parentheses(tokens: list[_Token]) -> None:
    """Before anything else is judged: half an expression has other faults too, that are not the user's."""
    still_open: list[_Token] = []
    for token in tokens:
        if token.text == "(":
            still_open.append(token)
        elif token.text == ")":
            if not still_open:
                raise _unbalanced(token, "(")
            still_open.pop()
    if still_open:
        raise _unbalanced(still_open[-1], ")")


def _unbalanced(token: _Token, missing: str) -> ExpressionError:
    facts = {"found": token.text, "missing": missing}
    template = "unbalanced parenthesis: this {found} has no {missing}"
    return UnbalancedParenthesis("bad-expression", template, facts, token.start, token.end)


# -- parser


class _Parser:
    """A Pratt parser: each method reads one part and returns the closure that computes it."""

    def __init__(self, text: str, words: frozenset[str]) -> None:
        self.text, self.words = text, words
        self.tokens = _tokens(text)
        _check_parentheses(self.tokens)
        self.index = self.depth = 0
        self.names: set[str] = set()
        self.numbers: list[tuple[int, int, int]] = []

    @property
    def token(self) -> _Token:
        return self.tokens[self.index]

    def advance(self) -> _Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def take(self, symbol: str) -> bool:
        taken = self.token.kind == "symbol" and self.token.text == symbol
        self.index += taken
        return taken

    def operand(self, run: _Run, start: int) -> _Operand:
        end = self.tokens[self.index - 1].end
        return _Operand(run, start, end, self.text[start:end])

    def conditional(self) -> _Operand:
        """`a if b else c if d else e`, as one flat list, so that a long one does not nest."""
        last = self.binary(_OR)
        start = last.start
        branches: list[tuple[_Run, _Run]] = []
        while self.take("if"):
            condition = self.binary(_OR)
            if not self.take("else"):
                if self.token.kind in ("name", "number") or self.token.text == "(":
                    raise self.leftover(self.token)
                raise _error(self.token, "else is missing: write a if condition else b")
            branches.append((last.run, condition.run))
            last = self.binary(_OR)
        return self.operand(_conditional(branches, last.run), start) if branches else last

    def binary(self, level: int) -> _Operand:
        """Operators that bind at least as tightly as `level`; those of one level are one flat chain."""
        left = self.prefix(level)
        while (found := self.infix_level()) >= level:
            operands, symbols = [left], []
            while self.infix_level() == found:
                symbols.append(self.advance())
                operands.append(self.binary(found + 1))
            left = self.operand(_chain(found, operands, symbols), left.start)
        return left

    def infix_level(self) -> int:
        token = self.token
        return _LEVELS.get(token.text, 0) if token.kind == "symbol" and token.text != "not" else 0

    def prefix(self, level: int) -> _Operand:
        token = self.advance()
        text, start = token.text, token.start
        if token.kind == "number":
            return self.operand(_constant(self.number(token)), start)
        if token.kind == "name" and self.take("("):
            return self.operand(self.call(token), start)
        if token.kind == "name" and text in _BOOLEANS:
            return self.operand(_constant(_BOOLEANS[text]), start)
        if token.kind == "name":
            self.names.add(text)
            return self.operand(_name(token, self.words), start)
        if text == "not" and level > _NOT:
            raise _error(token, "put parentheses around not and its value")
        if text not in ("(", "-", "+", "not"):
            raise self.missing_value(token)
        self.nest(token)
        if text == "(":
            run = self.conditional().run
            self.close()
        elif text == "not":
            run = _negation(self.binary(_NOT).run)
        else:
            run = _sign(token, self.binary(_UNARY))
        self.depth -= 1
        return self.operand(run, start)

    def number(self, token: _Token) -> int | float:
        if not token.text.isdigit():
            value = float(token.text)
            if math.isinf(value):
                raise _error(token, "this number is too large")
            return value
        whole = int(token.text)
        if whole > MAX_INTEGER:
            raise _error(token, "this number is too large: integers end at {limit:,}", limit=MAX_INTEGER)
        self.numbers.append((token.start, token.end, whole))
        return whole

    def call(self, token: _Token) -> _Run:
        name = token.text
        function = FUNCTIONS.get(name)
        if function is None:
            near = closest(name, FUNCTIONS)
            template = "unknown function {name}: " + (
                "did you mean {near}?" if near else "the functions are {near}"
            )
            raise _error(token, template, near, "unknown-name", name=name, near=near or ", ".join(FUNCTIONS))
        self.nest(token)
        arguments: list[_Operand] = []
        if not self.take(")"):
            arguments.append(self.conditional())
            while self.take(","):
                arguments.append(self.conditional())
            self.close()
        self.depth -= 1
        least, most, count = function.least, function.most, len(arguments)
        if count < least or (most is not None and count > most):
            wanted = (
                f"{least} or more" if most is None else f"{least}" if least == most else f"{least} or {most}"
            )
            template = (
                "{function} takes {wanted} " + ("value" if wanted == "1" else "values") + ", not {count}"
            )
            raise _error(token, template, function=name, wanted=wanted, count=count)
        return _call(token, function.call, arguments)

    def nest(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise _too_deep(token)

    def close(self) -> None:
        if not self.take(")"):
            raise self.leftover(self.token)

    def leftover(self, token: _Token) -> ExpressionError:
        """The error for a token that cannot follow a complete value."""
        found = token.text
        instead = _INSTEAD.get(found) or closest(found, ("and", "or", "if", "else"))
        if token.kind == "name" and instead:
            return _error(token, _NO_MEANING, instead, found=found, instead=instead)
        if found == ",":
            return _error(token, "a comma stands only between the values of a call")
        if token.kind in ("name", "number") or found in ("(", "not"):
            return _error(token, "an operator is missing before {found}", found=found)
        return _error(token, "unexpected {found}", found=found)

    def missing_value(self, token: _Token) -> ExpressionError:
        if len(self.tokens) == 1:
            return _error(_whole(self.text), "the expression is empty")
        if token.kind == "end":
            return _error(token, "a value is missing after {found}", found=self.tokens[-2].text)
        return _error(token, "a value is missing before {found}", found=token.text)


# -- evaluation: each function returns the closure that computes one part


def _constant(value: Value) -> _Run:
    return lambda env: value


def _name(token: _Token, words: frozenset[str]) -> _Run:
    name = token.text

    def run(env: Mapping[str, Value]) -> Value:
        try:
            return env[name]
        except KeyError:
            if name in words:
                return name
            raise _unknown(token, env, words) from None

    return run


def _conditional(branches: list[tuple[_Run, _Run]], last: _Run) -> _Run:
    def run(env: Mapping[str, Value]) -> Any:
        for value, condition in branches:
            if condition(env):
                return value(env)
        return last(env)

    return run


def _negation(value: _Run) -> _Run:
    return lambda env: not value(env)


def _sign(token: _Token, operand: _Operand) -> _Run:
    value, apply = operand.run, operator.neg if token.text == "-" else operator.pos

    def run(env: Mapping[str, Value]) -> Any:
        found = value(env)
        if isinstance(found, str):
            raise _word(found, operand, token.text)
        return apply(found)

    return run


def _chain(level: int, operands: list[_Operand], symbols: list[_Token]) -> _Run:
    if level in (_OR, _AND):
        return _logic([operand.run for operand in operands], stop=level == _OR)
    first = operands[0].run
    steps = [
        (_OPERATORS[symbol.text], right.run, symbol, left, right)
        for symbol, left, right in zip(symbols, operands, operands[1:], strict=False)
    ]
    return (_comparison if level == _COMPARISON else _arithmetic)(first, steps)


def _logic(values: list[_Run], stop: bool) -> _Run:
    *firsts, last = values

    def run(env: Mapping[str, Value]) -> Any:
        for value in firsts:
            found = value(env)
            if bool(found) is stop:
                return found
        return last(env)

    return run


_Steps: TypeAlias = list[tuple[Callable[[Any, Any], Any], _Run, _Token, _Operand, _Operand]]


def _comparison(first: _Run, steps: _Steps) -> _Run:
    def run(env: Mapping[str, Value]) -> bool:
        value = first(env)
        for compare, operand, symbol, left, right in steps:
            other = operand(env)
            if (isinstance(value, str) or isinstance(other, str)) and symbol.text not in ("==", "!="):
                raise _either_word(value, other, left, right, symbol)
            if not compare(value, other):
                return False
            value = other
        return True

    return run


def _arithmetic(first: _Run, steps: _Steps) -> _Run:
    def run(env: Mapping[str, Value]) -> Any:
        value = first(env)
        for apply, operand, symbol, left, right in steps:
            other = operand(env)
            if isinstance(value, str) or isinstance(other, str):
                raise _either_word(value, other, left, right, symbol)
            try:
                value = apply(value, other)
            except ZeroDivisionError:
                raise _division_by_zero(right) from None
            except OverflowError:
                value = math.inf
            if not _LEAST <= value <= MAX_INTEGER:
                _settle(value, symbol, symbol.text)
        return value

    return run


def _call(token: _Token, call: Callable[..., int | float], arguments: list[_Operand]) -> _Run:
    pairs = [(argument.run, argument) for argument in arguments]

    def run(env: Mapping[str, Value]) -> Any:
        values = []
        for compute, argument in pairs:
            value = compute(env)
            if isinstance(value, str):
                raise _word(value, argument, token.text)
            if not _LEAST <= value <= MAX_INTEGER:
                _settle(value, argument, argument.text)
            values.append(value)
        try:
            result = call(*values)
        except ValueError:
            template = "{function} needs a whole divisor of at least 1, not {found}"
            raise _error(arguments[1], template, function=token.text, found=values[1]) from None
        if not _LEAST <= result <= MAX_INTEGER:
            _settle(result, token, token.text)
        return result

    return run


# -- errors of evaluation


def _settle(value: int | float, place: _Token | _Operand, what: str) -> None:
    """Raise where a value outside the range of integers is no finite float either."""
    if isinstance(value, int):
        template = "the result of {what} is too large: integers end at {limit:,}"
        raise _error(place, template, what=what, limit=MAX_INTEGER)
    if not math.isfinite(value):
        raise _error(place, "the result of {what} is not a finite number", what=what)


def _division_by_zero(divisor: _Operand) -> ExpressionError:
    literal = divisor.text.strip("0.") == ""
    template = "cannot divide by {divisor}" if literal else "cannot divide by {divisor}: it is 0 here"
    return _error(divisor, template, divisor=divisor.text)


def _word(word: str, place: _Operand, what: str) -> ExpressionError:
    return _error(place, "{word} is a word: {what} needs numbers", word=word, what=what)


def _either_word(value: Any, other: Any, left: _Operand, right: _Operand, symbol: _Token) -> ExpressionError:
    word, place = (value, left) if isinstance(value, str) else (other, right)
    return _word(word, place, symbol.text)


def _too_deep(place: _Token) -> ExpressionError:
    template = "this expression nests deeper than {limit} levels: use let for its parts"
    return _error(place, template, rule="limit-exceeded", limit=MAX_NESTING)


def _unknown(token: _Token, env: Mapping[str, Value], words: Iterable[str]) -> ExpressionError:
    name, scope, rule = token.text, [*env, *sorted(words)], "unknown-name"
    if name in FUNCTIONS:
        usage = FUNCTIONS[name].doc.partition(":")[0]
        return _error(token, "{name} is a function: write {usage}", rule=rule, name=name, usage=usage)
    near = closest(name, ["True", "False", *scope])
    guess = near or closest(name, FUNCTIONS)  # a function's name alone would be the next error, so no hint
    if guess:
        return _error(token, "unknown name {name}: did you mean {near}?", near, rule, name=name, near=guess)
    if not scope:
        return _error(token, "unknown name {name}: no names exist here", rule=rule, name=name)
    names = ", ".join(scope[:8]) + (f" and {len(scope) - 8} more" if len(scope) > 8 else "")
    return _error(token, "unknown name {name}: here are {names}", rule=rule, name=name, names=names)
