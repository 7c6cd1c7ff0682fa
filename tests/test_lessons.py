"""`learn`: a task may be done in several ways, each goal is judged by the engine, progress is kept."""

import pytest

from cnn_shapes.prompt.session.lessons import lessons
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.terminal import files
from tests.prompt_steps import answered

COURSE = ["input 28x28x1", "conv 32 5", "pool 2", "conv 64 5", "pool 2", "flatten", "dense 10"]
# an exercise, and lines with which it is done: as it says, and in other words
WAYS: list[tuple[int, list[str]]] = [
    (1, COURSE),
    (
        1,
        [
            "input (28, 28, 1)",
            "conv 5x5x32 relu; maxpool 2",
            "Conv2D(64, 5); MaxPooling2D(2)",
            "flatten",
            "dense 10",
        ],
    ),
    (2, ["edit 1 conv 32 4", "why"]),
    (2, ["edit 3 conv 64 6", "w"]),  # 12 - 6 + 1 = 7
    (3, ["fix", "fix 1"]),
    (3, ["fi", "edit 1 conv 32 3 p0", "undo", "edit 1 conv 32 5"]),
    (4, ["conv 16 3 p1", "conv 16 5 p2", "conv 16 7 padding=half"]),
    (4, ["conv 16 3 same", "conv 16 5 padding=half bn relu", "conv 16 7 p3"]),
    (5, ["export keras", "nn.Conv2d(1, 32, 5)", "nn.MaxPool2d(2)", "nn.Flatten()"]),
    (5, ["export py", "Conv2D(8, 3)", "MaxPooling2D(2)", "Flatten()"]),
]


@pytest.mark.parametrize(("number", "lines"), WAYS)
def test_a_way_through(number: int, lines: list[str]) -> None:
    session, _ = answered(Session(), f"learn {number}")
    for line in lines:
        assert session.lesson is not None
        session, reply = answered(session, line)
    assert (session.lesson, session.learned) == (None, number)
    assert reply.lines[-2].text == f"  done: {lessons()[number - 1].done}"


# an exercise, and lines that do not do its first task
WRONG: list[tuple[int, str]] = [
    (1, "input 28x28x3"),
    (3, "show"),
    (4, "conv 16 3"),
    (4, "conv 16 1"),
    (4, "pool 2"),
    (5, "show"),
]


@pytest.mark.parametrize(("number", "line"), WRONG)
def test_what_does_not_do(number: int, line: str) -> None:
    session, _ = answered(Session(), f"learn {number}")
    session, _ = answered(session, line)
    assert session.lesson == (number, 0)


def test_a_hint_is_told_where_the_network_goes_another_way() -> None:
    session, _ = answered(Session(), "learn 1; input 28x28x1; conv 32 5; pool 2")
    session, reply = answered(session, "conv 64 5")  # the first of two that are wanted
    assert not [line.text for line in reply.lines if "not yet" in line.text]
    session, reply = answered(session, "conv 64 3")
    assert reply.lines[-1].text == "  not yet: 8x8x64 should come out, and then 4x4x64: conv 64 5, pool 2"
    _, reply = answered(session, "show")
    assert not [line.text for line in reply.lines if "not yet" in line.text]


def test_what_was_here_comes_back() -> None:
    session, _ = answered(Session(), "input 9x9x1; conv 3 3")
    text = session.text
    session, reply = answered(session, "learn 3")
    assert reply.lines[1].text == "  undo brings back what was here"
    session, _ = answered(session, "learn stop")
    assert session.lesson is None
    session, _ = answered(session, "undo")
    assert session.text == text


def test_learn_goes_on_where_it_was_left(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert files.learned() == 0
    files.keep_learned(3)
    session = Session(learned=files.learned())
    session, reply = answered(session, "learn")
    assert reply.lines[0].text == "  exercise 4 of 5: keep a size with padding"
    (tmp_path / "cnn-shapes" / "learned").write_text("many", encoding="utf-8")
    assert files.learned() == 0


@pytest.mark.parametrize("typed", ["learn 0", "learn 6", "learn 99999", "learn first", "learn -1"])
def test_an_exercise_that_is_not_there(typed: str) -> None:
    session, reply = answered(Session(), typed)
    assert (session.lesson, reply.wrong) == (None, True)
    assert reply.lines[0].text.startswith(
        "learn takes the number of an exercise from 1 to 5, or stop, found "
    )
