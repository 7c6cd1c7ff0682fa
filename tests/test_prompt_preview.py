"""The live preview and completion as the pure functions they are: rows of what is typed and what is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.formats.parts.terminal_text import cells
from cnn_shapes.prompt.language.completion import complete
from cnn_shapes.prompt.session.commands import context_of
from cnn_shapes.prompt.session.look_ahead import look_ahead
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.session.step import step
from cnn_shapes.prompt.view.preview import fragments

COURSE = "input 28x28x1; conv 32 5; pool 2; flatten; dense 10"


def session_after(lines: str) -> Session:
    session, reply = step(Session(), lines)
    assert not reply.wrong
    return session


def shown(session: Session, text: str, width: int = 100) -> tuple[str, str]:
    ((style, preview),) = fragments(session, text, len(text), width)
    return style, preview


@pytest.mark.parametrize(
    ("before", "typed", "style", "text"),
    [
        ("", "", "grey", "input 28x28x1 says what goes in"),
        ("", "conv 32 5", "grey", "what goes in is not known yet"),
        ("", "input 28x28x1", "good", "input 28x28x1: height 28, width 28, 1 channel"),
        ("input 28x28x1", "", "grey", "28x28x1   no layers yet"),
        ("input 28x28x1", "co", "grey", "conv, conv_transpose, concat"),
        ("input 28x28x1", "conv ", "grey", "conv FILTERS KERNEL [s p d g] [relu]"),
        # 28 - 5 + 1 = 24; 5*5*1*32 + 32 = 832
        (
            "input 28x28x1",
            "conv 32 5",
            "good",
            "28x28x1 -> 24x24x32   (28 + 2*0 - 5)/1 + 1 = 24   5*5*1*32 + 32 = 832 parameters",
        ),
        # the statement at the cursor, after those before it: 24 / 2 = 12
        ("input 28x28x1", "conv 32 5; pool 2", "good", "24x24x32 -> 12x12x32   24 / 2 = 12"),
        # the nearest value that works: 25 = 5*5
        (
            "input 28x28x1; conv 32 4",
            "pool 2",
            "red",
            "25x25x32 -> ?   25 / 2 = 12.5, not a natural number; pool 5 gives 5",
        ),
        # 28 - 28 + 1 = 1
        (
            "input 28x28x1",
            "pool 30",
            "red",
            "a 30x30 window does not fit into the 28x28 feature map; kernel 28 gives 1",
        ),
        # (24 - 6)/2 + 1 = 10
        (
            "input 24x24x1",
            "conv 8 5 s2",
            "red",
            "24x24x1 -> ?   (24 + 2*0 - 5)/2 + 1 = 10.5, not a natural number; kernel 6 gives 10",
        ),
        # of two axes the one that is wrong: (25 - 4)/2 + 1 = 11.5; 25 and 24 have no kernel in common
        (
            "input 25x24x1",
            "conv 8 4 s2",
            "red",
            "(25 + 2*0 - 4)/2 + 1 = 11.5, (24 + 2*0 - 4)/2 + 1 = 11, not a natural number; "
            "stride 1 gives 22x21",
        ),
        # 32 = 4*8; 28 - 3 + 1 = 26
        (
            "input 28x28x32",
            "conv 32 3 g3",
            "red",
            "32 input channels cannot be shared out into 3 equal groups: 32 = 3*10 + 2; groups 4 gives 26",
        ),
        # 2*11 + 1 = 23 pixels of 24: 24 - 23 + 1 = 2
        (
            "input 24x24x1",
            "conv 8 3 d30",
            "red",
            "a 61x61 window does not fit into the 24x24 feature map; dilation 11 gives 2",
        ),
        # at most half of the kernel: (28 + 2*1 - 2)/2 + 1 = 15
        (
            "input 28x28x1",
            "pool 2 p2",
            "red",
            "padding 2 is too much for a pool with kernel_size 2; padding 1 gives 15",
        ),
        # 23 is a prime number: no pool near 2 divides it
        ("input 23x23x1", "pool 2", "red", "23x23x1 -> ?   23 / 2 = 11.5, not a natural number"),
        (
            "input 23x23x1",
            "pool 99999",
            "red",
            "a 99999x99999 window does not fit into the 23x23 feature map",
        ),
        (
            "input 28x28x1",
            "dense 10",
            "red",
            "dense wants a vector, found a 28x28x1 feature map: put flatten or global_avgpool before it",
        ),
        ("input 28x28x1", "conv 32 5 padding=s", "grey", "same"),
        ("input 28x28x1", "conv 32 5 sa", "grey", "same"),
        ("input 28x28x1", "conv 32 5 pad", "grey", "padding=   zeros around the feature map (0)"),
        (
            "input 28x28x1",
            "Conv2D(32, (5",
            "grey",
            "28x28x1 -> 24x24x32   (28 + 2*0 - 5)/1 + 1 = 24   5*5*1*32 + 32 = 832 parameters",
        ),
        (
            "input 28x28x1",
            "conv 32 5 2",
            "red",
            "2 may be the stride or the padding: write conv 32 5 s2 or conv 32 5 p2",
        ),
        (
            "input 28x28x1",
            "conv 32 5 -> 23",
            "red",
            "expect says 23x23x?, but 24x24x32 comes out: (28 + 2*0 - 5)/1 + 1 = 24",
        ),
        # how the rest fares: 28 - 3 + 1 = 26, 26 / 2 = 13
        (
            COURSE,
            "edit 1 conv 32 3",
            "good",
            "28x28x1 -> 26x26x32   (28 + 2*0 - 3)/1 + 1 = 26   3*3*1*32 + 32 = 320 parameters   output 10",
        ),
        # 28 - 4 + 1 = 25, not a multiple of 2
        (
            COURSE,
            "edit 1 conv 32 4",
            "red",
            "28x28x1 -> 25x25x32   (28 + 2*0 - 4)/1 + 1 = 25   then layer 2 fails: 25 / 2 = 12.5",
        ),
        (COURSE, "input 29x29x1", "red", "input 29x29x1   then layer 2 fails: 25 / 2 = 12.5"),
        (COURSE, "delete 2", "good", "without layer 2: output 10"),
        (COURSE, "insert 2 relu", "good", "24x24x32 -> 24x24x32   output 10"),
        (COURSE, "delete 9", "red", "there is no layer 9: there are 4"),
        (COURSE, "undo", "grey", "undo   takes back the last change, whatever it was"),
        (COURSE, "xyz", "red", "there is no layer or command xyz: help lists the layers and the commands"),
    ],
)
def test_preview(before: str, typed: str, style: str, text: str) -> None:
    session = session_after(before) if before else Session()
    assert shown(session, typed) == (style, text)


@pytest.mark.parametrize(
    ("width", "good", "wrong"),
    [
        (
            60,
            "28x28x1 -> 24x24x32   (28 + 2*0 - 5)/1 + 1 = 24",
            "28 / 3 = 9.33..., not a natural number; pool 4 gives 7",
        ),
        (
            50,
            "28x28x1 -> 24x24x32   (28 + 2*0 - 5)/1 + 1 = 24",
            "= 9.33..., not a natural number; pool 4 gives 7",
        ),
        (45, "28x28x1 -> 24x24x32", "9.33...; pool 4 gives 7"),
        (20, "28x28x1 -> 24x24x32", "pool 4 gives 7"),
        (12, "-> 24x24x32", "9.33..."),
        (10, "24x24x32", "9.33..."),
        (6, "24x...", "9.3..."),
        (3, "", ""),
    ],
)
def test_the_longest_form_that_fits(width: int, good: str, wrong: str) -> None:
    session = session_after("input 28x28x1")
    assert shown(session, "conv 32 5", width) == ("good", good)
    assert shown(session, "pool 3", width) == ("red", wrong)


@given(st.text(max_size=40), st.integers(1, 120))
def test_any_line_has_a_preview_that_fits_and_changes_nothing(text: str, width: int) -> None:
    session = session_after(COURSE)
    for line in (text, f"conv {text}", f"edit 1 {text}"):
        ((_, preview),) = fragments(session, line, len(line), width)
        assert cells(preview) <= width
        complete(line, len(line), context_of(session))
    prepared = look_ahead(session.source, 5)
    assert prepared is not None
    assert [node.name for node in prepared.unfolder.network.layers] == [
        "conv1",
        "maxpool1",
        "flatten1",
        "dense1",
    ]
    assert shown(session, "")[1] == "28x28x1 -> 10   4 layers   46,922 parameters"  # 832 + 4608*10 + 10


@pytest.mark.parametrize(
    ("typed", "first", "start"),
    [
        ("co", ["conv", "conv_transpose", "concat"], 0),
        ("conv ", ["filters=", "kernel_size=", "stride=", "padding="], 5),
        ("pool 2 ", ["kernel_size=", "stride=", "padding=", "dilation=", "rounding="], 7),
        ("conv 32 5 pad", ["padding="], 10),
        ("conv 32 5 padding=", ["valid", "half", "same"], 18),
        ("conv 32 5 activation=so", ["softmax", "softplus"], 21),
        ("conv 32 5 bias=", ["true", "false"], 15),
        ("conv 32 5 rel", ["relu", "relu6"], 10),
        ("conv 32 5; po", ["pool"], 11),
        ("edit ", ["1", "2", "3", "4"], 5),
        ("edit 1 avg", ["avgpool"], 7),
        ("rounding ", ["exact", "floor"], 9),
        ("help und", ["undo"], 5),
        ("채", ["conv", "conv_transpose", "concat"], 0),
        ("save ", [], 0),
    ],
)
def test_completion(typed: str, first: list[str], start: int) -> None:
    found = complete(typed, len(typed), context_of(session_after(COURSE)))
    assert [one.text for one in found][: len(first)] == first
    assert all(one.start == start for one in found)


def test_what_is_given_is_not_offered_again() -> None:
    typed = "conv filters=3 stride=2 "
    offered = [one.text for one in complete(typed, len(typed), context_of(session_after(COURSE)))]
    assert "filters=" not in offered
    assert "stride=" not in offered
    assert "padding=" in offered
