"""How one problem is shown. The columns of carets were counted by hand in the text of each row."""

import pytest

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import ERROR, INFO, WARNING, Diagnostic, Fix, Label, Note
from cnn_shapes.formats import DisplayOptions
from cnn_shapes.formats.parts.snippet import problem
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Edit, Source, Span
from tests.golden import drawn

POOL = """input: [28, 28, 1]
layers:
  - conv: {filters: 32, kernel_size: 4}
  - relu
  - maxpool: 2
"""


def place(text: str, words: str, at: int = 0) -> Span:
    start = text.index(words, at)
    return Span(start, start + len(words))


def first(text: str, words: str) -> Span:
    """The first character of `words`."""
    start = text.index(words)
    return Span(start, start + 1)


def shown(text: str, found: Diagnostic, options: DisplayOptions | None = None) -> str:
    options = options or DisplayOptions()
    report = CheckResult(Source("net.yaml", text), None, None, [found])
    return drawn(problem(report, found, options), options)


def simple(span: Span, pointer: str = "", **more: object) -> Diagnostic:
    return Diagnostic("bad-value", ERROR, "wrong", {}, span, pointer)._replace(**more)  # type: ignore[arg-type]


def test_the_example_of_the_interface() -> None:
    found = Diagnostic(
        "pool-not-divisible",
        ERROR,
        "a {size} feature map is not a multiple of the {pool} pool",
        {"size": (25, 25), "pool": (2, 2), "rest": 1},
        place(POOL, "2", POOL.index("maxpool")),
        "25 = 12*2 + {rest}: one row and one column are left over",
        labels=(
            Label(
                first(POOL, "4}"),
                "gives {shape}",
                {"shape": Shape((32, 25, 25))},
            ),
        ),
        notes=(Note("no symmetric padding of `conv` on line 3 can help"),),
        fixes=(
            Fix("stride: 2 on line 3", (), valid=False, remaining=2, outcome="25 -> 13"),
            Fix("kernel_size: 5 on line 3", (Edit(Span(0, 0), ""),), outcome="25 -> 24, pool 12"),
            Fix("padding: 1 on line 3", (), valid=False, remaining=1),
            Fix("padding: [[1, 0], [1, 0]] on line 3", (), outcome="25 -> 26, pool 13"),
        ),
    )
    assert (
        shown(POOL, found)
        == """\
error[pool-not-divisible]: a 25x25 feature map is not a multiple of the 2x2 pool
  --> net.yaml:5:14
   |
 3 |   - conv: {filters: 32, kernel_size: 4}
   |                                      - gives 25x25x32
 5 |   - maxpool: 2
   |              ^ 25 = 12*2 + 1: one row and one column are left over
   = note: no symmetric padding of `conv` on line 3 can help
   = fix 1: kernel_size: 5 on line 3    25 -> 24, pool 12
   = fix 2: padding: [[1, 0], [1, 0]] on line 3    25 -> 26, pool 13
   = fix: stride: 2 on line 3    25 -> 13    2 problems remain
   = fix: padding: 1 on line 3    1 problem remains
"""
    )


LINES = "".join(f"{number}\n" for number in range(1, 13))


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        pytest.param(
            "name: 합성곱1  # 첫 층\nlayers: []\n",
            simple(place("name: 합성곱1  # 첫 층", "합성곱1"), "seven cells"),
            "  --> net.yaml:1:7\n   |\n 1 | name: 합성곱1  # 첫 층\n   |       ^^^^^^^ seven cells\n",
            id="cells, not characters",
        ),
        pytest.param(
            "a:\tb\tc\n",
            simple(Span(5, 6), "here"),
            "  --> net.yaml:1:6\n   |\n 1 | a:    b    c\n   |            ^ here\n",
            id="a tab is four cells",
        ),
        pytest.param(
            "a: 1\r\nb: 2\r\n",
            simple(Span(9, 10), "here"),
            "  --> net.yaml:2:4\n   |\n 2 | b: 2\n   |    ^ here\n",
            id="crlf",
        ),
        pytest.param(
            "a: \x1b[31mred\n",
            simple(Span(3, 11), "here"),
            "  --> net.yaml:1:4\n   |\n 1 | a: \\x1b[31mred\n   |    ^^^^^^^^^^^ here\n",
            id="an escape code does nothing",
        ),
        pytest.param(
            "a: e\u0301!\n",
            simple(Span(5, 6), "here"),
            "  --> net.yaml:1:6\n   |\n 1 | a: e\u0301!\n   |     ^ here\n",
            id="a combining accent takes no cell",
        ),
        pytest.param(
            "a: 1",
            simple(Span(4, 4), "here"),
            "  --> net.yaml:1:5\n   |\n 1 | a: 1\n   |     ^ here\n",
            id="the end of the file",
        ),
        pytest.param("", simple(Span(0, 0)), "  --> net.yaml:1:1\n", id="an empty file"),
        pytest.param(
            "a:\n  b: 1\n  c: 2\nd: 3\n",
            simple(Span(0, 17), "all of it"),
            "  --> net.yaml:1:1\n   |\n 1 | a:\n   | ^^\n 3 |   c: 2\n   |   ^^^^ all of it\n",
            id="several lines, the last break belongs to its line",
        ),
        pytest.param(
            LINES,
            simple(
                place(LINES, "12"),
                "here",
                labels=(Label(Span(0, 1), "there"), Label(place(LINES, "11"), "near")),
            ),
            "   --> net.yaml:12:1\n    |\n  1 | 1\n    | - there\n...\n"
            " 11 | 11\n    | -- near\n 12 | 12\n    | ^^ here\n",
            id="a gap, and numbers of two digits",
        ),
        pytest.param(
            LINES,
            simple(Span(4, 5), "here", labels=(Label(Span(0, 1), "there"),)),
            "  --> net.yaml:3:1\n   |\n 1 | 1\n   | - there\n 3 | 3\n   | ^ here\n",
            id="one line between is not a gap",
        ),
        pytest.param(
            "add: [a, bb]\n",
            simple(Span(6, 7), "12 here", labels=(Label(Span(9, 11), "13 there"),)),
            "  --> net.yaml:1:7\n   |\n 1 | add: [a, bb]\n   |       ^  -- 13 there\n   |       12 here\n",
            id="two on one line",
        ),
        pytest.param(
            "add: [a, bb]\n",
            simple(Span(6, 7), "inner", labels=(Label(Span(5, 12), "outer"),)),
            "  --> net.yaml:1:7\n   |\n 1 | add: [a, bb]\n   |      -^-----\n"
            "   |       inner\n   |      outer\n",
            id="one inside the other",
        ),
        pytest.param(
            "x" * 300 + "y" + "z" * 300,
            simple(Span(300, 301), "here"),
            f"  --> net.yaml:1:301\n   |\n 1 | ...{'x' * 76}y{'z' * 77}...\n   | {' ' * 79}^ here\n",
            id="a long line is cut around the span: 160 cells, dots included",
        ),
        pytest.param(
            "x" * 400,
            simple(Span(0, 400), "here"),
            f"  --> net.yaml:1:1\n   |\n 1 | {'x' * 157}...\n   | {'^' * 157} here\n",
            id="a long span is cut at its end",
        ),
        pytest.param(
            "x" * 200 + "y" + "z" * 200,
            simple(Span(200, 201), "here", labels=(Label(Span(3, 4), "there"),)),
            f"  --> net.yaml:1:201\n   |\n 1 | {'x' * 157}...\n   |    - there\n"
            f" 1 | ...{'x' * 76}y{'z' * 77}...\n   | {' ' * 79}^ here\n",
            id="a long line in two pieces",
        ),
    ],
)
def test_excerpt(text: str, found: Diagnostic, expected: str) -> None:
    assert shown(text, found) == "error[bad-value]: wrong\n" + expected


