"""Every error of reading and of shape at its place, word for word: the rows are in data/errors.txt."""

from pathlib import Path

import pytest

from cnn_shapes.checking import (
    NO_VERDICT,
    UNREGISTERED_MODULE,
    UNSUPPORTED_LAYER,
    check_bytes,
    check_path,
    check_source,
)
from cnn_shapes.diagnostics import render
from cnn_shapes.rules import READING, RULES, SHAPE
from cnn_shapes.source import Source
from tests.golden import ROOT

FILE = ROOT / "tests" / "data" / "errors.txt"
ROWS = []
for row in FILE.read_text(encoding="utf-8").split("\n=== ")[1:]:
    rule, _, rest = row.partition("\n")
    ROWS.append((rest.rpartition("\n--- ")[0], rule, rest.rpartition("\n--- ")[2].strip()))


@pytest.mark.parametrize(
    ("marked", "rule", "message"), ROWS, ids=[f"{row[1]}-{row[0][-30:]}" for row in ROWS]
)
def test_error(marked: str, rule: str, message: str, update: bool) -> None:
    start, end = marked.find("«"), marked.find("»") - 1
    source = Source("x.yaml", marked.replace("«", "").replace("»", ""))
    (found,) = check_source(source).errors
    assert found.rule == rule
    if update and found.message() != message:
        text = FILE.read_text(encoding="utf-8")
        old, new = (f"{rule}\n{marked}\n--- {words}\n" for words in (message, found.message()))
        FILE.write_text(text.replace(old, new), encoding="utf-8")
        message = found.message()
    assert found.message() == message
    assert found.span == (start, end)
    assert not found.message().endswith(".")
    assert "{" not in render(found.pointer, found.facts)


def test_an_error_of_every_rule() -> None:
    rows = {rule for _, rule, _ in ROWS} | {*NO_VERDICT, UNSUPPORTED_LAYER, UNREGISTERED_MODULE}
    assert rows == {rule.name for rule in RULES.values() if rule.stage in (READING, SHAPE)}


def test_unreadable(tmp_path: Path) -> None:
    for path, reason in ((tmp_path, "is a directory"), (tmp_path / "none.yaml", "no such file or directory")):
        (found,) = check_path(str(path)).errors
        assert (found.rule, found.message()) == ("unreadable-file", f"cannot open {path}: {reason}")


# a byte offset of the damage
@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        ("name: 합성곱\n".encode("cp949"), 6, "this file looks like CP949: save it as UTF-8"),
        ("name: Gerät\n".encode("latin-1"), 9, "this file looks like Latin-1: save it as UTF-8"),
        ("input: 9\n".encode("utf-16"), 0, "this file looks like UTF-16: save it as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 0, "this is not a text file"),
        (b"input: 9\x00\n", 0, "this is not a text file"),
        (b"input: 9\x01\n", 8, "the character U+0001 is not allowed in a spec: remove it"),
    ],
)
def test_no_text(data: bytes, place: int, message: str) -> None:
    (found,) = check_bytes("x.yaml", data).errors
    assert (found.rule, found.span.start, found.message()) == ("yaml-syntax", place, message)
