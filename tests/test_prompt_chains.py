"""A chain on one line: what its links are, the network that it becomes, and what undo takes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.prompt.language.chain import links
from cnn_shapes.prompt.language.completion import complete
from cnn_shapes.prompt.language.grammar import statements
from cnn_shapes.prompt.language.vocabulary import LineContext
from cnn_shapes.prompt.session.commands import COMMANDS, context_of
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.session.step import step
from cnn_shapes.prompt.view.preview import GOOD, GREY, RED, preview
from tests.prompt_steps import answered

CONTEXT = LineContext(blocks=("Stage",), commands=COMMANDS, names=frozenset(("a", "relu_a", "add")))
COURSE = "input: [28, 28, 1]\nlayers:\n  - conv: {filters: 32, kernel_size: 5}\n  - maxpool: 2\n"
COURSE += "  - conv: {filters: 64, kernel_size: 5}\n  - maxpool: 2\n  - flatten\n  - dense: 10\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("28x28x1 -> conv 5x5x32 -> pool 2", ["28x28x1", "conv 5x5x32", "pool 2"]),
        ("28x28x1->conv 5x5x32->pool 2", ["28x28x1", "conv 5x5x32", "pool 2"]),
        ("28x28x1 → conv 8 3 ⇒ relu => bn --> flatten ==> dense 2", None),
        ("28x28x1 | conv 8 3, pool 2 -> relu", ["28x28x1", "conv 8 3", "pool 2", "relu"]),
        ("28, 28, 1, conv 8 3", ["28, 28, 1", "conv 8 3"]),
        ("(28, 28, 1) -> conv(8, 3)", ["(28, 28, 1)", "conv(8, 3)"]),
        ("input 28x28x1 -> conv 8 3", ["input 28x28x1", "conv 8 3"]),
        ("784 -> dense 10", ["input 784", "dense 10"]),
        # a separator that nothing comes after, or before
        ("28x28x1 ->", ["28x28x1"]),
        ("28x28x1 -> conv 8 3 ->", ["28x28x1", "conv 8 3"]),
        ("-> conv 8 3", ["conv 8 3"]),
        ("28x28x1 -> -> conv 8 3 ||", ["28x28x1", "conv 8 3"]),
        ("conv 8 3 ->", ["conv 8 3 ->"]),
        # sizes after an arrow are what is expected
        ("conv 8 3 -> 24", ["conv 8 3 -> 24"]),
        ("conv 8 3 --> 24x24x8", ["conv 8 3 -> 24x24x8"]),
        ("28x28x1 -> conv 8 3 → 26 x 26 → pool 2", ["28x28x1", "conv 8 3 -> 26 x 26", "pool 2"]),
        # a comma is the layer's own where that can take what comes after it
        ("conv 32, 5, stride = 2", ["conv 32, 5, stride = 2"]),
        ("conv 32 5, bn, relu, pool 2", ["conv 32 5, bn, relu", "pool 2"]),
        ("conv 32 3 padding 1,1", ["conv 32 3 padding 1,1"]),
        ("conv 32 3, pad 1, flatten", ["conv 32 3, pad 1", "flatten"]),
        ("conv 32 3 p=((1,0),(2,1)), relu", ["conv 32 3 p=((1,0),(2,1)), relu"]),
        ("flatten, relu", ["flatten", "relu"]),
        ("pool2, conv5x5x8", ["pool2", "conv5x5x8"]),
        ("concat a, add", ["concat a, add"]),
        ("concat a, b, relu", ["concat a, b", "relu"]),
        ("split relu, bn", ["split relu, bn"]),
        ("Stage c=1, Stage c=2", ["Stage c=1", "Stage c=2"]),
        ("nn.Conv2d(1, 8, 3), nn.ReLU()", ["nn.Conv2d(1, 8, 3)", "nn.ReLU()"]),
        # what has separators of its own
        ("conv: {filters: 8, kernel_size: [3, 3]}", ["conv: {filters: 8, kernel_size: [3, 3]}"]),
        ("- residual: [relu, flatten]", ["- residual: [relu, flatten]"]),
        ("insert 2 conv 8 3 -> 24", ["insert 2 conv 8 3 -> 24"]),
        ('conv 8 3 name="a -> b"', ['conv 8 3 name="a -> b"']),
        ("conv f=c_in>3 k=1", ["conv f=c_in>3 k=1"]),
    ],
)
def test_the_links_of_a_chain(line: str, expected: list[str] | None) -> None:
    (statement,) = statements(line)
    found = [link.text for link in links(statement, CONTEXT)]
    assert found == (expected or ["28x28x1", "conv 8 3", "relu", "bn", "flatten", "dense 2"])


@pytest.mark.parametrize("separator", [" -> ", "->", " → ", " => ", " --> ", ", ", " | ", "|", "\n", "; "])
def test_every_separator_makes_the_same_network(separator: str) -> None:
    links = ("28x28x1", "conv 5x5x32", "pool 2", "conv 64 5", "pool 2", "flatten", "dense 10")
    session, reply = answered(Session(), separator.join(links))
    assert (reply.wrong, session.text) == (False, COURSE)


CHAIN = "28x28x1 -> conv 5x5x32 -> pool 2 -> conv 64 5 -> pool 2 -> flatten -> dense 10"


def test_the_sizes_of_the_course_network() -> None:
    """By hand: 28 - 5 + 1 = 24, 24/2 = 12, 12 - 5 + 1 = 8, 8/2 = 4, 4*4*64 = 1024.

    5*5*1*32 + 32 = 832, 5*5*32*64 + 64 = 51,264 and 1024*10 + 10 = 10,250 parameters: 62,346.
    """
    _, reply = answered(Session(), CHAIN)
    sizes, totals = reply.lines[1].text, reply.lines[2].text
    assert sizes.split() == ["24x24x32", "12x12x32", "8x8x64", "4x4x64", "1024", "10"]
    assert totals == "  6 layers   28x28x1 -> 10   62,346 parameters"
    starts = [reply.lines[0].text.index(word) for word in ("conv 5x5x32", "conv 64 5", "dense 10")]
    assert [sizes.index(size) for size in ("24x24x32", "8x8x64")] == starts[:2]


def test_a_chain_is_one_change() -> None:
    session, _ = step(Session(), CHAIN)
    undone, _ = step(session, "undo")
    assert (session.text, undone.text) == (COURSE, "")
    redone, _ = step(undone, "redo")
    assert redone.text == COURSE


def test_a_chain_goes_on_after_the_last_layer() -> None:
    session, _ = step(Session(), "28x28x1 -> conv 5x5x32 -> pool 2")
    after, reply = answered(session, "conv 64 5 -> pool 2, flatten | dense 10")
    assert after.text == COURSE
    assert reply.lines[0].text.split(" -> ")[0] == "  12x12x32"
    assert step(after, "undo")[0].text == session.text


@pytest.mark.parametrize("line", ["28x28x1 -> conv 8 3", "input 8x8x1 -> relu", "784 -> dense 2"])
def test_a_chain_that_begins_a_second_network(line: str) -> None:
    session, _ = step(Session(), CHAIN)
    after, reply = answered(session, line)
    first = line.partition(" ->")[0]
    first = "input 784" if first == "784" else first
    assert reply.wrong
    assert after.text == session.text
    assert reply.text == (
        f"{first} begins a network, and there is one already, of 6 layers: leave it out to go on after the "
        "last layer, or begin anew with clear, which undo takes back\n"
    )


def test_a_chain_cannot_replace_a_layer() -> None:
    session, _ = step(Session(), CHAIN)
    session, _ = step(session, "edit 1")
    after, reply = answered(session, "conv 8 3 -> relu")
    assert (after.text, after.editing) == (COURSE, 0)
    assert reply.text == "one layer can take the place of layer 1, found a chain of 2\n"


# what is typed first, its prefill; what is typed then, its prefill
LEFT = [
    # what cannot be read is on the line again, with what comes after it
    ("28x28x1 -> cov 8 3 -> relu", "cov 8 3 -> relu", "conv 8 3", ""),
    ("28x28x1\nconv 8 3\ncov 8 3\nrelu\n", "cov 8 3; relu", "relu", ""),
    ("28x28x1 -> relu; cov 1 -> bn; relu", "cov 1 -> bn; relu", "bn", ""),
    # what a fix mends is done by it, and the rest is on the line after
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "fix 1", "relu"),
    ("28x28x1; conv 8 4; pool 2; relu; bn", "", "fix 1", "relu; bn"),
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "edit 1 conv 8 5", "pool 2 -> relu"),
    ("28x28x1 -> conv 8 4 -> pool 2", "", "fix 1", ""),
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "pool 5", "relu"),
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "rounding floor", "pool 2 -> relu"),
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "input 29x29x1", "pool 2 -> relu"),
    # what has gone another way does not come back
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "undo", ""),
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "clear", ""),
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "delete 1", ""),
    # nor what a terminal would obey
    ("28x28x1 -> co\x1bv 8 3 -> relu", "", "conv 8 3", ""),
    # one statement alone is the user's to type again
    ("28x28x1 -> conv 8 4 -> pool 2 -> relu", "", "show", ""),
    ("cov 8 3", "", "28x28x1", ""),
]


@pytest.mark.parametrize(("line", "first", "then", "second"), LEFT)
def test_what_is_left_of_a_line_comes_back(line: str, first: str, then: str, second: str) -> None:
    session, reply = step(Session(), line)
    assert (reply.wrong, reply.prefill) == (True, first)
    _, reply = step(session, then)
    assert reply.prefill == second


def test_a_look_between_does_not_lose_what_is_left() -> None:
    session, _ = step(Session(), "28x28x1 -> conv 8 4 -> pool 2 -> relu")
    for line in ("show", "fix", "explain 1", "help conv", "fix 99"):
        session, reply = step(session, line)
        assert reply.prefill == ""
    assert step(session, "fix 1")[1].prefill == "relu"


def test_what_is_kept_of_a_line_is_said() -> None:
    session, _ = step(Session(), "28x28x1")
    session, reply = answered(session, "conv 32 4; pool 2; flatten")
    assert session.text == "input: [28, 28, 1]\nlayers:\n  - conv: {filters: 32, kernel_size: 4}\n"
    assert [line.text for line in reply.lines[-2:]] == ["  kept: conv 32 4", "  not done: flatten"]


@pytest.mark.parametrize(
    "line",
    [
        "28x28x1 -> relu",
        "class Net(nn.Module):",
        "input: [8, 8, 1]\nparams: {k: 1}\nlayers:\n  - relu\n",
        "nn.Conv2d(8, 8, groups=)\nnn.ReLU()",
    ],
)
def test_why_tells_of_what_was_refused_as_a_whole(line: str) -> None:
    session, _ = step(Session(), CHAIN)
    session, reply = answered(session, line)
    assert session.misread == reply.lines[0].text
    assert "nothing is wrong" not in answered(session, "why")[1].text


@pytest.mark.parametrize(
    ("line", "style", "said"),
    [
        ("28", GREY, "a line begins with a layer or a command, found 28: as in conv 32 5, pool 2, help"),
        ("28x28x1", GOOD, "input 28x28x1: height 28, width 28, 1 channel"),
        ("28x28x1 ->", GOOD, "input 28x28x1: height 28, width 28, 1 channel"),
        ("28x28x1 -> conv 8 5", GOOD, "28x28x1 -> 24x24x8   (28 + 2*0 - 5)/1 + 1 = 24   "),
        ("28x28x1 -> conv 8 5 -> pool 2", GOOD, "24x24x8 -> 12x12x8   24 / 2 = 12"),
        ("28x28x1 -> conv 8 4, pool 2", RED, "25x25x8 -> ?   25 / 2 = 12.5, not a natural number"),
        ("28x28x1 -> fl", GREY, "flatten   "),
        ("input a=5 -> relu", GREY, "what goes in is not known yet"),
    ],
)
def test_a_chain_is_previewed(line: str, style: str, said: str) -> None:
    shown = preview(Session(), line, len(line))
    assert (shown.style, shown.forms[0][: len(said)]) == (style, said)


@pytest.mark.parametrize(
    ("line", "text", "start"),
    [("28x28x1 -> fl", "flatten", 11), ("conv 8 3 | pool 2 str", "stride=", 18), ("relu -> ", "conv", 8)],
)
def test_a_link_is_completed(line: str, text: str, start: int) -> None:
    first = complete(line, len(line), context_of(Session()))[0]
    assert (first.text, first.start) == (text, start)


@given(st.text(alphabet="28x1 ->|,→=()[]{}'\"convplre:", max_size=60))
def test_parting_loses_nothing_but_separators(line: str) -> None:
    for statement in statements(line):
        found = links(statement, CONTEXT)
        kept = "".join(link.text for link in found)
        added = "input" if found[0].text.startswith("input ") else ""
        for sign in "28x1convplre()[]{}":
            assert kept.count(sign) == statement.text.count(sign) + added.count(sign)
        assert all(
            line[link.start] == link.text[len(f"{added} ") if added and not place else 0]
            for place, link in enumerate(found)
        )
