"""YAML with places: the values of the core schema, and the text under every node."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_shapes.source import Map, Sequence, Source, read_yaml, resolve
from tests.yaml_trees import places, plain


# YAML 1.2, section 10.3.2: the core schema's regular expressions
@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, word) for word in ("no", "on", "yes", "off", "y", "n", "nULL", "tRUE", "none")),
        *((word, word) for word in ("1:30", "2026-01-01", "1_000", "0b1", "0x", "-0x1F", "+", "-", ".")),
        *((word, word) for word in ("1e", "e3", "1.2.3", "28x28x1", "4*c", "-c", ".5x", "+.nan", "١", "1 2")),
        ("0", 0),
        ("010", 10),
        ("-010", -10),
        ("+7", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e3", 1000.0),
        ("1E-2", 0.01),
        (".5", 0.5),
        ("1.", 1.0),
        ("-1.5e+2", -150.0),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("+.Inf", float("inf")),
        ("9" * 41, 10**40),
        ("-" + "9" * 5000, -(10**40)),
        ("0x" + "F" * 5000, 10**40),
        ("0" * 5000 + "1", 1),
        ("9" * 400 + ".0", float("inf")),
    ],
)
def test_core_schema(text: str, value: Any) -> None:
    found = resolve(text)
    assert (type(found), found) == (type(value), value)


def test_not_a_number() -> None:
    assert str(resolve(".nan")) == "nan"


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# nothing\n", None),
        ("---\n", None),
        ("a: 'no'\nb: \"1\"\nc: 1\n", {"a": "no", "b": "1", "c": 1}),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", {"a": "x\ny\n", "b": "x y"}),
        ("a:\n- 1\n- - 2\n  - 3\n", {"a": [1, [2, 3]]}),
        ("a: [1, {b: }, {c}]\n", {"a": [1, {"b": None}, {"c": None}]}),
        ("on: 1\n", {"on": 1}),
        ("a: &x [1]\nb: *x\nc: &x 2\nd: *x\n", {"a": [1], "b": [1], "c": 2, "d": 2}),
        ("a: &x {p: 1, q: 2}\nb: {q: 3, <<: *x}\n", {"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}}),
        ("- &x {p: 1}\n- &y {p: 2, q: 3}\n- <<: [*x, *y]\n", [{"p": 1}, {"p": 2, "q": 3}, {"p": 1, "q": 3}]),
        ('"<<": 1\n', {"<<": 1}),
    ],
)
def test_values(text: str, value: Any, pure: bool) -> None:
    document = read_yaml(Source("x.yaml", text), pure=pure)
    assert (plain(document.root), document.problems) == (value, [])


def test_alias_is_the_same_node() -> None:
    root = read_yaml(Source("x.yaml", "a: &x {p: 1}\nb: *x\n")).root
    assert isinstance(root, Map)
    assert root.get("a") is root.get("b") is not None
    assert root.get("c") is None


def test_merged_keys_are_named() -> None:
    root = read_yaml(Source("x.yaml", "- &x {p: 1, q: 2}\n- {<<: *x, q: 3}\n")).root
    assert isinstance(root, Sequence)
    assert [item.merged for item in root.items if isinstance(item, Map)] == [None, {"p"}]


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1", ["a: 1", "a", "1"]),
        ("a: 1\r\nb: 'x'  # c\r\n", ["a: 1\r\nb: 'x'", "a", "1", "b", "'x'"]),
        ("😀: é\nb: 합성곱 1\n", ["😀: é\nb: 합성곱 1", "😀", "é", "b", "합성곱 1"]),
        ("- [1, {a: b}]\n- c\n\n", ["- [1, {a: b}]\n- c", "[1, {a: b}]", "1", "{a: b}", "a", "b", "c"]),
        ("a:\n- 1\n- 2\nb: 3\n", ["a:\n- 1\n- 2\nb: 3", "a", "- 1\n- 2", "1", "2", "b", "3"]),
        ("a: &x  'q'\nb: *x\n", ["a: &x  'q'\nb: *x", "a", "'q'", "b", "'q'"]),
        ("a: &x\n  b: 1\n", ["a: &x\n  b: 1", "a", "b: 1", "b", "1"]),
        ("a: &x # c\n- 1\n", ["a: &x # c\n- 1", "a", "- 1", "1"]),
        ("a: [b: 1, c]\n", ["a: [b: 1, c]", "a", "[b: 1, c]", "b: 1", "b", "1", "c"]),
        ("a: |\n  x\n\nb: 1\n", ["a: |\n  x\n\nb: 1", "a", "|\n  x", "b", "1"]),
        ("a: x\n  y\n", ["a: x\n  y", "a", "x\n  y"]),
        ("a:\n", ["a:", "a", ""]),
    ],
)
def test_places(text: str, found: list[str], pure: bool) -> None:
    assert places(text, pure) == found


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "offset"),
    [("a:\nb: 1", 2), ("{a: }", 3), ("{a }", 2), ("{a :  }", 4), ("a: &x\nb: 1", 5)],
)
def test_place_of_nothing(text: str, offset: int, pure: bool) -> None:
    root = read_yaml(Source("x.yaml", text), pure=pure).root
    assert isinstance(root, Map)
    value = root.get("a")
    assert value is not None
    assert value.span == (offset, offset)


def test_flow() -> None:
    root = read_yaml(Source("x.yaml", "a:\n- {b: [1]}\n- c: 1\nd: &x [1]\n")).root
    assert isinstance(root, Map)
    a, d = root.get("a"), root.get("d")
    assert isinstance(a, Sequence)
    assert isinstance(d, Sequence)
    assert [root.flow, a.flow, d.flow, *(item.flow for item in a.items if isinstance(item, Map))] == [
        False,
        False,
        True,
        True,
        False,
    ]


WORDS = st.text(st.sampled_from("abcxyz é합😀'\"#"), min_size=1, max_size=6)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6, width=32) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(TREES, st.sampled_from([True, False, None]), st.booleans())
def test_agrees_with_pyyaml(tree: Any, flow: bool | None, unicode: bool) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=unicode)
    for pure in (False, True):
        document = read_yaml(Source("x.yaml", text), pure=pure)
        assert (plain(document.root), document.problems) == (yaml.safe_load(text), [])
    assert places(text) == places(text, pure=True)


# With tabs the Python parser is stricter than libyaml: it takes none between a value and its comment.
@settings(deadline=None, max_examples=500)
@given(st.text(st.sampled_from("ab:- \n[]{},'\"#&*!?|>1~\\@%<\r\ufeff\x01\u2028"), max_size=25))
def test_any_text_gives_a_document(text: str) -> None:
    for pure in (False, True):
        source = Source("x.yaml", text)
        root, found = read_yaml(source, pure=pure)
        assert root is None or 0 <= root.start <= root.end <= len(source.text)
        for problem in found:
            assert 0 <= problem.span.start <= problem.span.end <= len(source.text)
            assert problem.template.format_map(problem.facts)
            if problem.fix:
                source.edited(problem.fix[1])
