"""The session is the text: what each command does to it, byte for byte, and what holds for any commands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_shapes.checking import check_path
from cnn_shapes.edit.entry_list import Unwritable
from cnn_shapes.prompt.session.replies import Load
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.session.step import step
from cnn_shapes.prompt.session.text_edits import entry_list
from cnn_shapes.prompt.terminal import files
from cnn_shapes.source import Source, read_yaml
from tests.prompt_steps import answered

BLOCK = """\
# a network
input: [28, 28, 1]  # grey
layers:
  # first
  - conv: {filters: 8, kernel_size: 5}  # five

  - relu
  - conv:
      filters: 8
      kernel_size: 5
  - maxpool: 2   # halves
# the end
outputs: []
"""


def session_of(text: str) -> Session:
    return Session(source=Source("net.yaml", text), saved=text)


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        ("bn", "  - maxpool: 2   # halves\n", "  - maxpool: 2   # halves\n  - batchnorm\n"),
        ("insert 2 bn", "\n  - relu\n", "\n  - batchnorm\n  - relu\n"),
        ("delete 2", "  - relu\n", ""),
        ("delete 3", "  - conv:\n      filters: 8\n      kernel_size: 5\n", ""),
        ("delete 4", "  - maxpool: 2   # halves\n", ""),
        (
            "edit 1 conv 8 5 relu",
            "{filters: 8, kernel_size: 5}  #",
            "{filters: 8, kernel_size: 5, activation: relu}  #",
        ),
        ("edit 4 pool 4", "maxpool: 2 ", "maxpool: 4 "),
        (
            "edit 3 conv 4 5",
            "conv:\n      filters: 8\n      kernel_size: 5\n",
            "conv: {filters: 4, kernel_size: 5}\n",
        ),
        ("move 2 4", "  - relu\n  - conv:", "  - conv:"),
        ("input 32x32x3", "[28, 28, 1]", "[32, 32, 3]"),
        ("rounding floor", "# grey\n", "# grey\nrounding: floor\n"),
    ],
)
def test_a_change_leaves_all_other_bytes_alone(line: str, old: str, new: str) -> None:
    for end in ("\n", "\r\n"):
        text = BLOCK.replace("\n", end)
        session, reply = step(session_of(text), line)
        assert not reply.wrong
        expected = text.replace(old.replace("\n", end), new.replace("\n", end), 1)
        if line.startswith("move"):
            expected = expected.replace(f"# halves{end}", f"# halves{end}  - relu{end}")
        assert session.text == expected
        undone, _ = step(session, "undo")
        assert undone.text == text
        redone, _ = step(undone, "redo")
        assert redone.text == session.text


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (
            "input: [8, 8, 1]\nlayers: [relu, flatten]\n",
            "dense 2",
            "input: [8, 8, 1]\nlayers: [relu, flatten, dense: 2]\n",
        ),
        (
            "input: [8, 8, 1]\nlayers: [relu, flatten]\n",
            "insert 1 bn",
            "input: [8, 8, 1]\nlayers: [batchnorm, relu, flatten]\n",
        ),
        ("input: [8, 8, 1]\nlayers: [relu, flatten]\n", "delete 2", "input: [8, 8, 1]\nlayers: [relu]\n"),
        ("input: [8, 8, 1]\nlayers: [relu, flatten]\n", "delete 1", "input: [8, 8, 1]\nlayers: [flatten]\n"),
        (
            "input: [8, 8, 1]\nlayers: [relu, bn1: 2]\n",
            "move 2 1",
            "input: [8, 8, 1]\nlayers: [bn1: 2, relu]\n",
        ),
        ("{input: [8, 8, 1], layers: [relu]}\n", "delete 1", "{input: [8, 8, 1], layers: []}\n"),
        ("{input: [8, 8, 1], layers: []}\n", "relu", "{input: [8, 8, 1], layers: [relu]}\n"),
        ("input: 8x8x1\nlayers: []\n", "relu", "input: 8x8x1\nlayers:\n  - relu\n"),
        ("input: 8x8x1\nlayers:\n", "relu", "input: 8x8x1\nlayers:\n  - relu\n"),
        ("input: 8x8x1\n", "relu", "input: 8x8x1\nlayers:\n  - relu\n"),
        ("input: 8x8x1\nlayers:\n- relu", "bn", "input: 8x8x1\nlayers:\n- relu\n- batchnorm"),
        ("input: 8x8x1\nlayers:\n- relu\n- flatten", "move 2 1", "input: 8x8x1\nlayers:\n- flatten\n- relu"),
        ("input: 8x8x1\nlayers:\n- relu\n- flatten", "delete 2", "input: 8x8x1\nlayers:\n- relu"),
        ("input: 8x8x1\nlayers:\n  - relu # one\n", "delete 1", "input: 8x8x1\nlayers: []\n"),
        ("input: 8x8x1\nlayers: [relu]\n", "input 9 9 1", "input: 9x9x1\nlayers: [relu]\n"),
        (
            "input: [8, 8, 1]\nrounding: floor\nlayers: [relu]\n",
            "rounding exact",
            "input: [8, 8, 1]\nrounding: exact\nlayers: [relu]\n",
        ),
    ],
)
def test_every_form_of_a_list(text: str, line: str, expected: str) -> None:
    session, reply = step(session_of(text), line)
    assert (reply.wrong, session.text) == (False, expected)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "input: 8x8x1\nlayers:\n  - conv: {filters: 3,  # three\n      kernel_size: 3}\n",
            "edit 1 relu",
            "layer 1 has a comment inside, which would be lost: change it in an editor",
        ),
        (
            "x: &a\n  - relu\ninput: 8x8x1\nlayers: *a\n",
            "bn",
            "layers refers to a list elsewhere (*): change it there",
        ),
        (
            "input: 8x8x1\nlayers:\n  - &a relu\n  - *a\n",
            "edit 2 bn",
            "layer 2 refers to an entry elsewhere (*): change it there",
        ),
        ("input: 8x8x1\nlayers: 3\n", "bn", "layers is not a list"),
        ("input: [8, 8\n", "bn", "the text cannot be read as a spec: fix or load comes first"),
        ("input: 8x8x1\nlayers: [relu]\n", "delete 2", "there is no layer 2: there is one"),
        ("input: 8x8x1\nlayers: [relu]\n", "insert 3 bn", "there is no layer 3: there is one"),
        ("input: 8x8x1\nlayers: [relu]\n", "undo", "there is nothing to undo"),
        ("input: 8x8x1\nlayers: [relu]\n", "fix 3", "  nothing to fix: there is no problem"),
        ("input: 8x8x1\nlayers: [relu]\n", "edit", "edit needs the number of a layer, as in edit 2"),
        (
            "input: 8x8x1\nlayers: [relu]\n",
            "delete x",
            "delete needs the number of a layer, as in delete 2, found x",
        ),
        ("input: 8x8x1\nlayers: [relu]\n", "rounding up", "rounding takes exact or floor, found up"),
        ("input: 8x8x1\nlayers: [relu, relu]\n", "delete 3", "there is no layer 3: there are 2"),
        (
            "input: 8x8x1\nlayers: [relu]\n",
            "edit 999999999999",
            "there is no layer 999999999999: there is one",
        ),
        ("input: 8x8x1\nlayers: [relu]\n", "undo 3", "undo takes nothing, found 3"),
        ("input: 8x8x1\nlayers: [relu]\n", "redo 3", "redo takes nothing, found 3"),
        ("input: 8x8x1\nlayers: [relu]\n", "sizes 3", "sizes takes nothing, found 3"),
        ("input: 8x8x1\nlayers: [relu]\n", "quit now", "quit takes nothing, found now"),
        ("input: 8x8x1\nlayers: [mapxool: 2]\n", "fix 7", "there is no fix 7: there is one"),
        (
            "input: 8x8x1\nlayers: [dense: {units: 3, from: nowhere}]\n",
            "fix 1",
            "there is no fix to take: no small change was found that mends it",
        ),
        (
            "input: 8x8x1\nlayers: [relu]\n",
            "input 99999999999x8x1",
            "a size is at most 2,147,483,647, found 99999999999x8x1",
        ),
        (
            "input: 8x8x1\nlayers: [relu]\n",
            "help what",
            "there is no help for what: help layers and help commands list what there is",
        ),
        (
            "input: 8x8x1\nlayers: [relu]\n",
            "help gate",
            "gate holds layers of its own: write it as in a spec, gate: [global_avgpool, dense: 32]",
        ),
    ],
)
def test_what_cannot_be_done_changes_nothing(text: str, line: str, said: str) -> None:
    session, reply = answered(session_of(text), line)
    assert session.text == text
    assert reply.lines[0].text == said


LINES = st.sampled_from(
    [
        *(
            "input 28x28x1",
            "input 9x9x3",
            "input 16",
            "conv 4 3",
            "conv 4 3 s2 p1 relu",
            "conv 32 5 2",
            "pool 2",
        ),
        *("pool 2 floor", "flatten", "dense 10", "bn; relu", "gap", "insert 1 relu", "insert 2 conv 3 3 p1"),
        *(
            "delete 1",
            "delete 2",
            "delete 9",
            "move 1 2",
            "move 2 1",
            "edit 1",
            "edit 1 conv 6 3",
            "edit 2 pool 2",
        ),
        *(
            "fix",
            "fix 1",
            "fix 2",
            "undo",
            "redo",
            "show",
            "rounding floor",
            "rounding exact",
            "explain 1",
            "sizes",
        ),
        *(
            "add input",
            "concat a b",
            "conv 4 3 name=a",
            "residual: [relu]",
            "conv: {filters: 3",
            "help",
            "xyz",
        ),
    ]
)


@settings(max_examples=60)
@given(st.lists(LINES, max_size=12), st.sampled_from(["", BLOCK, "input: 8x8x1\nlayers: [relu]\n"]))
def test_any_commands_leave_a_readable_spec_and_undo_takes_each_back(lines: list[str], text: str) -> None:
    session = session_of(text)
    for line in lines:
        before = session
        session, _ = step(session, line)
        document = read_yaml(session.source)
        assert document.problems == []
        if session.text.strip():
            entry_list(session.source)
        if session.done != before.done and line not in ("undo",):
            back = session
            while len(back.done) > len(before.done):
                back, reply = step(back, "undo")
                assert not reply.wrong
            if line != "redo":
                assert back.text == before.text


@settings(max_examples=30)
@given(st.lists(LINES, max_size=8))
def test_what_save_writes_checks_as_the_session_showed(lines: list[str]) -> None:
    import tempfile

    session = Session()
    for line in lines:
        session, _ = step(session, line)
    if not session.text:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/net.yaml"
        shown = [(one.rule, one.span, one.message()) for one in session.report.diagnostics]
        session, reply = files.write(session, path)
        assert not reply.wrong
        assert not session.is_unsaved
        report = check_path(path)
        assert [(one.rule, one.span, one.message()) for one in report.diagnostics] == shown
        again, _ = files.read(Session(), Load(path))
        assert again.text == session.text


def test_a_size_that_is_expected_after_an_activation() -> None:
    _, reply = answered(Session(), "input 28x28x1; conv 32 5 relu -> 12")
    assert "  (28 + 2*0 - 5)/1 + 1 = 24\n  the stride is 1 here" in reply.text


def test_the_lines_of_an_entry() -> None:
    entries = entry_list(Source("", BLOCK))
    assert [BLOCK[span.start : span.end] for span in entries.spans] == [
        "  - conv: {filters: 8, kernel_size: 5}  # five\n",
        "  - relu\n",
        "  - conv:\n      filters: 8\n      kernel_size: 5\n",
        "  - maxpool: 2   # halves\n",
    ]
    with pytest.raises(Unwritable):
        entries.need(5)
