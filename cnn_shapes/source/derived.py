"""A text that was made of other files: each of its lines knows where in these what it says is written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cnn_shapes.source.text import Edit, Source, Span, on_one_line

# what an entry says of the call of a layer; its other fields are said where the layer is made
_OF_THE_CALL = ("from", "name", "share")


class CodePlace(NamedTuple):
    """A line of a file, and the columns that are meant; without columns the whole line. All count from 1."""

    path: str
    line: int
    column: int = 0
    end_column: int = 0


class Origin(NamedTuple):
    """Where a line of a derived text comes from: the call of a layer, and where the layer was made.

    `in_call`: its fields are written in the call, as those of a function are.
    """

    called: CodePlace | None
    made: CodePlace | None
    in_call: bool = False


_NOWHERE = Origin(None, None)


class DerivedSource(Source):
    """`origins` are by the lines of the text; `files` the texts of the files that they name, by path.

    What no file says, such as a line that a repair would add, is where the line before it comes from.
    """

    __slots__ = ("files", "origins")

    def __init__(self, path: str, text: str, origins: Sequence[Origin], files: Mapping[str, Source]) -> None:
        super().__init__(path, text)
        self.origins, self.files = origins, files

    @property
    def is_derived(self) -> bool:
        return True

    def written(self, span: Span) -> tuple[Source, Span]:
        return self._written(self._place(span.start, ""), span)

    def _written(self, place: CodePlace | None, span: Span) -> tuple[Source, Span]:
        file = self.files.get(place.path) if place is not None else None
        if place is None or file is None or not 1 <= place.line <= file.line_count:
            if place is None:
                return self, span
            line = place.line - 1  # without its text, the line is told all the same
            return Source(file.path if file is not None else place.path, "\n" * line), Span(line, line)
        if place.column:
            start = file.offset(place.line, place.column)
            return file, Span(start, max(file.offset(place.line, place.end_column), start))
        text = file.line_text(place.line)
        indent = len(text) - len(text.lstrip())
        return file, Span(
            file.offset(place.line, indent + 1), file.offset(place.line, len(text.rstrip()) + 1)
        )

    def beside(self, span: Span) -> tuple[Source, Span, str] | None:
        called, made, _ = self._origin(span.start)
        if called is None or made is None or called == made:
            return None
        if self._place(span.start, "") == made:
            return *self._written(called, span), "called here"
        return *self._written(made, span), "made here"

    def line_of(self, offset: int, field: str = "") -> int | str:
        place = self._place(offset, field)
        if place is None:
            return "?"
        if len(self.files) == 1:
            return place.line
        return f"{place.line} of {on_one_line(os.path.basename(place.path))}"

    def edited(self, edits: Iterable[Edit]) -> DerivedSource:
        edits = sorted(edits, key=lambda edit: edit.span)
        plain = super().edited(edits)
        origins = [self._origin(_offset_before(start, edits)) for start in plain._lines()]
        return DerivedSource(self.path, plain.text, origins, self.files)

    def _origin(self, offset: int) -> Origin:
        line = min(self.position(offset)[0], len(self.origins))
        while line > 1 and self.origins[line - 1] == _NOWHERE:
            line -= 1
        return self.origins[line - 1] if self.origins else _NOWHERE

    def _place(self, offset: int, field: str) -> CodePlace | None:
        """Where what is at an offset was written: a field where the layer is made, else the call."""
        origin = self._origin(offset)
        if not field:
            line, column = self.position(offset)
            before = re.findall(r"[{,] *(\w+):", self.line_text(line)[: column - 1])
            field = before[-1] if before else "from"
        place = origin.called if field in _OF_THE_CALL or origin.in_call else origin.made
        if field == "layer":  # one call that runs several, as of a Sequential, is no place for another
            alone = sum(one.called == origin.called for one in self.origins) == 1
            place = origin.called if alone else origin.made
        return place or origin.called or origin.made


def _offset_before(offset: int, edits: Iterable[Edit]) -> int:
    """The offset that a place had before the edits, which are in order; of what they add, where they do."""
    shift = 0
    for (start, end), text in edits:
        if offset < start + shift:
            break
        if offset < start + shift + len(text):
            return start
        shift += len(text) - (end - start)
    return offset - shift
