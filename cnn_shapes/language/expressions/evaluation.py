"""What the parts of an expression compute: each function returns the closure that computes one part."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.expressions.error import (
    UNKNOWN_NAME,
    ExpressionError,
    SizeError,
    UnknownName,
)
from cnn_shapes.language.expressions.functions import FUNCTIONS, INCOMING, Function
from cnn_shapes.language.expressions.tokens import Token, TokenSpan, error_at
from cnn_shapes.shapes import OpenSize, ending
from cnn_shapes.words import say

Value: TypeAlias = int | float | bool | str | list[Any]
Run: TypeAlias = Callable[[Mapping[str, Value]], Any]

MAX_INTEGER = 2**31 - 1
LEAST = -MAX_INTEGER
NO_NUMBERS = (str, list)
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
            scope, sized = [*env], hasattr(env, "__missing__")
            raise UnknownName(
                name, token.start, token.end, lambda: _unknown(token, scope, words, sized)
            ) from None
        except SizeError as error:
            error.start, error.end = token.start, token.end
            raise

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
        if isinstance(found, NO_NUMBERS):
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
            if (isinstance(value, NO_NUMBERS) or isinstance(other, NO_NUMBERS)) and symbol.text not in (
                "==",
                "!=",
            ):
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
            if isinstance(value, NO_NUMBERS) or isinstance(other, NO_NUMBERS):
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


def _shown(value: Any) -> Any:
    """A value as a spec writes it."""
    return str(value).lower() if isinstance(value, bool) else value


def element(of: Operand, index: Operand) -> Run:
    """`widths[i]`, counted from 0."""

    def run(env: Mapping[str, Value]) -> Any:
        values, place = of.run(env), index.run(env)
        if not isinstance(values, list):
            raise error_at(of, "{name} is not a list: it has no elements", name=of.text)
        if isinstance(place, OpenSize):
            place = operator.index(place)  # type: ignore[arg-type]
        if not isinstance(place, int) or isinstance(place, bool):
            template = "the index of {name} must be a whole number from 0, found {found}"
            raise error_at(index, template, name=of.text, found=_shown(place))
        if not 0 <= place < len(values):
            template = (
                f"{{name}} has {{count}} element{ending(len(values))}, counted from 0: there is no {{index}}"
            )
            raise error_at(index, template, name=of.text, count=len(values), index=place)
        return values[place]

    return run


def power(base: Operand, symbol: Token, exponent: Operand) -> Run:
    def run(env: Mapping[str, Value]) -> Any:
        value, times = base.run(env), exponent.run(env)
        if isinstance(value, NO_NUMBERS) or isinstance(times, NO_NUMBERS):
            raise _either_word(value, times, base, exponent, symbol)
        result = _raised(value, times)
        if result is None:
            template = "{base} to the power {exponent} is not a real number"
            raise error_at(symbol, template, base=value, exponent=times)
        if not LEAST <= result <= MAX_INTEGER:
            settle(result, symbol, symbol.text)
        return result

    return run


def _raised(value: Any, times: Any) -> Any:
    """A power; None where it is not real, and just any that is too large where it has many digits."""
    whole = isinstance(value, int) and isinstance(times, int)
    if whole and times > 0 and (abs(value).bit_length() - 1) * times > MAX_INTEGER.bit_length():
        return MAX_INTEGER + 1
    try:
        result = value**times
    except ZeroDivisionError:
        return None
    except OverflowError:
        return math.inf
    return None if isinstance(result, complex) else result


def call(token: Token, function: Function, arguments: list[Operand]) -> Run:
    call = function.call
    if function.of_list:
        return _of_list(token, call, arguments[0])
    pairs = [(argument.run, argument) for argument in arguments]

    def run(env: Mapping[str, Value]) -> Any:
        values = []
        for compute, argument in pairs:
            value = compute(env)
            if isinstance(value, NO_NUMBERS):
                raise _word(value, argument, token.text)
            if not LEAST <= value <= MAX_INTEGER:
                settle(value, argument, argument.text)
            values.append(value)
        try:
            result = call(*values)
        except ValueError:
            place, needed = function.needs
            template = f"{{function}} needs {needed}, not {{found}}"
            raise error_at(
                arguments[place], template, function=token.text, found=_shown(values[place])
            ) from None
        except OverflowError:  # two finite floats whose sum is none
            result = math.inf
        if not LEAST <= result <= MAX_INTEGER:
            settle(result, token, token.text)
        return result

    return run


def _of_list(token: Token, call: Callable[..., int | float], argument: Operand) -> Run:
    def run(env: Mapping[str, Value]) -> Any:
        values = argument.run(env)
        if not isinstance(values, list):
            template = "{function} needs a list, and {name} is none"
            raise error_at(argument, template, function=token.text, name=argument.text)
        return call(values)

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


def _word(word: Any, place: Operand, what: str) -> ExpressionError:
    if isinstance(word, list):
        template = "{name} is a list: {what} needs numbers, as {name}[0] is one"
        return error_at(place, template, name=place.text, what=what)
    return error_at(place, "{word} is a word: {what} needs numbers", word=word, what=what)


def _either_word(value: Any, other: Any, left: Operand, right: Operand, symbol: Token) -> ExpressionError:
    word, place = (value, left) if isinstance(value, NO_NUMBERS) else (other, right)
    return _word(word, place, symbol.text)


def _unknown(token: Token, scope: list[str], words: Iterable[str], sized: bool) -> ExpressionError:
    name, rule = token.text, UNKNOWN_NAME
    if name in FUNCTIONS:
        usage = FUNCTIONS[name].doc.partition(":")[0]
        return error_at(token, "{name} is a function: write {usage}", rule=rule, name=name, usage=usage)
    if name in INCOMING:
        template = "{name}, the {axis} that comes in, is known on layers and in blocks only"
        return error_at(token, template, rule=rule, name=name, axis=say(INCOMING[name]))
    meant = next((size for size, axis in INCOMING.items() if name in (size[0], axis.split()[-1])), None)
    if sized and meant:
        template = "unknown name {name}: {near} is the {axis} that comes in"
        return error_at(token, template, meant, rule, name=name, near=meant, axis=say(INCOMING[meant]))
    sizes = INCOMING if sized else ()
    from cnn_shapes.layers.framework_classes import misspelt  # most names are known

    near = misspelt(name, ["True", "False", *scope[-_MOST_NAMES:], *sizes, *sorted(words)])
    # a function's name alone would be the next error, so no hint; max_c is named after one, and is none
    guess = near or (None if FUNCTIONS.keys() & name.split("_") else closest(name, FUNCTIONS))
    if guess:
        return error_at(token, "unknown name {name}: did you mean {near}?", near, rule, name=name, near=guess)
    if not scope:
        return error_at(token, "unknown name {name}: no param or let declares it", rule=rule, name=name)
    names = ", ".join(scope[:8])
    if len(scope) > 8:
        names = say("{names} and {count} more", names=names, count=len(scope) - 8)
    return error_at(token, "unknown name {name}: here are {names}", rule=rule, name=name, names=names)
