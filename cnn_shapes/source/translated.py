"""A spec that was made of a text in another language: each of its values knows what says it there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cnn_shapes.source.text import Edit, Problem, Source, Span

# fields that an entry is given: `, stride: 2`
_ADDED = re.compile(r", (\w+): ([^,{}\[\]]+|\[[^\[\]]*\])")
_INNER = re.compile(r"(?<![\w.-])([^\W\d][\w-]*)\.\w[\w.-]*")  # the name of a layer in a block
UNEVEN = re.compile(r"\[\[")  # amounts for each end of each axis


class ToldPart(NamedTuple):
    """A part of a translated text, from `start` to `end`, and the `place` in the original that says it.

    `write` turns another text of the part into what the original would say there, None where it cannot; a
    part without it was worked out. Of an entry, `add` gives the edit of the original that adds a field.
    """

    start: int
    end: int
    place: Span
    write: Callable[[str], str | None] | None = None
    add: Callable[[str, str], Edit | None] | None = None


class Translation(NamedTuple):
    """The words of the original: what it calls its layers, by their names in the spec, and our words.

    `added` are the names of layers that no layer of the original is by itself. `reasons` say, by the name of
    a layer, why what it asks for does not fit: a template and its facts. `spell` puts the words of the spec
    into those of the original; `fields` are those of the spec that it has too. `asked` is a part of the spec
    that says nothing but what the command line may ask for. `has_modules`: the spec's blocks have the names
    that the original has for them. `unsaid` are values of fields that it has no words for.
    """

    names: Mapping[str, str]
    added: frozenset[str]
    reasons: Mapping[str, tuple[str, Mapping[str, Any]]]
    spell: Callable[[str], str]
    fields: frozenset[str] = frozenset()
    asked: str = ""
    has_modules: bool = False
    unsaid: re.Pattern[str] = UNEVEN

    def says(self, text: str) -> bool:
        """Whether the original has such a value, as of a title or a note: `padding: [[0, 1], [0, 1]]`."""
        return self.unsaid.search(text) is None

    def shown(self, name: str) -> str:
        """What the original calls a layer, or one inside of it; its name in the spec where that is none."""
        parts = name.split(".")
        if parts[0] not in self.names and parts[-1] in self.names:
            return self.names[parts[-1]]  # a part of a split, which has no name itself
        return ".".join(self.names.get(part, part) for part in parts)

    def without_inner(self, text: str) -> str:
        """The text, in which what is inside a block of ours has the name of the layer that the user wrote."""
        return _INNER.sub(lambda name: name[1] if self.own(name[1]) in self.names else name[0], text)

    def own(self, shown: str) -> str:
        """The name in the spec of what the original calls so."""
        return next((name for name, other in self.names.items() if other == shown), shown)


class TranslatedSource(Source):
    """`original` is what the user wrote; `pieces` are in the order of the text, none inside of another.

    `problems` are what is wrong with the original, each with its place in this text. `refused` are the places
    of entries that stand for what cannot be said, which is reported.
    """

    __slots__ = ("_starts_of_pieces", "original", "pieces", "problems", "refused", "words")

    def __init__(
        self,
        original: Source,
        text: str,
        pieces: Sequence[ToldPart],
        problems: Sequence[tuple[Problem, Span]],
        words: Translation,
        refused: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(original.path, text)
        self.original, self.pieces, self.problems = original, pieces, problems
        self.words, self.refused = words, refused
        self._starts_of_pieces = [piece.start for piece in pieces]

    @property
    def is_translated(self) -> bool:
        return True

    @property
    def spec_text(self) -> str:
        """The spec alone, without what is noted after it and what only the command line asks for."""
        text = self.text[: self.problems[0][1].start] if self.problems else self.text
        return text.replace(self.words.asked, "", 1) if self.words.asked else text

    @property
    def user_text(self) -> Source:
        return self.original

    def encode(self) -> bytes:
        return self.original.encode()

    def written(self, span: Span) -> tuple[Source, Span]:
        place = self._place(span)
        return self.original, Span(0, 0) if place is None else place

    def reported(self, span: Span) -> tuple[Source, Span]:
        return self.written(span)

    def is_written(self, span: Span) -> bool:
        return self._place(span) is not None

    def says(self, offset: int) -> bool:
        """Whether it is the original that says what is at an offset."""
        return self._piece(offset, offset) is not None

    def line_of(self, offset: int, field: str = "") -> int | str:
        return self.original.position(self.written(Span(offset, offset))[1].start)[0]

    def edited(self, edits: Iterable[Edit]) -> TranslatedSource:
        edits = sorted(edits, key=lambda edit: edit.span)
        plain = super().edited(edits)
        return TranslatedSource(
            self.original,
            plain.text,
            [_moved(piece, edits) for piece in self.pieces],
            [(problem, Span(*_offsets(span.start, span.end, edits))) for problem, span in self.problems],
            self.words,
            frozenset(_offsets(start, start, edits)[0] for start in self.refused),
        )

    def edits_written(self, edits: Iterable[Edit]) -> list[Edit] | None:
        """The edits of the original that say the same as edits of this text; None where there are none."""
        found: list[Edit] = []
        for edit in edits:
            there = self._edits_of(edit)
            if there is None:
                return None
            found += there
        return _joined(sorted({*found}, key=lambda edit: edit.span))

    def _edits_of(self, edit: Edit) -> list[Edit] | None:
        (start, end), text = edit
        if start == end:
            return self._added(start, text)
        piece = self._piece(start, end)
        if piece is None or piece.write is None:
            return None
        whole = self.text[piece.start : start] + text + self.text[end : piece.end]
        new = piece.write(whole)
        return None if new is None else [Edit(piece.place, new)]

    def _piece(self, start: int, end: int) -> ToldPart | None:
        """The piece that holds a part of the text."""
        place = bisect_right(self._starts_of_pieces, start) - 1
        piece = self.pieces[place] if place >= 0 else None
        return None if piece is None or end > piece.end else piece

    def _added(self, offset: int, text: str) -> list[Edit] | None:
        """The edits that add fields to the entry on whose line they are inserted."""
        entry = self._entry(offset)
        found = [*_ADDED.finditer(text)]
        if entry is None or entry.add is None or "".join(one[0] for one in found) != text:
            return None
        edits = [entry.add(one[1], one[2]) for one in found]
        return [edit for edit in edits if edit is not None] if None not in edits else None

    def _entry(self, offset: int) -> ToldPart | None:
        """The first piece of the line: the kind of the entry there."""
        begin = self.text.rfind("\n", 0, offset) + 1
        place = bisect_right(self._starts_of_pieces, begin - 1)
        if place == len(self.pieces) or "\n" in self.text[offset : self.pieces[place].start]:
            return None
        return self.pieces[place]

    def _place(self, span: Span) -> Span | None:
        first = bisect_right(self._starts_of_pieces, span.start) - 1
        if first < 0 or self.pieces[first].end <= span.start:
            first += 1
        inside = []
        while first < len(self.pieces) and self.pieces[first].start < max(span.end, span.start + 1):
            inside.append(self.pieces[first].place)
            first += 1
        if not inside:
            entry = self._entry(span.start)
            return None if entry is None else entry.place
        start = min(place.start for place in inside)
        return Span(start, max(place.end for place in inside))


def _joined(edits: Sequence[Edit]) -> list[Edit]:
    """The edits, of which those that add at one place, as two keys after the last, are one."""
    joined: list[Edit] = []
    for edit in edits:
        is_added = edit.span.start == edit.span.end
        if joined and is_added and joined[-1].span == edit.span:
            joined[-1] = joined[-1]._replace(text=joined[-1].text + edit.text)
        else:
            joined.append(edit)
    return joined


def _moved(piece: ToldPart, edits: Sequence[Edit]) -> ToldPart:
    start, end = _offsets(piece.start, piece.end, edits)
    return piece._replace(start=start, end=end)


def _offsets(start: int, end: int, edits: Sequence[Edit]) -> tuple[int, int]:
    """Where a part begins and ends after the edits, which are in order; one in it makes it longer."""
    before = inside = 0
    for span, text in edits:
        change = len(text) - (span.end - span.start)
        if span.end <= start:
            before += change
        elif span.end <= end and (span.start < span.end or span.end < end):
            inside += change
    return start + before, end + before + inside
