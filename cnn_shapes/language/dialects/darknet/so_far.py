"""The layers of a cfg that are read already, by their numbers, and what a section adds to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnn_shapes.language.dialects.darknet.sections import Section
from cnn_shapes.language.dialects.writing import Given, SpecWriter, Told, speller, told
from cnn_shapes.language.reading.wording import MISSING_FIELD, WRONG_INPUTS
from cnn_shapes.source import Edit, Source, Span

KEY_OF_FIELD = {
    "stride": "stride",
    "padding": "padding",
    "dilation": "dilation",
    "groups": "groups",
    "kernel_size": "size",
    "size": "size",
    "filters": "filters",
    "units": "output",
    "scale": "stride",
    "factor": "stride",
}  # what a section can be given
SPELL = speller(
    {"conv": "convolutional", "dense": "connected", "global_avgpool": "avgpool"}, KEY_OF_FIELD, "="
)
_WEIGHTED = ("conv", "EvenWindow", "conv_transpose", "dense")  # of which an activation is a field


class FeatureMap(NamedTuple):
    """The sizes of a feature map."""

    height: int
    width: int
    channels: int

    def seen(self, size: int, strides: tuple[int, int], padding: int, channels: int) -> FeatureMap:
        """What windows of a size make of it; `padding` is that of both ends together."""
        high, wide = (
            max(0, (length + padding - size) // max(1, stride) + 1)
            for length, stride in zip(self[:2], strides, strict=True)
        )
        return FeatureMap(high, wide, channels)


class LayersSoFar:
    """The layers so far, by their numbers: their names, and what comes out of them where that is known.

    `input` is what comes in. `section` is the one that is read; `heads` are the layers that are outputs.
    """

    def __init__(self, source: Source, writer: SpecWriter, net: Section) -> None:
        self.writer, self.section = writer, net
        self.names: list[str] = []
        self.maps: list[FeatureMap | None] = []
        self.heads: list[str] = []
        self.input = FeatureMap(1, 1, 1)
        self.has_even_windows = False
        self.line_end = "\r\n" if "\r\n" in source.text else "\n"

    @property
    def before(self) -> FeatureMap | None:
        """What comes into the section."""
        return self.maps[-1] if self.maps else self.input

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
        key = KEY_OF_FIELD.get(field)
        if key is None or key in section.options or not text.isdecimal():
            return None
        return Edit(Span(section.end, section.end), f"{self.line_end}{key}={text}")

    def unsupported(self, name: str, template: str, /, **facts: Any) -> None:
        self.writer.refuse(self.section.place, name, template, **facts)

    def tell(self, rule: str, template: str, place: Span, /, **facts: Any) -> None:
        self.writer.tell(rule, template, place, **facts)

    def source_of(self, key: str, number: int, place: Span) -> tuple[Told, FeatureMap | None] | None:
        """The layer of a number, from here where it is negative, and what comes out of it."""
        here = len(self.names)
        index = number if number >= 0 else here + number
        if not 0 <= index < here:
            template = "{key} goes {back} layers back, and only {here} come before this one"
            if index >= here:
                later = "itself" if index == here else f"layer {index}, which comes later"
                template = f"{{key}} names {later}: this is layer {{here}}, which reads those before it"
            self.tell(WRONG_INPUTS, template, place, key=key, back=-number, here=here)
            return None
        names = [*self.names]

        def write(name: str) -> str | None:
            if name not in names:
                return None
            return str(names.index(name) - (here if number < 0 else 0))

        return Told(self.names[index], place, write), self.maps[index]

    def sources(self, key: str) -> list[tuple[Told, FeatureMap | None]] | None:
        """The layers that a list names; None where one is wrong or none is named, which is told."""
        numbers = self.section.numbers(key)
        if not numbers:
            template = "[{word}] needs {key}: the numbers of layers, as in {key}=-1,-4"
            self.tell(MISSING_FIELD, template, self.section.place, word=self.section.word, key=key)
        found = [self.source_of(key, number, place) for number, place in numbers]
        return [one for one in found if one is not None] if found and None not in found else None