def test_a_file_that_cannot_be_opened_has_no_place() -> None:
    found = Diagnostic("unreadable-file", ERROR, "cannot open {path}", {"path": "x"}, Span(0, 0))
    assert shown("", found) == "error[unreadable-file]: cannot open x\n"


def test_a_narrow_terminal() -> None:
    text = "layers: [conv: {filters: 8, kernel_size: 4}, maxpool: 2]\n"
    found = simple(
        first(text, "2]"),
        "one row is left over",
        notes=(Note("a note that is far too long for the few cells of this terminal"),),
    )
    assert (
        shown(text, found, DisplayOptions(width=48))
        == """\
error[bad-value]: wrong
  --> net.yaml:1:55
   |
 1 | ...filters: 8, kernel_size: 4}, maxpool: 2]
   |                                          ^
   |                        one row is left over
   = note: a note that is far too long for the
           few cells of this terminal
"""
    )


def test_colour_marks_and_changes_no_text() -> None:
    found = simple(Span(0, 1), "here", severity=WARNING, notes=(Note("n"),), fixes=(Fix("f", ()),))
    colored = shown("a: 1\n", found, DisplayOptions(color=True))
    assert "\x1b[1;35mwarning[bad-value]\x1b[0m" in colored
    plain = colored
    for code in ("1", "1;31", "1;32", "1;34", "1;35", "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == shown("a: 1\n", found)


def test_an_encoding_that_cannot_carry_the_text() -> None:
    found = simple(Span(6, 9), "here")
    assert (
        shown("name: 합성곱\n", found, DisplayOptions(encoding="ascii"))
        == """\
error[bad-value]: wrong
  --> net.yaml:1:7
   |
 1 | name: \\ud569\\uc131\\uacf1
   |       ^^^^^^^^^^^^^^^^^^ here
"""
    )


LONG = "a 25x25 feature map of stage1.repeat1.0...residual1.conv1 is not a multiple of the 2x2 pool"


@pytest.mark.parametrize("width", [*range(24, 124, 4), None])
def test_a_headline_wraps_at_words(width: int | None) -> None:
    """What is longer than the terminal is wide stays whole, and the words stay in their order."""
    found = Diagnostic("pool-not-divisible", ERROR, LONG, {}, first(POOL, "maxpool"))
    head, _, _ = shown(POOL, found, DisplayOptions(width=width)).partition("    --> ")
    lines = head.partition("\n  --> ")[0].splitlines()
    assert " ".join(line.strip() for line in lines) == f"error[pool-not-divisible]: {LONG}"
    for line in lines:
        assert width is None or len(line) <= width or " " not in line.strip()
    assert width is not None or len(lines) == 1


@pytest.mark.parametrize(("severity", "code"), [(ERROR, "1;31"), (WARNING, "1;35"), (INFO, "1;34")])
def test_what_is_not_an_error_is_not_red(severity: str, code: str) -> None:
    found = Diagnostic("even-kernel", severity, "wrong", {}, place(POOL, "maxpool"), "here")
    text = shown(POOL, found, DisplayOptions(color=True))
    assert text.startswith(f"\x1b[{code}m{severity}[even-kernel]\x1b[0m\x1b[1m: wrong\x1b[0m\n")
    assert f"\x1b[{code}m^^^^^^^\x1b[0m \x1b[{code}mhere\x1b[0m" in text
    assert ("\x1b[1;31m" in text) == (severity == ERROR)
