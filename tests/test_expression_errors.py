"""Expressions that have no value: whole messages at exact spans, at once, however long they are."""

from __future__ import annotations

import math
from functools import partial

import pytest

from cnn_shapes.diagnostics import render
from cnn_shapes.language.expressions.parsing import ExpressionError, UnbalancedParenthesis, Value, parse
from tests.counting import steps
from tests.test_expressions import ENV, WORDS


def error(text: str, env: dict[str, Value] | None = None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text, WORDS).evaluate(ENV if env is None else env)
    return caught.value


# text, where (`^` under the span; empty spans are `|`), rule, message, hint
BAD, UNKNOWN = "bad-expression", "unknown-name"
ROWS: list[tuple[str, str, str, str, str | None]] = [
    # unfinished and misplaced
    ("", "|", BAD, "the expression is empty", None),
    ("1 if", "    |", BAD, "a value is missing after if", None),
    ("1 if c", "      |", BAD, "else is missing: write a if condition else b", None),
    ("1 if c else  ", "           |", BAD, "a value is missing after else", None),
    ("1 if c s else 2", "       ^", BAD, "an operator is missing before s", None),
    ("1 else 2", "  ^^^^", BAD, "unexpected else", None),
    ("c +", "   |", BAD, "a value is missing after +", None),
    ("c + * 2", "    ^", BAD, "a value is missing before *", None),
    ("()", " ^", BAD, "a value is missing before )", None),
    ("c s", "  ^", BAD, "an operator is missing before s", None),
    ("2 (c)", "  ^", BAD, "an operator is missing before (", None),
    ("c not s", "  ^^^", BAD, "an operator is missing before not", None),
    ("1 + not c", "    ^^^", BAD, "put parentheses around not and its value", None),
    ("1, 2", "^^^^", BAD, "a list is written in square brackets: write [1, 2]", "[1, 2]"),
    ("(1, 2)", "^^^^^^", BAD, "a list is written in square brackets: write [1, 2]", "[1, 2]"),
    ("max(1,)", "      ^", BAD, "a value is missing before )", None),
    ("max(8", "   ^", BAD, "unbalanced parenthesis: this ( has no )", None),
    ("c)", " ^", BAD, "unbalanced parenthesis: this ) has no (", None),
    # other languages' habits
    ("${c}", "^^", BAD, "write the expression bare, without ${}", None),
    ("2*${c}", "  ^^", BAD, "write the expression bare, without ${}", None),
    ("{{c}}", "^^", BAD, "write the expression bare, without {{}}", None),
    ("c^2", " ^", BAD, "^ has no meaning here: write **", "**"),
    ("2**31", " ^^", BAD, "the result of ** is too large: integers end at 2,147,483,647", None),
    ("2**(2**30)", " ^^", BAD, "the result of ** is too large: integers end at 2,147,483,647", None),
    ("10**9**9", "  ^^", BAD, "the result of ** is too large: integers end at 2,147,483,647", None),
    ("(-8)**0.5", "    ^^", BAD, "-8 to the power 0.5 is not a real number", None),
    ("0**-1", " ^^", BAD, "0 to the power -1 is not a real number", None),
    ("1e200**2", "     ^^", BAD, "the result of ** is not a finite number", None),
    ("2 ** ", "    |", BAD, "a value is missing after **", None),
    ("kind**2", "^^^^", BAD, "relu is a word: ** needs numbers", None),
    ("log2(0)", "     ^", BAD, "log2 needs a number above 0, not 0", None),
    ("len(c)", "    ^", BAD, "len needs a list, and c is none", None),
    ("len", "^^^", UNKNOWN, "len is a function: write len(list)", None),
    # lists
    ("widths[3]", "       ^", BAD, "widths has 3 elements, counted from 0: there is no 3", None),
    ("widths[-1]", "       ^^", BAD, "widths has 3 elements, counted from 0: there is no -1", None),
    ("widths[0.5]", "       ^^^", BAD, "the index of widths must be a whole number from 0, found 0.5", None),
    (
        "widths[skip]",
        "       ^^^^",
        BAD,
        "the index of widths must be a whole number from 0, found true",
        None,
    ),
    ("widths[1", "      ^", BAD, "unbalanced bracket: this [ has no ]", None),
    ("widths(1]", "        ^", BAD, "unbalanced bracket: this ] has no [", None),
    ("2*widths", "  ^^^^^^", BAD, "widths is a list: * needs numbers, as widths[0] is one", None),
    ("[1, 2]", "^", BAD, "no list inside an expression: give it a name under params or let", None),
    ("c && s", "  ^^", BAD, "&& has no meaning here: write and", "and"),
    ("c||s", " ^^", BAD, "|| has no meaning here: write or", " or "),
    ("!c", "^", BAD, "! has no meaning here: write not", "not "),
    ("c = 2", "  ^", BAD, "= has no meaning here: write ==", "=="),
    ("c AND s", "  ^^^", BAD, "AND has no meaning here: write and", "and"),
    ("c is s", "  ^^", BAD, "is has no meaning here: write ==", "=="),
    ("c × 2", "  ^", BAD, "× has no meaning here: write *", "*"),
    ("c×2", " ^", BAD, "× has no meaning here: write *", "*"),
    ("c ? 1 : 2", "  ^", BAD, "no ?: operator: write a if condition else b", None),
    (
        "lambda: 1",
        "      ^",
        BAD,
        "no colon inside an expression: write a choice as a if condition else b",
        None,
    ),
    ("c.bit_length", " ^", BAD, "no attributes: a name has no dots", None),
    ("c[0]", "^", BAD, "c is not a list: it has no elements", None),
    ("'relu'", "^", BAD, "no quotes inside an expression: write the word bare", None),
    ("divisible(c, d=4)", "             ^^", BAD, "values of a call have no names: leave out d=", ""),
    ("c # 2", "  ^", BAD, "unexpected character #", None),
    ("c²", " ^", BAD, "unexpected character ²", None),
    # numbers
    ("2c", "^^", BAD, "2c is not a number: write 2*c to multiply", "2*c"),
    ("0x10", "^^^^", BAD, "0x10 is not a decimal number", None),
    ("1_000", "^^^^^", BAD, "1_000 is not a decimal number", None),
    ("1e", "^^", BAD, "1e is not a decimal number", None),
    ("1.2.3", "^^^^^", BAD, "1.2.3 is not a decimal number", None),
    ("2147483648", "^" * 10, BAD, "this number is too large: integers end at 2,147,483,647", None),
    ("1e999", "^^^^^", BAD, "this number is too large", None),
    (
        "2147483647 + 1",
        " " * 11 + "^",
        BAD,
        "the result of + is too large: integers end at 2,147,483,647",
        None,
    ),
    (
        "65536*1*65536",
        " " * 7 + "^",
        BAD,
        "the result of * is too large: integers end at 2,147,483,647",
        None,
    ),
    ("ceil(1e10)", "^^^^", BAD, "the result of ceil is too large: integers end at 2,147,483,647", None),
    ("1e308*10", "     ^", BAD, "the result of * is not a finite number", None),
    # division
    ("9//0", "   ^", BAD, "cannot divide by 0", None),
    ("9/(c-c)*2", "  ^^^^^", BAD, "cannot divide by (c-c): it is 0 here", None),
    ("9 % i", "    ^", BAD, "cannot divide by i: it is 0 here", None),
    # words
    ("kind*2", "^^^^", BAD, "relu is a word: * needs numbers", None),
    ("2*3*same", "    ^^^^", BAD, "same is a word: * needs numbers", None),
    ("-same", " ^^^^", BAD, "same is a word: - needs numbers", None),
    ("1 < 2 < same", "        ^^^^", BAD, "same is a word: < needs numbers", None),
    ("max(1, same)", "       ^^^^", BAD, "same is a word: max needs numbers", None),
    # calls
    ("(1), (2)", "^^^^^^^^", BAD, "a list is written in square brackets: write [[1], [2]]", "[[1], [2]]"),
    (
        *("max(1, 2), 3", "         ^", BAD),
        *("a comma only separates the values of a call, or of a list, as in [3, 3]", None),
    ),
    ("3x3", "^^^", BAD, "a list is written in square brackets: write [3, 3]", "[3, 3]"),
    ("ceil(1, 2)", "^^^^", BAD, "ceil takes 1 value, not 2", None),
    ("max(1)", "^^^", BAD, "max takes 2 or more values, not 1", None),
    ("divisible(1.7e308, 1e308)", "^" * 9, BAD, "the result of divisible is not a finite number", None),
    ("divisible()", "^" * 9, BAD, "divisible takes 1 or 2 values, not 0", None),
    ("ceil_to(c, 0)", " " * 11 + "^", BAD, "ceil_to needs a whole divisor of at least 1, not 0", None),
    (
        "divisible(c, 2.5)",
        " " * 13 + "^^^",
        BAD,
        "divisible needs a whole divisor of at least 1, not 2.5",
        None,
    ),
    # names
    ("1 + minn(1, 2)", "    ^^^^", "unknown-name", "unknown function minn: did you mean min?", "min"),
    (
        "__import__(c)",
        "^" * 10,
        "unknown-name",
        "unknown function __import__: the functions are min, max, ceil, floor, round, divisible, ceil_to, "
        "log2, len",
        None,
    ),
    ("2 * wdth", "    ^^^^", "unknown-name", "unknown name wdth: did you mean width?", "width"),
    ("rel", "^^^", "unknown-name", "unknown name rel: did you mean relu?", "relu"),
    ("TRUE", "^^^^", "unknown-name", "unknown name TRUE: did you mean True?", "True"),
    ("flor", "^^^^", "unknown-name", "unknown name flor: did you mean floor?", None),
    ("ceil", "^^^^", "unknown-name", "ceil is a function: write ceil(v)", None),
    (
        "2*xyz",
        "  ^^^",
        "unknown-name",
        "unknown name xyz: here are c, s, i, width, skip, kind, widths",
        None,
    ),
    # bounds
    (
        "-" * 101 + "1",
        " " * 100 + "^",
        "limit-exceeded",
        "this expression nests deeper than 100 levels: use let for its parts",
        None,
    ),
    (
        "(" * 101 + "1" + ")" * 101,
        " " * 100 + "^",
        "limit-exceeded",
        "this expression nests deeper than 100 levels: use let for its parts",
        None,
    ),
    (
        "1" * 1001,
        " " * 1000 + "^",
        "limit-exceeded",
        "this expression has 1,001 characters, at most 1,000 are allowed: use let for its parts",
        None,
    ),
]


