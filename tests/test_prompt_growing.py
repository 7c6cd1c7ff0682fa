"""A session that goes on with the network of its text says what one says that checks the whole text anew."""

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_shapes.prompt.session import growing, placing_layers
from cnn_shapes.prompt.session.state import Session, report_of
from cnn_shapes.source import Source
from cnn_shapes.trace import Step
from tests.counting import calls
from tests.prompt_steps import answered

TEXTS = (
    "",
    "input: 16x16x4\nlayers:\n- conv: 4\n- dropout: 0.5\n",
    "input: [16, 16, 4]\r\nlayers:\r\n    - conv: {filters: 4, kernel_size: 3}\r\n",
    "input: [16, 16, 4]\nlayers:\n  - conv: {filters: 4, kernel_size: 3}",
    "input: [16, 16, 4]\nlayers: [relu]\n",
    "input: [16, 16, 4]\nlayers:\n  - relu\noutputs: []\n",
    "input: [16, 16, 4]\nlayers:\n  - relu: {name: a}\n  - conv: {filters: 4, name: b}\noutputs: [a, b]\n",
    "layers:\n  - relu\ninput: [16, 16, 4]\n",
    "input: [4, 16, 16]\nlayout: channels_first\nrounding: floor\nlayers:\n  - maxpool: 3\n",
    "input: [16, 4]\nlayers:\n  - relu\n",
    "input: [16, 16]\nlayers:\n  - relu\n",
    "params: {c: 4, d: 5}\ninput: [16, 16, c]\ndefaults: {conv: {padding: half, norm: batch}}\n"
    "blocks:\n  B:\n    layers:\n      - conv: {filters: c, kernel_size: 3}\n"
    "layers:\n  - conv: {filters: c, kernel_size: 3}\n",
    "input: [16, 16, 4]\nlayers:\n  - conv: {filters: 4, kernel_size: 3}  # cnn-shapes: ignore[x]\n",
    "input: [16, 16, 4]\nlayers:\n  - conv: &a {filters: 4, kernel_size: 3}\n",
    "input: [16, 16, 4]\nlayers:\n  - add: [input, prev]\n  - relu\n",
    "input: [16, 16, 4]\nlayers:\n  - split: {into: 2}\n",
    "input: [16, 16, 4]\nlayers:\n  - relu: {if: false, name: a}\n  - relu\n",
)
LAYERS = (
    *("conv 4 3", "conv 4 3 p1", "conv 8 1", "conv 4 3 s2", "conv 4 1 s3", "conv 4 2 p1", "conv 4 3 p3"),
    *("conv 4 3 bn relu", "conv 4 3 norm=layer", "conv 8 3 p1 g4", "conv c 3", "conv 4", "conv 4 3 -> 14"),
    *("conv 4 3 name=a", "relu name=b", "conv 4 3 from=a", "relu from=input", "add a b", "add input"),
    *("relu", "gelu", "sigmoid", "bn", "layernorm", "groupnorm 2", "dropout 0.3", "dropout 0", "identity"),
    *("pool 2", "pool 3", "pool 3 s2", "avgpool 2", "global_avgpool", "upsample 2", "upsample 1.7"),
    *("convt 4 3 s2", "convt 4 4 s2 p1", "flatten", "dense 10", "dense 2000", "reshape 4x4x4", "split 2"),
    *("instancenorm", "residual: [conv: {filters: 4, kernel_size: 3, padding: 1}]", "B", "Conv1d 4 3"),
    *("channel_shuffle 2", "pad 1", "crop 1", "conv: {filters: 4, kernel_size: 3}  # mine", "relu; relu; bn"),
    *("relu: {if: true}", "relu: {name: b}", "- - relu", "conv: {filters: 4", "se 4", "zzz"),
)
COMMANDS = (
    *("undo", "undo", "undo; relu", "redo", "input 16x16x4", "input 12x12x3", "input 8x2", "rounding floor"),
    *("delete 1", "move 1 2", "insert 1 relu", "edit 1", "edit 1 relu", "fix", "fix 1", "show", "show 1"),
    *("explain 1", "show yaml"),
)
LINES = st.one_of(*[st.sampled_from(LAYERS)] * 4, st.sampled_from(COMMANDS))


