"""The prompt on the specs of known networks: every layer edited as it is, deleted, moved, taken back."""

import pytest

from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.edit.entry_list import Unwritable
from cnn_shapes.prompt.session.commands import short_form
from cnn_shapes.prompt.session.look_ahead import look_ahead
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.session.step import step
from cnn_shapes.prompt.session.text_edits import entry_list
from cnn_shapes.source import Source
from tests.prompt_steps import answered


@pytest.mark.parametrize("name", zoo.names())
def test_every_layer_is_edited_as_it_would_be_typed(name: str) -> None:
    text = zoo.text(name)
    session = Session(source=Source(f"{name}.yaml", text))
    trace = session.report.trace
    assert trace is not None
    count = len(entry_list(session.source).spans)
    assert count == len(session.report.spec.items if session.report.spec else ())
    for number in range(1, count + 1):
        try:
            typed = short_form(session, number)
        except Unwritable:
            continue
        after, reply = answered(session, f"edit {number} {typed}")
        if reply.wrong:  # a comment is inside
            assert "has a comment inside" in reply.lines[0].text
            continue
        found = after.report.trace
        assert found is not None
        assert found.totals == trace.totals
        assert [node.output for node in found.network.nodes] == [node.output for node in trace.network.nodes]


@pytest.mark.parametrize("name", zoo.names())
def test_taking_out_and_moving_is_taken_back(name: str) -> None:
    session = Session(source=Source(f"{name}.yaml", zoo.text(name)))
    count = len(entry_list(session.source).spans)
    for line in ("delete 1", f"delete {count}", "move 1 2", f"move {count} 1", "insert 2 relu", "relu"):
        after, reply = step(session, line)
        if reply.wrong:  # an anchor or a name that others use
            assert after.text == session.text
            continue
        assert len(entry_list(after.source).spans) == count + {"d": -1, "m": 0, "i": 1, "r": 1}[line[0]]
        assert step(after, "undo")[0].text == session.text


@pytest.mark.parametrize("name", zoo.names())
def test_what_is_computed_ahead_is_the_network(name: str) -> None:
    source = Source(f"{name}.yaml", zoo.text(name))
    report = Session(source=source).report
    assert report.trace is not None
    assert report.spec is not None
    count = len(report.spec.items)
    expected = [(node.name, node.output) for node in report.trace.network.nodes]
    for number in (1, count // 2 + 1, count + 1):
        prepared = look_ahead(source, number)
        assert prepared is not None
        glimpse = prepared.glimpse((), report.spec.items[number - 1 :])
        before = prepared.unfolder.network.nodes
        assert [(node.name, node.output) for node in (*before, *glimpse.later)] == expected
        assert glimpse.findings == ()
