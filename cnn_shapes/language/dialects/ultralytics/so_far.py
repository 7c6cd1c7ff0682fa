"""The modules of an Ultralytics YAML that are read already, and what a module adds to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cnn_shapes.language.dialects.ultralytics.reading import LARGEST, Argument, Module
from cnn_shapes.language.dialects.ultralytics.scaling import Scaling
from cnn_shapes.language.dialects.writing import Given, SpecWriter, Told, told, verbatim
from cnn_shapes.language.reading.wording import BAD_VALUE, MISSING_FIELD, WRONG_INPUTS
from cnn_shapes.shapes import EXPECT_MISMATCH
from cnn_shapes.source import Span

_WORDS = {
    "read it in a from, name it under outputs, or leave it out": (
        "read it in a from, or leave it out; after an inserted module, the numbers in from are one larger"
    ),
    "filters: ": "c2: ",
    "scale: ": "scale_factor: ",
}
_MISSING = re.compile(r"\bmissing_\d+_((?:minus)?\d+)")
_COUNTS = ("k", "s", "d", "g", "n", "c3", "c4", "area", "kernel_size", "nm", "npr", "ne", "r")  # from 1
_SIZES = ("p", "output_padding")  # from 0
_FLAGS = ("act", "bn", "shortcut", "c3k", "attn", "a2", "residual", "lk", "is_first", "bias", "ceil_mode")
_RATIOS = ("e", "mlp_ratio")
_INSERTED = ("k", "s")  # arguments with a default that a repair may add


def spell(text: str) -> str:
    """Our words for what Ultralytics has in another way."""
    for ours, theirs in _WORDS.items():
        text = text.replace(ours, theirs)
    return _MISSING.sub(lambda name: name[1].replace("minus", "-"), text)


class ModelSoFar:
    """What is known where a module is read: `module`, the `scaling`, and the modules before it.

    Of each module before there is its name, the `channels` that Ultralytics takes it to have, and those
    that really come `out` of it, None where they are not known. `plain_head`: heads have no depthwise
    convolutions.
    """

    def __init__(self, writer: SpecWriter, keys: dict[str, Any], scaling: Scaling, scale: str) -> None:
        self.writer, self.keys, self.scaling, self.scale = writer, keys, scaling, scale
        self.names: list[str] = []
        self.channels: list[int | None] = []
        self.out: list[int | None] = []
        self.parts: dict[int, list[tuple[str, int]]] = {}  # of modules that give several tensors
        self.blocks: set[str] = set()
        self.outputs: list[str] = []
        self.plain_head = True
        self.input_channels = 3
        self.activation = "silu"
        self.told = False  # whether anything was told that is wrong
        self.module: Module

    def count_of(self, name: str) -> int:
        found = self.keys.get(name)
        return found if type(found) is int and 1 <= found <= LARGEST else 1

    def index(self, number: int) -> int | None:
        """The number of a module from 0; -1 for the input; None where there is none."""
        here = len(self.names)
        if number == -1:
            return here - 1
        index = number if number >= 0 else here + number
        return index if 0 <= index < here else None

    def tell(self, rule: str, template: str, place: Span, /, **facts: Any) -> None:
        self.told = True
        self.writer.tell(rule, template, place, **facts)

    def source(self, number: int, place: Span) -> Told | None:
        """The module of a number, which a fix may change; None where it gives several tensors, which is told.

        Of a number that no module before has, a name that nothing has: another one may be found for it.
        """
        here, index = len(self.names), self.index(number)
        names = self.names

        def write(name: str) -> str | None:
            if name not in names[:here]:
                return None
            return str(names.index(name) - (here if number < 0 else 0))

        if index is None:
            return Told(self._missing(number), place, write)
        if index < 0:
            return told("input", place)
        if index in self.parts:
            template = "module {number} gives a list of tensors: only CBFuse reads it"
            self.tell(WRONG_INPUTS, template, place, number=index)
            return None
        return Told(self.names[index], place, write)

    def _missing(self, number: int) -> str:
        """The name of what is not there, and why it is not."""
        here = len(self.names)
        there = "which comes later" if number > here else "which is this module itself"
        if number < 0:
            there = "and there are not so many before it"
        before = f"the modules before it are 0 to {here - 1}" if here > 1 else "before it is module 0"
        if not here:
            before = "before it is the input alone, which is -1"
        self.told = True
        name = f"missing_{here}_{number}".replace("-", "minus")
        template = "from names module {number}, {there}: {before}"
        self.writer.explain(name, template, number=number, there=there, before=before)
        return name

    def channels_of(self, number: int) -> int | None:
        index = self.index(number)
        if index is None:
            return None
        return self.input_channels if index < 0 else self.channels[index]

    def out_of(self, number: int) -> int | None:
        index = self.index(number)
        if index is None:
            return None
        return self.input_channels if index < 0 else self.out[index]

    def single(self) -> Told | None:
        """What a module with one input reads; several, or a module that there is not, are told."""
        module = self.module
        if module.listed:
            template = (
                "{word} reads one module, found a list: write the number alone, or join them with Concat"
            )
            self.tell(WRONG_INPUTS, template, module.source_place, word=module.word)
            return None
        return self.source(*module.sources[0])

    def misled(self) -> bool:
        """Whether the module is built for other channels than come in, which is told."""
        number, place = self.module.sources[0]
        expected, found = self.channels_of(number), self.out_of(number)
        if expected is None or found is None or expected == found:
            return False
        index = self.index(number)
        template = (
            "{word} is built for {expected} channels, but {found} come out of {source}: Ultralytics takes a "
            "module that is not its own to keep its channels; write Conv in place of it"
        )
        facts = {"word": self.module.word, "expected": expected, "found": found}
        self.tell(EXPECT_MISMATCH, template, place, source=self.names[index or 0], **facts)
        return True

    def cannot_repeat(self, channels: int) -> bool:
        """Whether what is repeated takes other channels than it gives, which is told."""
        before, times = self.channels_of(self.module.sources[0][0]), int(self.times().text)
        if times == 1 or before is None or before == channels:
            return False
        template = (
            "each of the {times} {word} is built for {before} channels, but the one before it gives {found}: "
            "write one {word} to {found} channels, and repeat another after it"
        )
        facts = {"word": self.module.word, "times": times, "before": before, "found": channels}
        self.tell(EXPECT_MISMATCH, template, self.module.repeats.place, **facts)
        return True

    def all_sources(self) -> list[Told] | None:
        """What a module with a list of inputs reads."""
        module = self.module
        if not module.listed:
            template = "{word} reads a list of modules, as [-1, 6], found {found}"
            facts = {"word": module.word, "found": module.sources[0][0]}
            self.tell(WRONG_INPUTS, template, module.source_place, **facts)
            return None
        found = [self.source(number, place) for number, place in module.sources]
        return [one for one in found if one is not None] if None not in found else None

    def added(self, name: str) -> str:
        """The name of a layer that no module is by itself."""
        return self.writer.name_for(name, name)

    def entry(self, kind: str, name: str, fields: Mapping[str, Given], source: Given | None = None) -> None:
        """An entry of the spec that this module says, as often as it is repeated."""
        read: dict[str, Given] = {} if source is None else {"from": source}
        self.writer.entry(Told(kind, self.module.place), {**fields, **read, "name": told(name)})

    def repeated(self, kind: str, name: str, fields: Mapping[str, Given], source: Given | None) -> None:
        """The same, as often as the module is repeated."""
        times = self.times()
        if times.text == "1":
            self.entry(kind, name, fields, source)
            return
        inner = {kind: fields} if fields else told(kind)
        self.entry("repeat", name, {"times": times, "layers": [inner]}, source)

    def block(self, kind: str) -> str:
        """The name of a block, which is then part of the spec."""
        self.blocks.add(kind)
        return kind

    def times(self) -> Told:
        repeats, scaling = self.module.repeats, self.scaling

        def write(text: str) -> str | None:
            written = scaling.written_repeats(int(text)) if text.isdecimal() else None
            return None if written is None else str(written)

        return Told(str(scaling.repeats(repeats.value)), repeats.place, write)

    def scaled(self, argument: Argument) -> tuple[int, Told]:
        """Channels as the scale makes them."""
        scaling = self.scaling
        count = scaling.channels(argument.value)

        def write(text: str) -> str | None:
            written = scaling.written_channels(int(text)) if text.isdecimal() else None
            return None if written is None else str(written)

        return count, Told(str(count), argument.place, write if argument.verbatim else None)

    def arguments(self, signature: str) -> dict[str, Argument] | None:
        """The arguments by their names; None where one that is needed is missing, or there are too many.

        A `signature` is as in Python: `c2 k=1 s=1`.
        """
        module = self.module
        names, needed = _names_of(signature)
        extra = module.arguments[len(names) :]
        if len(needed) <= len(module.arguments) <= len(names):
            return dict(zip(names, module.arguments, strict=False))
        facts = {"word": module.word, "names": ", ".join(names), "most": len(names)}
        if extra:
            template = "{word} takes at most {most} args, {names}: remove what is too much"
            if not names:
                template = "{word} takes no args: write []"
            self.tell(BAD_VALUE, template, extra[0].place, **facts)
            return None
        template = "{word} needs {missing}: its args are [{names}]"
        missing = needed[len(module.arguments)]
        self.tell(MISSING_FIELD, template, module.place, missing=missing, **facts)
        return None

    def fields(self, found: Mapping[str, Argument], signature: str) -> dict[str, Given] | None:
        """The fields of the block that the arguments say; None where one has a wrong value, which is told."""
        fields: dict[str, Given] = {}
        right = True
        for name, argument in found.items():
            value = self._value(name, argument)
            if value is None:
                right = False
            elif value.text != "null":
                fields[name] = value
        return fields | self._insertable(found, signature) if right else None

    def _value(self, name: str, argument: Argument) -> Told | None:
        value, place = argument.value, argument.place
        least = 1 if name in _COUNTS else 0
        if name in _FLAGS and (isinstance(value, bool) or value in (0, 1)):
            if name == "act":
                return told(None) if value else told("none", place)
            return told(bool(value), place)
        if name in _RATIOS and type(value) in (int, float) and 0 < value < LARGEST:
            return told(value, place)
        if name in (*_COUNTS, *_SIZES):
            if argument.is_number and value >= least:
                return verbatim(str(value), place) if argument.verbatim else told(value, place)
            if value is None and name in _SIZES:
                return told(None)
        expected = "True or False" if name in _FLAGS else f"a whole number from {least}"
        if name in _RATIOS:
            expected = "a number above 0"
        self.wrong(name, expected, argument)
        return None

    def wrong(self, name: str, expected: str, argument: Argument) -> None:
        text = self.writer.original.text[argument.place.start : argument.place.end]
        template = "{name} of {word} must be {expected}, found {found}"
        facts = {"name": name, "word": self.module.word, "expected": expected, "found": text[:60]}
        self.tell(BAD_VALUE, template, argument.place, **facts)

    def _insertable(self, found: Mapping[str, Argument], signature: str) -> dict[str, Given]:
        """Sizes that the arguments leave out and a fix may add after the last."""
        end = self.module.end
        fields: dict[str, Given] = {}
        before: list[str] = []
        for word in signature.split():
            name, _, default = word.partition("=")
            if name in found:
                continue
            if name not in _INSERTED or end is None or not found:
                break
            fields[name] = Told(default, end, _inserting(", ".join(["", *before])))
            before.append(default)
        return fields

    def done(self, name: str, channels: int | None, out: int | str | None = "") -> None:
        """The module is read: what it is called, and its channels; `out` where other channels come out."""
        self.names.append(name)
        self.channels.append(channels)
        self.out.append(channels if isinstance(out, str) else out)


@lru_cache(64)
def _names_of(signature: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of all arguments, and of those that are needed."""
    words = signature.split()
    return tuple(word.partition("=")[0] for word in words), tuple(word for word in words if "=" not in word)


def _inserting(before: str) -> Any:
    return lambda text: f"{before}, {text}]" if text.isdecimal() else None
