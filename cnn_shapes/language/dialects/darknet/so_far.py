"""The layers of a cfg that are read already, by their numbers, and what a section adds to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.language.dialects.darknet.sections import Section
from cnn_shapes.language.dialects.writing import Given, SpecWriter, Told, speller, told
from cnn_shapes.language.reading.wording import MISSING_FIELD, WRONG_INPUTS
from cnn_shapes.source import Edit, Source, Span

_KEY_OF_FIELD = {
    "stride": "stride",
    "padding": "padding",
    "dilation": "dilation",
    "groups": "groups",
    "kernel_size": "size",
    "filters": "filters",
    "units": "output",
    "scale": "stride",
    "factor": "stride",
}  # what a section can be given
SPELL = speller(
    {"conv": "convolutional", "dense": "connected", "global_avgpool": "avgpool"}, _KEY_OF_FIELD, "="
)
_WEIGHTED = ("conv", "conv_transpose", "dense")  # of which an activation is a field


class LayersSoFar:
    """The layers so far, by their numbers: their names, and their channels where these are known.

    `sizes` are those of the input: height, width, channels. `section` is the one that is read; `heads` are
    the names of the layers that are outputs.
    """

    def __init__(self, source: Source, writer: SpecWriter, net: Section) -> None:
        self.writer, self.section = writer, net
        self.names: list[str] = []
        self.channels: list[int | None] = []
        self.heads: list[str] = []
        self.sizes: tuple[int, ...] = ()
        self.line_end = "\r\n" if "\r\n" in source.text else "\n"

    @property
    def before(self) -> int | None:
        """The channels that come in."""
        return self.channels[-1] if self.channels else self.sizes[2]

    def entry(self, kind: str, name: str, fields: Mapping[str, Given], source: Given | None = None) -> None:
        """An entry of the spec that this section says."""
        whole: dict[str, Given] = {
            **fields,
            **({} if source is None else {"from": source}),
            "name": told(name),
        }
        section = self.section
        self.writer.entry(
            Told(kind, section.place), whole, lambda field, text: self._added(section, field, text)
        )

    def activated(
        self,
        kind: str,
        name: str,
        fields: Mapping[str, Given],
        activation: Told | None,
        source: Given | None = None,
    ) -> None:
        """An entry and its activation: a field of it where it can be, else a layer that has its name."""
        if activation is not None and kind in _WEIGHTED and activation.text != "custom":
            self.entry(kind, name, {**fields, "activation": activation}, source)
            return
        self.entry(kind, self.name_before(name, kind, activation), fields, source)
        if activation is not None:
            self.entry(activation.text, name, {})

    def name_before(self, name: str, kind: str, activation: Told | None) -> str:
        """The name of what an activation follows, which is the last of its section."""
        return name if activation is None else self.writer.name_for(f"{name}_{kind}")

    def _added(self, section: Section, field: str, text: str) -> Edit | None:
        """The edit that gives a section a key that it has not."""
        key = _KEY_OF_FIELD.get(field)
        if key is None or key in section.options or not text.isdecimal():
            return None
        return Edit(Span(section.end, section.end), f"{self.line_end}{key}={text}")

    def unsupported(self, name: str, template: str, /, **facts: Any) -> None:
        self.writer.refuse(self.section.place, name, template, **facts)

    def tell(self, rule: str, template: str, place: Span, /, **facts: Any) -> None:
        self.writer.tell(rule, template, place, **facts)

    def source_of(self, key: str, number: int, place: Span) -> tuple[Told, int | None] | None:
        """The layer of a number, from here where it is negative, and its channels; a wrong one is told."""
        here = len(self.names)
        index = number if number >= 0 else here + number
        if not 0 <= index < here:
            there = f"layer {index}, which comes later" if index >= here else "no layer"
            if index == here:
                there = "itself"
            template = "{key} names {number}, {there}: before this layer {here} are 0 to {last}"
            facts = {"number": number, "there": there, "here": here, "last": here - 1}
            self.tell(WRONG_INPUTS, template, place, key=key, **facts)
            return None
        names = [*self.names]

        def write(name: str) -> str | None:
            if name not in names:
                return None
            return str(names.index(name) - (here if number < 0 else 0))

        return Told(self.names[index], place, write), self.channels[index]

    def sources(self, key: str) -> list[tuple[Told, int | None]] | None:
        """The layers that a list names; None where one is wrong or none is named, which is told."""
        numbers = self.section.numbers(key)
        if not numbers:
            template = "[{word}] needs {key}: the numbers of layers, as in {key}=-1,-4"
            self.tell(MISSING_FIELD, template, self.section.place, word=self.section.word, key=key)
        found = [self.source_of(key, number, place) for number, place in numbers]
        return [one for one in found if one is not None] if found and None not in found else None
