"""`check --format markdown`: GitHub's tables and blocks of code, in which a file's words are only words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cnn_shapes.formats.parts.markdown_text import block, code, table
from tests.findings import REPORTS, written
from tests.golden import run

READER = MarkdownIt("commonmark").enable("table")
OURS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence"),
    *(f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
}
HOSTILE = (
    *("a|b", "a\\|b", "`", "``a`", "\\", "a`|`b", "<b>", "<!--", "](http://x)", "![x](y)", "@octocat", "#1"),
    *(
        "https://x.example",
        "*a*",
        "_a_",
        "~~a~~",
        "&lt;",
        ":tada:",
        "| --- |",
        "```",
        "~~~",
        "# a",
        "- a",
        "a  ",
    ),
)


def tokens(text: str) -> list[Token]:
    """All tokens, those inside of lines too."""
    found = []
    for token in READER.parse(text):
        found.append(token)
        found += token.children or []
    return found


def cells(text: str) -> list[list[str]]:
    """The cells of the rows of a table, headers first, as they are shown."""
    found: list[list[str]] = []
    for token in READER.parse(text):
        if token.type == "tr_open":
            found.append([])
        elif token.type == "inline":
            found[-1].append("".join(part.content for part in token.children or []))
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_shows_what_it_says(text: str) -> None:
    lines = table(["name", "n"], [False, True], [[code(text), "1"], ["", ""]])
    shown = cells("\n".join(lines))
    assert [len(row) for row in shown] == [2, 2, 2]
    assert shown[1] == [text.replace("\\|", "\\\\|"), "1"]


@given(st.text())
def test_any_text_is_one_span_of_code(text: str) -> None:
    spans = [one for one in tokens(code(text)) if one.type in ("code_inline", "text")]
    assert [one.type for one in spans] == (["code_inline"] if text.strip() else [])
    rows = cells("\n".join(table(["a", "b"], [True, False], [[code(text), "1"]])))
    assert [len(row) for row in rows] == [2, 2]
    assert rows[1][1] == "1"


@given(st.lists(st.text()))
def test_any_lines_are_one_block(lines: list[str]) -> None:
    found = [token.type for token in READER.parse("\n".join(["a", "", *block(lines), "", "b"]))]
    assert found == [*OPENED, "fence", *OPENED]


OPENED = ["paragraph_open", "inline", "paragraph_close"]


def test_reports_of_all_kinds_are_ours_alone() -> None:
    """A finding of every rule, with names and texts that want to be obeyed."""
    for token in tokens(written("markdown", REPORTS)):
        assert token.type in {*OURS, "text", "code_inline", "softbreak"}
        if token.type == "text":
            assert not {*"@<>[]`"} & {*token.content}, token.content


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_a_file_are_only_names(text: str, tmp_path: Path) -> None:
    file = tmp_path / f"{text.replace('/', '')}.yaml"
    quoted = text.replace("'", "''")
    file.write_text(
        f"input: [9, 9, 1]\nlayers:\n  - parallel: {{branches: {{'{quoted}': [relu], b: [maxpool: 2]}}}}\n"
        f"  - '{quoted}'\n"
    )
    result = run("check", "--format", "markdown", "--depth", "9", "--", file.name, folder=tmp_path)
    found = tokens(result.out)
    assert {token.type for token in found} <= {*OURS, "text", "code_inline", "softbreak"}
    shown = [token.content for token in found if token.type == "text"]
    assert [part for part in shown if text in part and text not in ("a  ",)] == []
    assert found[0].tag == "h3"
    assert sum(token.type == "table_open" for token in found) == 1


def test_a_terminal_of_ascii_gets_ascii() -> None:
    from cnn_shapes.formats import DisplayOptions, load
    from tests.specs import check

    report = check("input: [9, 9, 1]\nlayers: [repeat: {times: 2, layers: [maxpool: 2, relu]}]\n")
    lines = load("markdown").fragment(report, DisplayOptions(encoding="ascii")).lines
    assert all(line.isascii() for line in lines)
    assert "| x | 1.1 | &emsp;&emsp;`maxpool 2` | 4x4x1 | `9 / 2 = 4.5` | 0 | 0 | 2x2 |" in lines
