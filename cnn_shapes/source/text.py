"""A spec's text, places in it and edits of it."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from io import StringIO
from itertools import accumulate
from typing import Any, NamedTuple

BOM = "\ufeff"
# what a text can break before it is read as a spec
YAML_SYNTAX, DUPLICATE_KEY, LIMIT_EXCEEDED = "yaml-syntax", "duplicate-key", "limit-exceeded"


class Span(NamedTuple):
    """Character offsets into `Source.text`, the end exclusive."""

    start: int
    end: int


class Edit(NamedTuple):
    """`text` takes the place of what is at `span`; an empty span inserts."""

    span: Span
    text: str


class Problem(NamedTuple):
    """Something wrong with the text: a `template` to fill in with `facts`; `fix` is a title and its edits."""

    rule: str
    template: str
    span: Span
    facts: Mapping[str, Any] = {}
    fix: tuple[str, tuple[Edit, ...]] | None = None


class Unreadable(Exception):
    """The bytes are not UTF-8 text. `source` holds a guess at what they say, to show the place."""

    def __init__(self, problem: Problem, source: Source) -> None:
        super().__init__(problem.template.format_map(problem.facts))
        self.problem = problem
        self.source = source


DEEPEST = 200  # the greatest `depth`: reading, unfolding and repairing call themselves for each level


class Limits(NamedTuple):
    """What one file may ask for. An alias counts for all the nodes that it refers to."""

    depth: int = 100
    nodes: int = 1_000_000
    layers: int = 100_000
    problems: int = 100


def shown_path(path: str) -> str:
    """A path as all output but JSON names it: standard input, `-`, is `<stdin>`, and it is on one line."""
    return "<stdin>" if path == "-" else on_one_line(path)


def on_one_line(text: str) -> str:
    """A text with its line breaks spelled out: what is in a file begins no line of ours."""
    return text.replace("\n", "\\n").replace("\r", "\\r")


def reason_of(error: OSError | ValueError) -> str:
    """Why the system refuses a file, as messages say it: `permission denied`. A ValueError is about a NUL."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number).lower() if number else str(error)


