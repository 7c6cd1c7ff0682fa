"""What is wrong with a YAML text: the message, its place, and how reading goes on after it."""

from __future__ import annotations

from typing import Any

import pytest

from cnn_shapes.source import Source, read_yaml
from tests.yaml_trees import plain, problems

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
    ("- a\nb: 1\n", "b", "expected `- ` as on line 1: this line is among list items"),
    ("- conv\n  filters: 3\n", "conv", "`conv` has no colon: write `conv:`"),
    ("x" * 2000 + ": 1\n", ":", "a colon where no key ends: put the text in quotes"),
    ("name\ninput: 3\n", "name", "`name` has no colon: write `key: value`"),
    ("a: 1\nfoo # c\nb: 2\n", "foo", "`foo` has no colon: write `key: value`"),
    ("a: 1\nb:2\nc: 3\n", "b:2", "no space after the colon of `b:2`: write `b: 2`"),
    ("b:2\nc: 3\n", "b:2", "no space after the colon of `b:2`: write `b: 2`"),
    ('a: "x" y\n', "y", "found `y` after the end of a value: put the whole value in quotes"),
    (
        "a: - b\n",
        "-",
        "a list cannot begin on the line of its key: put `- ` on a line of its own, or write `[...]`",
    ),
    ("a: * 2\n", "*", "`*` needs a name after it: put the value in quotes if no name is meant"),
    ("a: [1, *]\n", "*", "`*` needs a name after it: put the value in quotes if no name is meant"),
    (": b\n", ":", "no key before the colon"),
    ("a: *x\n", "*x", "`*x` refers to nothing: no `&x` is above it"),
    ("a: &x [1, {b: *x}]\n", "*x", "`*x` is inside of `&x`, so it would contain itself"),
    ("a: 1\n...\nfoo\n", "f", "a spec is one document: remove what begins here"),
    ("a: !x!y 1\n", "!x!y", "tags such as !x!y are not part of a spec: remove it"),
    ("a: b\x00c", "\x00", "the character U+0000 is not allowed in a spec: remove it"),
    ("a: \x07\n", "\x07", "the character U+0007 is not allowed in a spec: remove it"),
    ("a: \ud800", "\ud800", "the character U+D800 is not allowed in a spec: remove it"),
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
        ("{a:, b: 1}", "no value after the colon", None),
        ("{a:}", "no value after the colon", None),
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
