"""The values of expressions: Python's own `eval` is the oracle."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnn_shapes.diagnostics import render
from cnn_shapes.language.expressions.parsing import (
    FUNCTIONS,
    ExpressionError,
    Value,
    parse,
)

ENV: dict[str, Value] = {"c": 64, "s": 2, "i": 0, "width": 0.25, "skip": True, "kind": "relu"}
ENV["widths"] = [64, 128, 256]
WORDS = frozenset({"relu", "same"})


def torchvision_make_divisible(v: float, divisor: int = 8) -> int:
    """As published with MobileNet: nearest multiple, at least one, no more than 10 % lost."""
    new_v = max(divisor, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


ORACLE: dict[str, Any] = {
    "__builtins__": {},
    "min": min,
    "max": max,
    "ceil": math.ceil,
    "floor": math.floor,
    "round": round,
    "divisible": lambda v, d=8: torchvision_make_divisible(v, int(d)),
    "ceil_to": lambda v, d=8: math.ceil(v / d) * int(d),
    "log2": math.log2,
    "len": len,
}


def outcome(text: str) -> Value | ExpressionError:
    try:
        return parse(text, WORDS).evaluate(ENV)
    except ExpressionError as problem:
        return problem


@pytest.mark.parametrize(
    "text",
    """
    4*c | s if i == 0 else 1 | s != 1 or c != 3 | c//s%3 | 7/2 | -7//2 | -7%3 | 7%-3 | --c | -+-c | not not c
    2**10 | -2**2 | 2**-1 | 2**3**2 | (2**3)**2 | 2*c**2 | 2**-s**2 | -2**-2 | skip**2 | 0**0 | 1.5**2
    2**0.5
    widths[0] | widths[i+1]*2 | widths[len(widths) - 1] | -widths[1]**2 | len(widths) | log2(c) | log2(c)*2**s
    (widths)[2] | widths == widths | 2**widths[0]//4 if i else 7
    1 - 2 - 3 | 100/5/2 | 2+3*4 | (2+3)*4 | -c*2 | not c == 64 | 1 < 2 < 3 | 3 > 2 > 2 | 1 < 3 > 2 == 2
    1 == 1.0 | 0 or 5 | 3 and 4 | 0 and 9//0 | 1 or 9//0 | i and c or s | 1 if 1 else 9//0 | 9//0 if 0 else 2
    1 if 0 else 2 if 0 else 3 | (1 if 0 else 2) if 1 else 3 | 1 if (0 if 1 else 1) else 4 | 3 > 4 < 9//0
    skip + skip | skip * 3 | True | False == 0 | -skip | 1e3 | .5 | 1. | 1.5e-2*2 | 2E+2 | c\t*\n 2
    min(c, 3, width) | max(1, round(3 * width)) | ceil(7) | floor(-7/2) | round(0.5) + round(1.5) + round(2.5)
    ceil(width) | min(1, 1.0) | max(skip, 0) | 1 if c else 2 or 3 | (c) | ((c)) - 1 | 5 % 2.5 | 1 - -1
    divisible(c*width) | divisible(30, 16) | divisible(3) | ceil_to(c+1) | ceil_to(65*width, 4)
    """.replace("\n    ", " | ")
    .strip(" |\n")
    .split(" | "),
)
def test_value_is_pythons(text: str) -> None:
    expected = eval(text.strip().replace("\n", " "), dict(ORACLE), dict(ENV))
    found = parse(text).evaluate(ENV)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # torchvision's mobilenet_v2 at width 0.75 and 1.4: first and last channels
        ("divisible(32 * 0.75)", 24),
        ("divisible(1280 * 1.4)", 1792),
        ("divisible(16 * 0.35)", 8),
        # by hand: the nearest multiple is 8, but 90 % of 11 is 9.9 and 90 % of 9 is 8.1
        ("divisible(11)", 16),
        ("divisible(9)", 16),
        ("divisible(8)", 8),
        ("divisible(1)", 8),
        ("divisible(10, 4)", 12),
        # YOLOv8 n: min(c, 1024) * 0.25, to the next multiple of 8
        ("ceil_to(min(512, 1024) * 0.25)", 128),
        ("ceil_to(80 * 0.33)", 32),
        ("ceil_to(17)", 24),
        ("ceil_to(16)", 16),
        ("ceil_to(5, 3.0)", 6),
        ("true", True),
        ("false or 3", 3),
        ("010", 10),
        ("relu", "relu"),
        ("kind == relu", True),
        ("kind != same", True),
        ("relu == 3", False),
        ("relu != 3", True),
        ("kind if skip else same", "relu"),
        ("same if i == 0 else 1", "same"),
        ("-2147483647", -2147483647),
        ("2147483646 + 1", 2147483647),
        ("2147483648.0 * 2", 4294967296.0),
    ],
)
def test_value_by_hand(text: str, expected: Value) -> None:
    found = parse(text, WORDS).evaluate(ENV)
    assert (found, type(found)) == (expected, type(expected))


def test_names_of_any_script_and_environment_before_words() -> None:
    assert parse("너비 * größe + हिन्दी + _a1").evaluate({"너비": 2, "größe": 3, "हिन्दी": 4, "_a1": 5}) == 15
    assert parse("a-b").evaluate({"a": 5, "b": 3, "a-b": 0}) == 2
    assert parse("relu", WORDS).evaluate({"relu": 7}) == 7
    assert parse("min + min(min, 2)").evaluate({"min": 1}) == 2


@pytest.mark.parametrize(
    ("text", "names", "numbers", "name", "constant"),
    [
        ("c", {"c"}, (), "c", False),
        (" c ", {"c"}, (), "c", False),
        ("(c)", {"c"}, (), None, False),
        ("c_in + 3*c", {"c", "c_in"}, ((7, 8, 3),), None, False),
        ("max(8, 1.5) if True else 16", set(), ((4, 5, 8), (25, 27, 16)), None, True),
        ("true", set(), (), None, True),
        ("relu", {"relu"}, (), "relu", False),
    ],
)
def test_what_is_known_before_evaluation(
    text: str, names: set[str], numbers: tuple[tuple[int, int, int], ...], name: str | None, constant: bool
) -> None:
    found = parse(text, WORDS)
    assert (found.text, set(found.names), found.numbers) == (text, names, numbers)
    assert (found.name, found.constant) == (name, constant)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-" * 100 + "1", 1),
        ("(" * 100 + "1" + ")" * 100, 1),
        ("1+" * 499 + "1", 500),
        ("0 or " * 199 + "1", 1),
        ("1 if 0 else " * 83 + "2", 2),
        ("1<" * 400 + "2", False),
        ("max(1," * 99 + "2" + ")" * 99, 2),
    ],
)
def test_long_is_fine_within_the_bounds(text: str, expected: Value) -> None:
    assert len(text) <= 1000
    assert parse(text).evaluate({}) == expected


LEAVES = st.one_of(
    st.integers(0, 30).map(str),
    st.sampled_from(["c", "s", "i", "width", "skip", "True", "False", ".5", "1.5", "2e0", "0.0"]),
)
BINARY = ["+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "==", "!=", "and", "or"]


def _grow(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    loose = st.one_of(children, children.map("({})".format))
    return st.one_of(
        st.tuples(loose, st.sampled_from(BINARY), loose).map(" ".join),
        st.tuples(st.sampled_from(["-", "+", "not "]), loose).map("".join),
        st.tuples(loose, loose, loose).map("{0[0]} if {0[1]} else {0[2]}".format),
        st.tuples(st.sampled_from(["ceil", "floor", "round", "divisible", "ceil_to"]), children).map(
            "{0[0]}({0[1]})".format
        ),
        st.tuples(st.sampled_from(["min", "max", "divisible", "ceil_to"]), children, children).map(
            "{0[0]}({0[1]}, {0[2]})".format
        ),
    )


EXPRESSIONS = st.recursive(LEAVES, _grow, max_leaves=8)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
def test_random_expressions_evaluate_as_in_python(text: str) -> None:
    found = outcome(text)
    if isinstance(found, ExpressionError):
        # Ours alone: a bound on integers, and a divisor that is not a whole number from 1.
        assume("too large" not in found.template and "whole divisor" not in found.template)
        assert found.rule == "bad-expression"
        with pytest.raises((SyntaxError, ZeroDivisionError)):
            eval(text, dict(ORACLE), dict(ENV))
    else:
        expected = eval(text, dict(ORACLE), dict(ENV))
        assert (found, type(found)) == (expected, type(expected))


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=60), st.text("()+-*/%<>=!&|.,cs019e \n_'\"{}[]$?:ifelsnotadr", max_size=60))
)
def test_any_text_is_a_value_or_an_error_at_its_place(text: str) -> None:
    found = outcome(text)
    if isinstance(found, ExpressionError):
        assert 0 <= found.start <= found.end <= len(text)
        assert render(found.template, found.facts) == str(found)
    else:
        assert type(found) in (int, float, bool, str)


def test_every_function_says_how_it_is_called() -> None:
    for name, function in FUNCTIONS.items():
        assert function.doc.startswith(f"{name}(")
        assert ": " in function.doc
