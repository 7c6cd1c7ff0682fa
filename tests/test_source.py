"""Text, places, edits, and YAML with places."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_shapes.source import (
    Edit,
    Limits,
    Map,
    Node,
    Scalar,
    Sequence,
    Source,
    Span,
    Unreadable,
    read_yaml,
    resolve,
)


def plain(node: Node | None) -> Any:
    """The values of a tree, without places."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs}


def places(text: str, pure: bool = False) -> list[str]:
    """The text under every node, parents first."""
    found: list[str] = []
    root = read_yaml(Source("x.yaml", text), pure=pure).root

    def visit(node: Node | None) -> None:
        if node is None:
            return
        found.append(text[node.start : node.end])
        if isinstance(node, Sequence):
            for item in node.items:
                visit(item)
        elif isinstance(node, Map):
            for key, value in node.pairs:
                visit(key)
                visit(value)

    visit(root)
    return found


def problems(text: str, pure: bool = False, limits: Limits = Limits()) -> list[tuple[str, str, str]]:  # noqa: B008
    """Rule, the text under the problem, and the message."""
    return [
        (problem.rule, text[slice(*problem.span)], problem.template.format_map(problem.facts))
        for problem in read_yaml(Source("x.yaml", text), limits, pure).problems
    ]


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


SYNTAX = [
    ("a:\n\tb: 1\n", "\t", "a tab cannot indent in YAML: use spaces"),
    ("a: 1\n\tb: 1\n", "\t", "a tab cannot indent in YAML: use spaces"),
    ("a: @x\n", "@", "a value cannot begin with @: put it in quotes"),
    ("a: `x`\n", "`", "a value cannot begin with `: put it in quotes"),
    ("a: 'x\nb: 1\n", "'", "the quote ' is never closed"),
    ("a: 'x\n---\nb: 1\n", "'", "the quote ' is never closed"),
    ("a: ? b\n", "?", "a value cannot begin with `? `: put it in quotes"),
    ('a: "\\q"\n', "\\q", "`\\q` means nothing inside double quotes: use single quotes"),
    ("a: [1, 2\n", "[", "the bracket `[` is never closed: add `]`"),
    ("a: [1,\n", "[", "the bracket `[` is never closed: add `]`"),
    ("a: {b: [1], c: 2\n", "{", "the bracket `{` is never closed: add `}`"),
    ("a: {b: 1\nc: 2\n", ":", "found `:`, expected `,` or the `}` for the `{` on line 1"),
    ("\na: [1, 2}\n", "}", "found `}`, expected `,` or the `]` for the `[` on line 2"),
    ("a: ]\n", "]", "found `]`, expected a value"),
    ("a: b: c\n", ":", "a second `: ` on one line: put the value in quotes, or on lines of its own"),
    (
        "- conv: 1\n  filters: 2\n   stride: 1\n",
        "stride",
        "this line is indented by 3, more than line 2 above it, whose value is complete: indent it by 2",
    ),
    (
        "a:\n  b: 1\n c: 2\n",
        "c",
        "this line is indented by 1, which fits nothing above it: "
        "the mapping that began on line 1 is indented by 0",
    ),
    ("a:\n  - b\n- c\n", "-", "a list item among the keys from line 1: indent it like the other items"),
    ("- a\nb: 1\n", "b", "expected `- ` as on line 1: this line stands among list items"),
    ("- conv\n  filters: 3\n", "conv", "`conv` has no colon: write `conv:`"),
    ("x" * 2000 + ": 1\n", ":", "a colon where no key ends: put the text in quotes"),
    ("name\ninput: 3\n", "name", "`name` has no colon: write `key: value`"),
    ("a: 1\nfoo # c\nb: 2\n", "foo", "`foo` has no colon: write `key: value`"),
    ("a: 1\nb:2\nc: 3\n", "b:2", "no space after the colon of `b:2`: write `b: 2`"),
    ("b:2\nc: 3\n", "b:2", "no space after the colon of `b:2`: write `b: 2`"),
    ('a: "x" y\n', "y", "found `y` behind the end of a value: put the whole value in quotes"),
    ("a: - b\n", "-", "a list cannot begin behind its key: put `- ` on a line of its own, or write `[...]`"),
    ("a: * 2\n", "*", "`*` needs a name behind it: put the value in quotes if it is none"),
    ("a: [1, *]\n", "*", "`*` needs a name behind it: put the value in quotes if it is none"),
    (": b\n", ":", "no key before the colon"),
    ("a: *x\n", "*x", "`*x` stands for nothing: no `&x` is above it"),
    ("a: &x [1, {b: *x}]\n", "*x", "`*x` is inside of `&x`, so it would contain itself"),
    ("a: 1\n...\nfoo\n", "f", "a spec is one document: remove what begins here"),
    ("a: !x!y 1\n", "!x!y", "tags such as !x!y are not part of a spec: remove it"),
    ("a: b\x00c", "\x00", "the character U+0000 cannot stand in a spec: remove it"),
    ("a: \x07\n", "\x07", "the character U+0007 cannot stand in a spec: remove it"),
    ("a: \ud800", "\ud800", "the character U+D800 cannot stand in a spec: remove it"),
    ("x" * 2000 + "\na: 1\n", "x" * 2000, "`" + "x" * 57 + "...` has no colon: write `key: value`"),
]


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(("text", "found", "message"), SYNTAX, ids=[repr(text)[:30] for text, _, _ in SYNTAX])
def test_syntax(text: str, found: str, message: str, pure: bool) -> None:
    assert problems(text, pure) == [("yaml-syntax", found, message)]
    assert read_yaml(Source("x.yaml", text), pure=pure).root is None


