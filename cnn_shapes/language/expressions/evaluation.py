"""What the parts of an expression compute: each function returns the closure that computes one part."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.expressions.error import UNKNOWN_NAME, ExpressionError, UnknownName
from cnn_shapes.language.expressions.functions import FUNCTIONS
from cnn_shapes.language.expressions.tokens import Token, TokenSpan, error_at
from cnn_shapes.layers.framework_classes import misspelt

Value: TypeAlias = int | float | bool | str
Run: TypeAlias = Callable[[Mapping[str, Value]], Any]

MAX_INTEGER = 2**31 - 1
LEAST = -MAX_INTEGER
_MOST_NAMES = 200  # of those in scope that a wrong one is compared with, the last that were declared
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip


class Operand(NamedTuple):
    run: Run
    start: int
    end: int
    text: str


def constant(value: Value) -> Run:
    return lambda env: value


def name(token: Token, words: frozenset[str]) -> Run:
    name = token.text

    def run(env: Mapping[str, Value]) -> Value:
        try:
            return env[name]
        except KeyError:
            if name in words:
                return name
            scope = [*env]
            raise UnknownName(name, token.start, token.end, lambda: _unknown(token, scope, words)) from None

    return run


def conditional(branches: list[tuple[Run, Run]], last: Run) -> Run:
    def run(env: Mapping[str, Value]) -> Any:
        for value, condition in branches:
            if condition(env):
                return value(env)
        return last(env)

    return run


def negation(value: Run) -> Run:
    return lambda env: not value(env)


def sign(token: Token, operand: Operand) -> Run:
    value, apply = operand.run, operator.neg if token.text == "-" else operator.pos

    def run(env: Mapping[str, Value]) -> Any:
        found = value(env)
        if isinstance(found, str):
            raise _word(found, operand, token.text)
        return apply(found)

    return run


def chain(operands: list[Operand], symbols: list[Token]) -> Run:
    """Operators that bind equally, from left to right."""
    symbol = symbols[0].text
    if symbol in ("or", "and"):
        return _logic([operand.run for operand in operands], stop=symbol == "or")
    compares = symbol in _COMPARISONS
    functions = _COMPARISONS if compares else _ARITHMETIC
    steps = [
        (functions[symbol.text], right.run, symbol, left, right)
        for symbol, left, right in zip(symbols, operands, operands[1:], strict=False)
    ]
    return (_comparison if compares else _arithmetic)(operands[0].run, steps)


def _logic(values: list[Run], stop: bool) -> Run:
    *firsts, last = values

    def run(env: Mapping[str, Value]) -> Any:
        for value in firsts:
            found = value(env)
            if bool(found) is stop:
                return found
        return last(env)

    return run


_Steps: TypeAlias = list[tuple[Callable[[Any, Any], Any], Run, Token, Operand, Operand]]


def _comparison(first: Run, steps: _Steps) -> Run:
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


def _arithmetic(first: Run, steps: _Steps) -> Run:
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
            if not LEAST <= value <= MAX_INTEGER:
                settle(value, symbol, symbol.text)
        return value

    return run


def call(token: Token, call: Callable[..., int | float], arguments: list[Operand]) -> Run:
    pairs = [(argument.run, argument) for argument in arguments]

    def run(env: Mapping[str, Value]) -> Any:
        values = []
        for compute, argument in pairs:
            value = compute(env)
            if isinstance(value, str):
                raise _word(value, argument, token.text)
            if not LEAST <= value <= MAX_INTEGER:
                settle(value, argument, argument.text)
            values.append(value)
        try:
            result = call(*values)
        except ValueError:
            template = "{function} needs a whole divisor of at least 1, not {found}"
            raise error_at(arguments[1], template, function=token.text, found=values[1]) from None
        except OverflowError:  # two finite floats whose sum is none
            result = math.inf
        if not LEAST <= result <= MAX_INTEGER:
            settle(result, token, token.text)
        return result

    return run


def settle(value: int | float, place: TokenSpan, what: str) -> None:
    """Raise where a value outside the range of integers is not a finite float either."""
    if isinstance(value, int):
        template = "the result of {what} is too large: integers end at {limit:,}"
        raise error_at(place, template, what=what, limit=MAX_INTEGER)
    if not math.isfinite(value):
        raise error_at(place, "the result of {what} is not a finite number", what=what)


def _division_by_zero(divisor: Operand) -> ExpressionError:
    literal = divisor.text.strip("0.") == ""
    template = "cannot divide by {divisor}" if literal else "cannot divide by {divisor}: it is 0 here"
    return error_at(divisor, template, divisor=divisor.text)


def _word(word: str, place: Operand, what: str) -> ExpressionError:
    return error_at(place, "{word} is a word: {what} needs numbers", word=word, what=what)


def _either_word(value: Any, other: Any, left: Operand, right: Operand, symbol: Token) -> ExpressionError:
    word, place = (value, left) if isinstance(value, str) else (other, right)
    return _word(word, place, symbol.text)


def _unknown(token: Token, scope: list[str], words: Iterable[str]) -> ExpressionError:
    name, rule = token.text, UNKNOWN_NAME
    if name in FUNCTIONS:
        usage = FUNCTIONS[name].doc.partition(":")[0]
        return error_at(token, "{name} is a function: write {usage}", rule=rule, name=name, usage=usage)
    if name == "c_in":
        return error_at(token, "c_in, the channels that come in, is known inside a block only", rule=rule)
    near = misspelt(name, ["True", "False", *scope[-_MOST_NAMES:], *sorted(words)])
    guess = near or closest(name, FUNCTIONS)  # a function's name alone would be the next error, so no hint
    if guess:
        return error_at(token, "unknown name {name}: did you mean {near}?", near, rule, name=name, near=guess)
    if not scope:
        return error_at(token, "unknown name {name}: no param or let declares it", rule=rule, name=name)
    names = ", ".join(scope[:8]) + (f" and {len(scope) - 8} more" if len(scope) > 8 else "")
    return error_at(token, "unknown name {name}: here are {names}", rule=rule, name=name, names=names)