def said(text: str, lines: list[str], first: str = "") -> list[object]:
    """What a session says to each line, and what it holds afterwards."""
    session = Session(source=Source("net.yaml", text), saved=text)
    found: list[object] = []
    for line in [first, *lines] if first else lines:
        session, reply = answered(session, line)
        pending = session.pending and (session.pending.source.text, session.pending.number)
        texts = [source.text for source in (session.source, *session.done, *session.undone)]
        found.append((line, reply, texts, pending, session.editing, session.knows_fix))
    return found


def said_by_whole_checks(text: str, lines: list[str], first: str = "") -> list[object]:
    with patch.object(placing_layers, "grown", lambda source, written: None):
        return said(text, lines, first)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TEXTS), st.lists(LINES, max_size=14))
def test_going_on_says_what_the_whole_check_says(text: str, lines: list[str]) -> None:
    first = "" if text else "input 16x16x4"
    assert said(text, lines, first) == said_by_whole_checks(text, lines, first)


@pytest.mark.parametrize(
    "lines",
    [
        ["conv 4 3 p1"] * 106 + ["relu", "conv 4 3 p1"],  # more warnings than are listed
        ["conv 4 3 p1", "dropout 0.2", *["conv 4 3 p1"] * 101, "bn"],  # one that takes another's place
        ["conv 4 3 p1", *["dropout 0.2", "conv 4 3 p1"] * 60, "bn", "relu", "conv 4 3 p1 bn", "conv 4 3 p1"],
        ["dropout 0.2", "relu", "relu", "conv 4 3 p1 bn", "bn", "bn", "dropout 0.5", "layernorm", "bn"],
        ["conv 8 3 p1", *["identity"] * 5, "dropout 0.1", "conv 8 3 p1"],
        ["conv 4 3 name=a", "relu", "undo", "bn", "undo", "undo", "redo", "pool 2", "conv 4 3 name=a"],
        ["flatten", "dense 2000", "dropout 0.2", "dense 2000", "dense 10", "conv 4 3"],
    ],
)
def test_what_a_layer_brings_is_told_as_by_the_whole_check(lines: list[str]) -> None:
    assert said("", lines, "input 16x16x4") == said_by_whole_checks("", lines, "input 16x16x4")


def test_one_text_is_gone_on_with_in_two_ways() -> None:
    start, _ = answered(Session(), "input 16x16x4; conv 4 3; relu")
    left, _ = answered(start, "conv 8 3 name=a; relu")
    right, reply = answered(start, "pool 2 name=a; conv 2 3")
    assert "7x7x4 -> 5x5x2" in reply.text
    assert left.text != right.text
    again, reply = answered(left, "conv 2 3")
    assert "12x12x8 -> 10x10x2" in reply.text
    assert report_of(again.source).ok


def figures(step: Step) -> tuple[object, ...]:
    fields = [view and (view.width, view.jump) for view in step.views or ()]
    return step.node.name, step.node.output, step.params, step.macs, fields, step.aligned


def test_the_layers_at_hand_have_the_figures_of_the_whole_trace() -> None:
    source = Source("net.yaml", "input: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel_size: 3}\n")
    before = report_of(source).trace
    assert before is not None
    steps = [*before.steps]
    for written in (
        "relu",
        "maxpool: 2",
        "conv: {filters: 4, kernel_size: 5, norm: batch}",
        "flatten",
        "dense: 3",
    ):
        found = growing.grown(source, written)
        assert found is not None
        source = found.source
        steps += found.trace.steps
    whole = report_of(source).trace
    assert whole is not None
    assert [figures(step) for step in steps] == [figures(step) for step in whole.steps]


@pytest.mark.parametrize(
    "lines",
    [
        ["conv 8 3 p1", "relu"],
        ["conv 8 3 p1"],
        ["relu"],
        ["conv 8 3 p1 bn relu", "dropout 0.2"],
        ["conv 8 3 p1", "bn"],
    ],
)
def test_twice_the_lines_are_about_twice_the_work(lines: list[str]) -> None:
    def script(count: int) -> None:
        said_last = Session()
        for line in ["input 64x64x3", *lines * (count // len(lines))]:
            said_last, _ = answered(said_last, line)

    script(20)
    short, long = calls(lambda: script(200)), calls(lambda: script(400))
    assert long < 2.2 * short