@pytest.mark.parametrize(
    ("text", "message", "mended"),
    [
        ("{a:, b: 1}", "no value behind the colon", None),
        ("{a:}", "no value behind the colon", None),
        ("{a:[1]}", "no space after the colon", "{a: [1]}"),
        ("a: {b:{c: 1}}", "no space after the colon", "a: {b: {c: 1}}"),
    ],
)
def test_colons_that_only_libyaml_refuses(text: str, message: str, mended: str | None) -> None:
    source = Source("x.yaml", text)
    assert problems(text) == [("yaml-syntax", ":", message)]
    fix = read_yaml(source).problems[0].fix
    assert (source.edited(fix[1]).text if fix else None) == mended


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "value", "rule", "found", "message", "mended"),
    [
        (
            "a: 1\nb: 2\na: 3\n",
            {"a": 1, "b": 2},
            "duplicate-key",
            "a",
            "`a` is already given on line 1: remove one of the two",
            None,
        ),
        (
            "a: !!python/object:x 1\n",
            {"a": 1},
            "yaml-syntax",
            "!!python/object:x",
            "tags such as !!python/object:x are not part of a spec: remove it",
            "a: 1\n",
        ),
        (
            "a: &x !y [1]\n",
            {"a": [1]},
            "yaml-syntax",
            "!y",
            "tags such as !y are not part of a spec: remove it",
            "a: &x [1]\n",
        ),
        (
            "a: {stride:2, b: 1}\n",
            {"a": {"stride": 2, "b": 1}},
            "yaml-syntax",
            "stride:2",
            "no space after the colon of `stride:2`: write `stride: 2`",
            "a: {stride: 2, b: 1}\n",
        ),
        (
            "{1: a}",
            {"1": "a"},
            "yaml-syntax",
            "1",
            "a key must be a word, but `1` is a number: put it in quotes",
            '{"1": a}',
        ),
        (
            "true: a\n",
            {"true": "a"},
            "yaml-syntax",
            "true",
            "a key must be a word, but `true` is a boolean: put it in quotes",
            '"true": a\n',
        ),
        (
            "~: a\n",
            {"~": "a"},
            "yaml-syntax",
            "~",
            "a key must be a word, but `~` is nothing: put it in quotes",
            '"~": a\n',
        ),
        (
            "[a]: b\nc: 1\n",
            {"c": 1},
            "yaml-syntax",
            "[a]",
            "a key must be a word, found a list: put it in quotes",
            None,
        ),
        (
            "{{a}: b, c: 1}",
            {"c": 1},
            "yaml-syntax",
            "{a}",
            "a key must be a word, found a mapping: put it in quotes",
            None,
        ),
        ("? \n: b\n", {}, "yaml-syntax", "", "no key before the colon", None),
        (
            "a: {<<: 5, b: 1}\n",
            {"a": {"b": 1}},
            "yaml-syntax",
            "5",
            "`<<` takes a mapping or a list of mappings, found `5`",
            None,
        ),
        (
            "- &x 5\n- {<<: *x}\n",
            [5, {}],
            "yaml-syntax",
            "<<",
            "`<<` takes a mapping or a list of mappings, found `5`",
            None,
        ),
        (
            "a: 1\n---\nb: 1\n",
            {"a": 1},
            "yaml-syntax",
            "---",
            "a spec is one document: remove `---` and all that follows",
            None,
        ),
    ],
)
def test_reading_goes_on(
    text: str, value: Any, rule: str, found: str, message: str, mended: str | None, pure: bool
) -> None:
    source = Source("x.yaml", text)
    document = read_yaml(source, pure=pure)
    assert (plain(document.root), problems(text, pure)) == (value, [(rule, found, message)])
    fix = document.problems[0].fix
    assert (source.edited(fix[1]).text if fix else None) == mended
    if mended is not None:
        assert problems(mended, pure) == []


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[[[1]]]", None),
        ("a: [[1]]", None),
        ("[[[[1]]]]", 3),
        ("- - - - 1", 6),
        ("- &x [1]\n- [*x]\n", None),
        ("- &x [[1]]\n- [*x]\n", 14),
        ("- &x [1]\n- &y [*x]\n- [*y]\n", 22),
    ],
)
def test_depth(text: str, place: int | None, pure: bool) -> None:
    found = read_yaml(Source("x.yaml", text), Limits(depth=3), pure).problems
    assert [problem.span.start for problem in found] == ([] if place is None else [place])
    assert problems(text, pure, Limits(depth=3)) == [
        (
            "limit-exceeded",
            text[problem.span.start : problem.span.end],
            "nested deeper than 3 levels, the limit",
        )
        for problem in found
    ]


