"""Texts that were made of other files: where what they say is written, also after edits."""

import pytest

from cnn_shapes.source import CodePlace, DerivedSource, Edit, Origin, Source, Span

TEXT = "input: 3\nlayers:\n  - conv: {filters: 8, from: a, name: c}\n  - relu\n"
NET, BLOCKS = Source("net.py", "a = 1\n  x = self.c(y)\nz = x\n"), Source("blocks.py", "b\nc = Conv(8)\n")
CALL, MADE = CodePlace("/net.py", 2, 7, 16), CodePlace("/blocks.py", 2)
ORIGINS = [
    Origin(None, None),
    Origin(None, None),
    Origin(CALL, MADE),
    Origin(CodePlace("/net.py", 3), None),
]


def derived(*files: str) -> DerivedSource:
    known = {"/net.py": NET, "/blocks.py": BLOCKS}
    return DerivedSource("net.py:Net", TEXT, ORIGINS, {path: known[path] for path in files or known})


def seen(source: DerivedSource, what: str) -> tuple[str, str]:
    start = source.text.index(what)
    written, span = source.written(Span(start, start + 1))
    return written.path, written.text[span.start : span.end]


@pytest.mark.parametrize(
    ("what", "place"),
    [
        ("conv", ("net.py", "self.c(y)")),  # the layer itself is where it is called
        ("8", ("blocks.py", "c = Conv(8)")),  # its fields where it is made
        ("a, name", ("net.py", "self.c(y)")),  # what it reads is said by the call
        ("relu", ("net.py", "z = x")),
        ("input", ("net.py:Net", "i")),  # no file says it
    ],
)
def test_where_a_user_wrote_it(what: str, place: tuple[str, str]) -> None:
    assert seen(derived(), what) == place


def test_the_other_place_of_a_layer() -> None:
    source = derived()
    kind, field, relu = (Span(source.text.index(word), 0) for word in ("conv", "8", "relu"))
    assert source.beside(kind) == (BLOCKS, Span(2, 13), "made here")
    assert source.beside(field) == (NET, Span(12, 21), "called here")
    assert source.beside(relu) is None


def test_lines_are_told_with_their_file_where_there_are_several() -> None:
    kind, filters = TEXT.index("conv"), TEXT.index("8")
    assert (derived().line_of(kind), derived().line_of(filters)) == ("2 of net.py", "2 of blocks.py")
    assert derived("/net.py").line_of(kind) == 2
    assert derived().line_of(kind, "padding") == "2 of blocks.py"
    assert derived().line_of(0) == "?"


def test_a_file_that_cannot_be_read_has_its_line_all_the_same() -> None:
    source = DerivedSource("net.py:Net", TEXT, ORIGINS, {})
    written, span = source.written(Span(TEXT.index("relu"), 0))
    assert (written.path, written.position(span.start)) == ("/net.py", (3, 1))


@pytest.mark.parametrize(
    ("what", "text", "places"),
    [
        ("8", "16", {"conv": "self.c(y)", "relu": "z = x"}),
        ("  - conv", "  - flatten\n  - conv", {"flatten": "self.c(y)", "conv": "self.c(y)", "relu": "z = x"}),
        ("  - relu\n", "", {"conv": "self.c(y)"}),
        (
            "  - relu\n",
            "  - pad: 1\n  - relu\n  - gelu\n",
            {"pad": "z = x", "relu": "z = x", "gelu": "z = x"},
        ),
    ],
)
def test_after_an_edit_the_lines_are_where_they_were(what: str, text: str, places: dict[str, str]) -> None:
    start = TEXT.index(what)
    edited = derived().edited([Edit(Span(start, start + len(what)), text)])
    assert edited.text == TEXT.replace(what, text)
    assert {word: seen(edited, word)[1] for word in places} == places
    assert edited.is_derived