class Source:
    """A text and where it came from. Lines and columns count from 1, in characters.

    Only \\n, \\r\\n and \\r end a line: what YAML takes for a line break beside them, editors do not.
    """

    __slots__ = ("_starts", "bom", "path", "text")

    def __init__(self, path: str, text: str, bom: bool = False) -> None:
        if not bom and text.startswith(BOM):
            bom, text = True, text[1:]
        self.path = path
        self.text = text
        self.bom = bom
        self._starts: list[int] | None = None

    @classmethod
    def decode(cls, path: str, data: bytes) -> Source:
        """The text of a UTF-8 file, with or without byte order mark; anything else raises `Unreadable`."""
        if b"\0" not in data:
            try:
                text = data.decode()
            except UnicodeDecodeError as error:
                raise _unreadable(path, data, error.start) from None
            return cls(path, text[1:], True) if text.startswith(BOM) else cls(path, text)
        raise _unreadable(path, data, 0)

    def encode(self) -> bytes:
        """The bytes of the file, with the byte order mark if there was one."""
        return (BOM + self.text if self.bom else self.text).encode()

    @property
    def line_count(self) -> int:
        """Lines of the text; a final line break begins one more, empty line."""
        return len(self._lines())

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset; offsets outside the text mean its nearer end."""
        offset = min(max(offset, 0), len(self.text))
        starts = self._lines()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; a column past the line's end means that end."""
        starts = self._lines()
        if line < 1:
            return 0
        if line > len(starts):
            return len(self.text)
        return starts[line - 1] + min(max(column, 1) - 1, len(self.line_text(line)))

    def line_text(self, line: int) -> str:
        """The text of a line, without its line break."""
        starts = self._lines()
        end = starts[line] if line < len(starts) else len(self.text)
        found = self.text[starts[line - 1] : end]
        return found[:-2] if found.endswith("\r\n") else found[:-1] if found.endswith(("\n", "\r")) else found

    @property
    def is_derived(self) -> bool:
        """Whether this text was made of others, so that no user can edit it."""
        return False

    @property
    def goes_on_as_declared(self) -> bool:
        """Whether layers that fail are taken for what the user's code declares."""
        return False

    @property
    def is_translated(self) -> bool:
        """Whether a user wrote this text in another language, and edits it there."""
        return False

    def written(self, span: Span) -> tuple[Source, Span]:
        """What a user wrote, and the place in it: of a text that was made of others, in one of those."""
        return self, span

    @property
    def user_text(self) -> Source:
        """The text that a user edits: this one, or that of which it is a translation."""
        return self

    def reported(self, span: Span) -> tuple[Source, Span]:
        """The text whose lines and offsets a program is told, and the place in it."""
        return self, span

    def is_written(self, span: Span) -> bool:
        """Whether anything that a user wrote says what is at a place."""
        return True

    def edits_written(self, edits: Iterable[Edit]) -> list[Edit] | None:
        """The edits of what the user wrote that are edits of this text; None where there are none."""
        return list(edits)

    def beside(self, span: Span) -> tuple[Source, Span, str] | None:
        """The other place that a layer has where it is made and called apart, and a word for it."""
        return None

    def line_of(self, offset: int, field: str = "") -> int | str:
        """The line of an offset as messages name it; of a `field` that is not written, where it would be."""
        return self.position(offset)[0]

    def edited(self, edits: Iterable[Edit]) -> Source:
        """A new source with the edits made, all else kept. Overlapping edits raise ValueError."""
        parts = []
        done = 0
        for (start, end), text in sorted(edits, key=lambda edit: edit.span):
            if not done <= start <= end <= len(self.text):
                raise ValueError(f"the edit of {start}:{end} overlaps another one or leaves the text")
            parts += [self.text[done:start], text]
            done = end
        return Source(self.path, "".join([*parts, self.text[done:]]), self.bom)

    def _lines(self) -> list[int]:
        if self._starts is None:
            lines = StringIO(self.text + ".", newline="")  # so that a last line begins after a last break
            self._starts = [0, *accumulate(map(len, lines))][:-1]
        return self._starts


def _unreadable(path: str, data: bytes, start: int) -> Unreadable:
    """What the bytes are instead of UTF-8, as far as can be guessed."""
    encoding = _guess(data)
    if encoding is None:
        return Unreadable(Problem(YAML_SYNTAX, "this is not a text file", Span(0, 0)), Source(path, ""))
    if encoding == "UTF-8":
        template = "the byte {byte} is not UTF-8: save the file as UTF-8"
    else:
        template = "this file looks like {encoding}: save it as UTF-8"
    text = data.decode(encoding, "replace")
    place = len(data[:start].decode(encoding, "replace"))
    facts = {"byte": f"0x{data[start]:02X}"} if encoding == "UTF-8" else {"encoding": encoding}
    span = Span(place, place + 1) if start else Span(0, 0)
    return Unreadable(Problem(YAML_SYNTAX, template, span, facts), Source(path, text))


def _guess(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.count(b"\0") > len(data) // 4:
        # Every other byte of plain text in UTF-16 is NUL; a picture or an archive has few or scattered ones.
        zeros = data[:4096].count(b"\0"), data[:4096:2].count(b"\0"), data[1:4096:2].count(b"\0")
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "UTF-16"
        if zeros[0] and max(zeros[1:]) > 0.9 * zeros[0]:
            return "UTF-16-LE" if zeros[2] > zeros[1] else "UTF-16-BE"
        return None
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data):
        return None
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if sum(not character.isascii() for character in text) > 2 * bad:
        return "UTF-8"
    try:
        if re.search("[\uac00-\ud7a3]", data.decode("cp949")):
            return "CP949"
    except UnicodeDecodeError:
        pass
    return "Latin-1"