@pytest.mark.parametrize(
    ("text", "limit", "found"),
    [
        ("[1, 2, 3, 4, 5]", 5, []),
        ("[1, 2, 3, 4, 5, 6]", 5, ["["]),
        ("{a: 1, b: 2}", 3, ["{"]),  # keys count too
        ("- &x [1, 2]\n- *x", 6, []),  # two items and twice two numbers
        ("- &x [1, 2]\n- *x", 5, ["-"]),
        ("- &x [1, 2]\n- *x\n- *x\n", 5, ["*x"]),
    ],
)
def test_nodes(text: str, limit: int, found: list[str]) -> None:
    message = f"more than {limit} values, the limit; an alias counts for all that it stands for"
    assert problems(text, limits=Limits(nodes=limit)) == [
        ("limit-exceeded", place, message) for place in found
    ]


MANY = 1_000_000
BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 11))
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 200))
MERGES = "a: &a {" + ", ".join(f"k{i}: 1" for i in range(1000)) + "}\nb: {<<: [" + "*a, " * 100_000 + "]}\n"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000 + "]" * 100_000,
        "[" * MANY,
        "{" * MANY,
        "{a: " * (MANY // 4),
        "- " * (MANY // 2),
        "? " * (MANY // 2),
        "[? " * (MANY // 3),
        BOMB,
        CHAIN,
        MERGES,
    ],
    ids=lambda text: text[:4],
)
def test_attacks(text: str) -> None:
    begin = time.process_time()
    found = read_yaml(Source("x.yaml", text)).problems
    assert time.process_time() - begin < 0.5
    assert [problem.rule for problem in found] == ["limit-exceeded"]


def test_many_anchors() -> None:
    root = read_yaml(Source("x.yaml", "- &a\n" * 100_000)).root
    assert isinstance(root, Sequence)
    assert len(root.items) == 100_000


def test_problems_beyond_the_limit_are_counted_only() -> None:
    text = "".join(f"k{i % 5000}: 1\n" for i in range(15_000))
    found = read_yaml(Source("x.yaml", text), Limits(problems=100)).problems
    assert (len(found), len(set(map(id, found)))) == (10_000, 101)


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
