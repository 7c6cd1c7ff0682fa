"""Writes the spec that a text of another language is, and notes for each value what says it there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import MARK
from cnn_shapes.source import Edit, Problem, Source, Span, on_one_line
from cnn_shapes.source.flow_style import listed, word
from cnn_shapes.source.translated import UNEVEN, ToldPart, TranslatedSource, Translation

Write = Callable[[str], str | None]
Add = Callable[[str, str], Edit | None]
UNSUPPORTED_LAYER = "unsupported-layer"


MOST_ENTRIES = 10_000  # layers: each is written, read again and kept with its places
_MOST_VALUES = 100_000


class TooLong(Exception):
    """A text that would cost more than it may: more than `limit` of what the template says, at a place."""

    def __init__(self, template: str, limit: int, place: Span) -> None:
        super().__init__(template)
        self.template, self.limit, self.place = template, limit, place


class Told(NamedTuple):
    """A value of the spec, as YAML, and the `place` in the original that says it.

    `write` turns another such value into what the original would say at the place, None where it cannot; a
    value without it was worked out from what is there.
    """

    text: str
    place: Span | None = None
    write: Write | None = None


Given = Told | Sequence["Given"] | Mapping[str, "Given"]


def verbatim(text: str, place: Span) -> Told:
    """A value that the original writes as the spec does."""
    return Told(text, place, str)


def told(value: Any, place: Span | None = None, write: Write | None = None) -> Told:
    """A number, boolean or word that was worked out from what is at the place."""
    if isinstance(value, bool):
        return Told("true" if value else "false", place, write)
    return Told("null" if value is None else str(value), place, write)


class SpecWriter:
    """Collects the lines of a spec. `spell` puts the words of a spec into those of the original.

    `fields` are those of ours that an entry of the original can be given. `comment` is the sign that begins a
    comment in the original: one that silences a rule is taken along.
    """

    def __init__(
        self,
        original: Source,
        spell: Callable[[str], str] = str,
        fields: Iterable[str] = (),
        comment: str = "#",
    ) -> None:
        self.original, self.spell, self.fields = original, spell, frozenset(fields)
        self.names: dict[str, str] = {}  # what the original calls a layer, by its name in the spec
        self.problems: list[Problem] = []
        self._parts: list[str] = []
        self._length = self._count = 0
        self._pieces: list[ToldPart] = []
        self._refused: set[int] = set()
        self._added: set[str] = set()
        self._reasons: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._marks = _marks(original, comment)
        self.asked = ""  # of the spec, what only the command line may ask for
        self.unsaid = UNEVEN  # values of fields that the original has no words for
        self.has_modules = False  # whether the blocks of the spec are those that the original calls by name

    def line(self, text: str) -> None:
        """A line that nothing in the original says."""
        self._put(f"{text}\n")

    def top(self, key: str, value: Given) -> None:
        """A key at the top of the spec."""
        self._put(f"{key}: ")
        self._value(value)
        self._put("\n")

    def name_for(self, wanted: str, shown: str | None = None) -> str:
        """A name that a spec may have for what the original calls `wanted`, and that no other layer has.

        `shown` is what messages call it instead, of a layer that the original has not by itself.
        """
        plain = re.sub(r"[^\w-]+", "_", wanted).strip("_") or "layer"
        if plain in ("prev", "input"):
            plain += "_"
        name, number = plain, 1
        while name in self.names:
            number += 1
            name = f"{plain}_{number}"
        self.names[name] = shown or wanted
        if shown is not None:
            self._added.add(name)
        return name

    def entry(self, kind: Told, fields: Mapping[str, Given], add: Add | None = None) -> None:
        """A layer or the call of a block, with its fields; `add` gives the edit that adds one to it."""
        if kind.place is not None:
            end = self.original.text.find("\n", kind.place.end)
            self._take_marks(len(self.original.text) if end < 0 else end)
        self._count += 1
        if self._count > MOST_ENTRIES:
            raise TooLong("more than {limit} layers, the limit", MOST_ENTRIES, kind.place or Span(0, 0))
        self._put("  - ")
        self._told(kind, add)
        if fields:
            self._put(": ")
            self._value(fields)
        self._put("\n")

    def refuse(self, place: Span, name: str, template: str, /, **facts: Any) -> None:
        """A layer that cannot be said: reported, and what reads it is not reached."""
        self.tell(UNSUPPORTED_LAYER, template, place, **facts)
        self.broken(place, name)

    def broken(self, place: Span, name: str) -> None:
        """A layer of which it is reported already why it cannot be said."""
        self._refused.add(self._length + len("  - "))
        self.entry(Told("Unsupported", place), {"name": Told(name)})

    def explain(self, name: str, template: str, /, **facts: Any) -> None:
        """What to say where the layer's `expect` or window does not fit; `found` channels come in."""
        self._reasons[name] = (template, facts)

    def tell(self, rule: str, template: str, place: Span, /, **facts: Any) -> None:
        """Note that something is wrong at a place in the original."""
        self.problems.append(Problem(rule, template, place, facts))

    def finished(self) -> TranslatedSource:
        """The spec; each problem has a comment at its end, for its place."""
        self._take_marks(len(self.original.text))
        problems = []
        for problem in self.problems:
            start = self._length
            self._put(f"# {on_one_line(problem.rule)}")
            self._pieces.append(ToldPart(start, self._length, problem.span))
            problems.append((problem, Span(start, self._length)))
            self._put("\n")
        text = "".join(self._parts)
        return TranslatedSource(
            self.original,
            text,
            self._pieces,
            problems,
            Translation(
                {**self.names},
                frozenset(self._added),
                self._reasons,
                self.spell,
                self.fields,
                self.asked,
                self.has_modules,
                self.unsaid,
            ),
            frozenset(self._refused),
        )

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _told(self, value: Told, add: Add | None = None) -> None:
        start = self._length
        self._put(value.text)
        if len(self._pieces) > _MOST_VALUES:
            raise TooLong("more than {limit} values, the limit", _MOST_VALUES, value.place or Span(0, 0))
        if value.place is not None:
            self._pieces.append(ToldPart(start, self._length, value.place, value.write, add))

    def _value(self, value: Given) -> None:
        if isinstance(value, Told):
            self._told(value)
        elif isinstance(value, Mapping):
            self._all("{", ((f"{key}: ", one) for key, one in value.items()), "}")
        else:
            self._all("[", (("", one) for one in value), "]")

    def _all(self, begin: str, values: Iterable[tuple[str, Given]], end: str) -> None:
        self._put(begin)
        for number, (key, value) in enumerate(values):
            self._put(", " * bool(number) + key)
            self._value(value)
        self._put(end)

    def _take_marks(self, before: int) -> None:
        """Write down the comments of the original that silence a rule in what comes next."""
        while self._marks and self._marks[0].start < before:
            mark = self._marks.pop(0)
            self._put("  ")
            said = self.original.text[mark.start : mark.end].lstrip("#; ")
            self._told(Told(f"# {said}", mark))
            self._put("\n")


