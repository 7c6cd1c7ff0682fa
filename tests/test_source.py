"""Text, places in it and edits of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.source import Edit, Source, Span, Unreadable
from tests.yaml_trees import places


# Python's str.encode gives the bytes of the other encodings.
@pytest.mark.parametrize(
    ("data", "message", "offset"),
    [
        ("name: 합성곱\n".encode("cp949"), "this file looks like CP949: save it as UTF-8", 6),
        ("name: café\n".encode("latin-1"), "this file looks like Latin-1: save it as UTF-8", 9),
        ("name: x\n".encode("utf-16"), "this file looks like UTF-16: save it as UTF-8", 0),
        ("name: 합성곱\n".encode("utf-16"), "this file looks like UTF-16: save it as UTF-8", 0),
        ("name: x\n".encode("utf-16-le"), "this file looks like UTF-16-LE: save it as UTF-8", 0),
        ("name: x\n".encode("utf-16-be"), "this file looks like UTF-16-BE: save it as UTF-8", 0),
        ("name: 합성곱 ".encode() + b"\xe9\n", "the byte 0xE9 is not UTF-8: save the file as UTF-8", 10),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "this is not a text file", 0),
        (b"a: 1\0", "this is not a text file", 0),
        (b"\xff\x01\x02", "this is not a text file", 0),
    ],
)
def test_unreadable(data: bytes, message: str, offset: int) -> None:
    with pytest.raises(Unreadable) as raised:
        Source.decode("x.yaml", data)
    problem = raised.value.problem
    assert (str(raised.value), problem.rule, problem.span.start) == (message, "yaml-syntax", offset)
    assert problem.span.end <= len(raised.value.source.text)


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")), st.booleans())
def test_bytes_survive(text: str, bom: bool) -> None:
    data = b"\xef\xbb\xbf" * bom + text.encode()
    assert Source.decode("x.yaml", data).encode() == data


def test_byte_order_mark() -> None:
    source = Source.decode("x.yaml", b"\xef\xbb\xbfa: 1\r\n")
    assert (source.text, source.bom) == ("a: 1\r\n", True)
    assert places(source.text) == ["a: 1", "a", "1"]
    assert Source("x.yaml", "\ufeffa").encode() == b"\xef\xbb\xbfa"
    assert source.edited([Edit(Span(3, 4), "2")]).encode() == b"\xef\xbb\xbfa: 2\r\n"


@pytest.mark.parametrize(
    ("offset", "position"),
    [
        (0, (1, 1)),
        (1, (1, 2)),
        (2, (1, 3)),
        (3, (2, 1)),
        (4, (3, 1)),
        (7, (3, 4)),
        (9, (4, 2)),
        (99, (4, 2)),
        (-1, (1, 1)),
    ],
)
def test_position(offset: int, position: tuple[int, int]) -> None:
    assert Source("x.yaml", "a\r\n\r😀\u2028\x85\nz").position(offset) == position


def test_lines() -> None:
    source = Source("x.yaml", "a\r\n\r😀\u2028b\n")
    assert source.line_count == 4
    assert [source.line_text(line) for line in range(1, 5)] == ["a", "", "😀\u2028b", ""]
    assert [source.offset(*place) for place in ((1, 1), (3, 2), (3, 99), (9, 1), (0, 1))] == [0, 5, 7, 8, 0]


@given(st.text(st.sampled_from("a\r\n😀\u2028"), max_size=20), st.data())
def test_position_and_offset_agree(text: str, data: st.DataObject) -> None:
    source = Source("x.yaml", text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = source.position(offset)
    assert 1 <= line <= source.line_count
    inside_break = text[offset - 1 : offset + 1] == "\r\n"
    assert source.offset(line, column) == offset - inside_break


@given(
    st.text(max_size=20),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.text(max_size=3)), max_size=4),
)
def test_edits_change_their_spans_only(text: str, rows: list[tuple[int, int, str]]) -> None:
    source = Source("x.yaml", text)
    size = len(source.text)
    edits = [Edit(Span(min(a, b, size), min(max(a, b), size)), new) for a, b, new in rows]
    ordered = sorted(edits, key=lambda edit: edit.span)
    if any(left.span.end > right.span.start for left, right in pairwise(ordered)):
        with pytest.raises(ValueError, match="overlaps"):
            source.edited(edits)
        return
    expected = source.text
    for (start, end), new in reversed(ordered):
        expected = expected[:start] + new + expected[end:]
    after = source.edited(edits)
    assert (after.bom, after.text) == (source.bom, expected) or expected.startswith("\ufeff")


def test_edit_outside() -> None:
    with pytest.raises(ValueError, match="leaves the text"):
        Source("x.yaml", "abc").edited([Edit(Span(2, 4), "")])