@pytest.mark.parametrize(("text", "carets", "rule", "message", "hint"), ROWS)
def test_error(text: str, carets: str, rule: str, message: str, hint: str | None) -> None:
    found = error(text)
    start = len(carets) - len(carets.lstrip())
    end = start if carets.endswith("|") else len(carets)
    assert (found.rule, str(found), found.start, found.end, found.hint) == (rule, message, start, end, hint)
    assert render(found.template, found.facts) == message  # the diagnostics' own way of filling a template


def test_only_unbalanced_parentheses_are_that() -> None:
    for text in ("max(8", "c)", "(c", "max(8, s", ")("):
        assert type(error(text)) is UnbalancedParenthesis
    for text in ("()", "max(,)", "c*"):
        assert type(error(text)) is ExpressionError


def test_names_in_scope_are_listed_up_to_eight() -> None:
    many: dict[str, Value] = {f"{letter}{letter}": 1 for letter in "abcdefghjk"}
    assert str(error("zz", many)) == "unknown name zz: here are aa, bb, cc, dd, ee, ff, gg, hh and 2 more"
    with pytest.raises(ExpressionError, match=r"^unknown name zz: no param or let declares it$"):
        parse("zz").evaluate({})


def test_values_of_the_environment_are_judged_too() -> None:
    assert str(error("c", {"c": 10**5000})) == "the result of c is too large: integers end at 2,147,483,647"
    assert str(error("c*1.0", {"c": 10**5000})) == "the result of * is not a finite number"
    assert str(error("c", {"c": math.inf})) == "the result of c is not a finite number"
    assert str(error("ceil(c)", {"c": math.nan})) == "the result of c is not a finite number"


def test_no_recursion_error_however_deep_the_caller_is() -> None:
    text = "(1<1+1*" * 90 + "1" + ")" * 90

    def deep(levels: int) -> str:
        if levels:
            return deep(levels - 1)
        try:
            return str(parse(text).evaluate({}))
        except ExpressionError as found:
            return found.rule

    assert deep(0) in ("True", "False")
    assert deep(700) == "limit-exceeded"


def test_an_endless_expression_is_not_read_to_its_end() -> None:
    for text in ("(" * 100_000, "1+" * 50_000, "x" * 100_000):
        assert error(text).rule == "limit-exceeded"
        assert steps(partial(error, text)) < 200


@pytest.mark.parametrize(
    "start", ["-", "1e", "9" * 500, "not ", "((", "a.", "1.", "&", "é", " ", "<", "1if "]
)
def test_no_text_of_a_thousand_characters_is_much_work(start: str) -> None:
    half, whole = ((start * length)[:length] for length in (500, 1000))
    assert error(whole).rule in (BAD, "limit-exceeded", "unknown-name")
    assert steps(partial(error, whole)) < 2.1 * steps(partial(error, half)) < 2.1 * 20_000