def unreadable(original: Source, problem: Problem, spell: Callable[[str], str] = str) -> TranslatedSource:
    """What stands for a text of which no spec can be made."""
    writer = SpecWriter(original, spell)
    writer.problems.append(problem)
    return writer.finished()


# what begins the value of a field, not the rest of a sentence
_VALUE = r"(?=[\d\[{-]|(?:half|same|valid|causal|true|false|none|null|ceil|floor|exact|max|avg)\b)"
_PROSE = "equal"


def speller(kinds: Mapping[str, str], fields: Mapping[str, str], between: str = ": ") -> Callable[[str], str]:
    """What puts our words for kinds and fields into those of a dialect, in messages and titles of fixes.

    `between` is what the dialect has between a field and its value. What is in braces is a fact's name.
    """
    words = {**kinds, **fields}
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    pattern = re.compile(rf"\{{\w*\}}|\b({names})\b((?<!{_PROSE} groups): {_VALUE})?")

    def spell(text: str) -> str:
        def other(found: re.Match[str]) -> str:
            # in a sentence, `groups` and `stride` are words for what they are, a colon after them or not
            is_prose = found[2] is None and "_" not in found[1] if found[1] else True
            if is_prose and text != found[1]:
                return found[0]
            after = found[2] and (between if found[1] in fields else found[2])
            return words[found[1]] + (after or "")

        return pattern.sub(other, text)

    return spell


def names_listed(names: Iterable[str]) -> str:
    """Names of layers as a list in flow style."""
    return listed(map(word, names))


def _marks(original: Source, comment: str) -> list[Span]:
    """The comments of a text that silence a rule, each on a line of its own or at the end of one."""
    if MARK not in original.text:
        return []
    pattern = re.compile(
        rf"(?:^|(?<=[ \t])){re.escape(comment)}[ \t]*{re.escape(MARK)}[^\r\n]*", re.MULTILINE
    )
    return [Span(*found.span()) for found in pattern.finditer(original.text)]
