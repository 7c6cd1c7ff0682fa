"""Darknet's cfg files, as AlexeyAB's fork reads them (src/parser.c): sections of `key=value`, a layer each.

Blanks count nowhere, the first of two equal keys holds, and layers are named by their numbers. What changes
sizes or weights is read or refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.darknet_sections import OTHER_WORDS, Section, sections_of
from cnn_shapes.language.dialects.writing import Given, SpecWriter, Told, speller, told
from cnn_shapes.language.reading.wording import BAD_VALUE, MISSING_FIELD, WRONG_INPUTS
from cnn_shapes.language.spec import Overrides
from cnn_shapes.shapes import listed
from cnn_shapes.source import YAML_SYNTAX, Edit, Source, Span, TranslatedSource

_KEY_OF_FIELD = {
    "stride": "stride",
    "padding": "padding",
    "dilation": "dilation",
    "groups": "groups",
    "kernel_size": "size",
    "filters": "filters",
    "units": "output",
}  # what a section can be given
_SPELL = speller(
    {"conv": "convolutional", "dense": "connected", "global_avgpool": "avgpool"}, _KEY_OF_FIELD, "="
)
_WEIGHTED = ("conv", "conv_transpose", "dense")  # of which an activation is a field
_RECURRENT = ("rnn", "gru", "lstm", "crnn", "conv_lstm", "history")


def translate(source: Source, overrides: Overrides) -> TranslatedSource:
    """The spec of a cfg. What cannot be read is told at its line."""
    writer = SpecWriter(source, _SPELL)
    sections = sections_of(source, writer.tell)
    if not sections or sections[0].word not in ("net", "network"):
        place = sections[0].place if sections else Span(0, 0)
        writer.tell(YAML_SYNTAX, "a cfg begins with [net], its width, height and channels", place)
        return writer.finished()
    return _Translation(source, writer, sections, overrides).translate()


class _Translation:
    """The layers so far, by their numbers: their names, and their channels where these are known."""

    def __init__(
        self, source: Source, writer: SpecWriter, sections: list[Section], overrides: Overrides
    ) -> None:
        self.source, self.writer, self.sections, self.overrides = source, writer, sections, overrides
        self.section = sections[0]
        self.names: list[str] = []
        self.channels: list[int | None] = []
        self.heads: list[str] = []
        self.sizes: tuple[int, ...] = ()  # of the input: height, width, channels
        self.line_end = "\r\n" if "\r\n" in source.text else "\n"

    def translate(self) -> TranslatedSource:
        self._read_input()
        if len(self.sections) == 1:
            self.tell(MISSING_FIELD, "there is no layer after [net]", self.section.place)
        self.writer.line("layers:")
        for section in self.sections[1:]:
            self.section = section
            name = self.writer.name_for(f"{section.word}_{len(self.names)}")
            make = _LAYERS.get(section.word)
            channels = None
            if make is None:
                self._refuse(name)
            else:
                channels = make(self, section, name)
                section.tell_unknown()
            self.names.append(name)
            self.channels.append(channels)
        last = [name for name in self.names[-1:] if name not in self.heads]
        if self.heads and len(self.names) > 1:
            self.writer.line(f"outputs: [{', '.join([*self.heads, *last])}]")
        return self.writer.finished()

    def _read_input(self) -> None:
        net, writer = self.section, self.writer
        keys = ("height", "width", "channels")
        missing = [key for key in keys if key not in net.options]
        given = self.overrides.input
        self.sizes = tuple(max(1, self.section.number(key, 1)) for key in keys)
        if given is not None and len(given) == 3:
            self.sizes = given
        elif missing:
            what = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'}"
            if "inputs" in net.options:
                what = "a network of vectors cannot be read: height, width and channels are"
            template = "{what} missing in [net]: write them there, or give --input 416x416x3"
            self.tell(MISSING_FIELD, template, net.place, what=what)
        net.option("inputs")
        self.section.tell_unknown()
        writer.top(
            "input", [self.section.told(key, size) for key, size in zip(keys, self.sizes, strict=True)]
        )
        writer.line("layout: channels_last")
        writer.line("rounding: floor")

    def _refuse(self, name: str) -> None:
        word = self.section.word
        template, facts = "[{word}] cannot be said in the language: it is a recurrent layer", {"word": word}
        if word not in _RECURRENT:
            near = closest(word, [*_LAYERS, *OTHER_WORDS])
            template = "[{word}] is not a section that is known" + (
                ": did you mean [{near}]?" if near else ""
            )
            facts |= {"near": near or ""}
        self.unsupported(name, template, **facts)

    # what the sections write

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


# writes what a section says under a name, and gives the channels that come out
_Make = Callable[[_Translation, Section, str], int | None]


def _convolutional(here: _Translation, section: Section, name: str) -> int | None:
    filters, size = section.number("filters", 1), section.number("size", 1)
    dilation = section.number("dilation", 1) if size > 1 else 1
    groups = section.number("groups", 1)
    if section.number("antialiasing", 0):
        here.unsupported(name, "antialiasing of [convolutional] cannot be said in the language")
        return filters
    section.option("dilation")
    fields: dict[str, Given] = {
        "filters": section.told("filters", filters),
        "kernel_size": section.told("size", size),
    }
    fields |= section.strides(1) | section.padding(size, dilation)
    if dilation > 1:
        fields["dilation"] = section.told("dilation", dilation)
    if groups > 1:
        fields["groups"] = section.told("groups", groups)
    fields |= section.norm()
    if (shared := section.option("share_index")) is not None:
        of = here.source_of("share_index", section.number("share_index", 0), shared.place)
        fields |= {} if of is None else {"share": of[0]}
    here.activated("conv", name, fields, section.activation("logistic"))
    return filters


def _deconvolutional(here: _Translation, section: Section, name: str) -> int | None:
    filters, size = section.number("filters", 1), section.number("size", 1)
    fields: dict[str, Given] = {
        "filters": section.told("filters", filters),
        "kernel_size": section.told("size", size),
    }
    fields |= section.strides(1)
    pad, given = section.number("pad", 0), section.number("padding", 0)
    if pad or given:
        fields["padding"] = told(size // 2) if pad else section.told("padding", given)
    here.activated("conv_transpose", name, fields | section.norm(), section.activation("logistic"))
    return filters


def _local(here: _Translation, section: Section, name: str) -> int | None:
    """A convolution with weights of its own at each place: our `custom`, in full."""
    filters, size, stride = (
        section.number("filters", 1),
        section.number("size", 1),
        section.number("stride", 1),
    )
    padding = size // 2 if section.number("pad", 0) else 0
    high, wide = (f"(({axis} + {2 * padding - size}) // {stride} + 1)" for axis in ("h_in", "w_in"))
    weights = f"{high} * {wide} * {size * size * filters} * c_in"
    fields: dict[str, Given] = {
        "output": [told(high), told(wide), told(filters)],
        "params": told(f"{weights} + {high} * {wide} * {filters}"),
        "macs": told(weights),
    }
    here.activated("custom", name, fields, section.activation("logistic"))
    return filters


def _pool(kind: str) -> _Make:
    def pool(here: _Translation, section: Section, name: str) -> int | None:
        stride = section.number("stride", 1)
        size = section.number("size", stride)
        padding = section.number("padding", size - 1)
        for key in ("maxpool_depth", "out_channels", "antialiasing"):
            if section.number(key, 0):
                here.unsupported(name, "{key} of [maxpool] cannot be said in the language", key=key)
                return None
        fields: dict[str, Given] = {
            "kernel_size": section.told("size" if section.option("size") else "stride", size)
        }
        fields |= {"stride": section.told("stride", stride), **section.strides(1)}
        if padding == size - 1 and not section.option("padding"):
            fields["padding"] = told("same")
        elif padding:
            place = section.options["padding"].place
            ends = f"[{padding // 2}, {padding - padding // 2}]"
            fields["padding"] = Told(f"[{ends}, {ends}]", place)
        here.entry(kind, name, fields)
        return here.before

    return pool


def _avgpool(here: _Translation, section: Section, name: str) -> int | None:
    here.entry("global_avgpool", name, {"keepdims": told(True)})
    return here.before


def _connected(here: _Translation, section: Section, name: str) -> int | None:
    units = section.number("output", 1)
    here.entry("flatten", here.writer.name_for(f"{name}_input"), {})
    fields: dict[str, Given] = {"units": section.told("output", units)}
    here.activated("dense", name, fields | section.norm(), section.activation("logistic"))
    return units


def _route(here: _Translation, section: Section, name: str) -> int | None:
    found = here.sources("layers")
    groups, part = section.number("groups", 1), section.number("group_id", 0)
    if found is None or groups < 1 or not 0 <= part < groups:
        if found is not None:
            template = "group_id must be from 0 to groups - 1, found {part} of {groups}"
            place = section.options.get("group_id", section.options.get("groups"))
            here.tell(BAD_VALUE, template, place.place if place else section.place, part=part, groups=groups)
        here.writer.broken(section.place, name)
        return None
    names: list[Given] = [source for source, _ in found]
    channels = [count for _, count in found]
    whole = sum(count for count in channels if count is not None) if None not in channels else None
    last = here.names[-1] if here.names else "input"
    only = None if len(found) > 1 else found[0][0]
    joined = only
    if only is None:
        joined = told(name if groups == 1 else here.writer.name_for(f"{name}_all"))
        here.entry("concat", joined.text, {}, names)
    elif groups == 1:
        here.entry("identity", name, {}, only)
    if groups > 1:
        assert joined is not None
        parts = [here.writer.name_for(f"{name}_part{number}") for number in range(groups)]
        source = None if only is not None and only.text == last else joined
        fields: dict[str, Given] = {"into": [told(one) for one in parts]}
        here.writer.entry(Told("split", section.place), fields | ({} if source is None else {"from": source}))
        here.entry("identity", name, {}, told(parts[part]))
    return whole // groups if whole is not None else None


def _shortcut(here: _Translation, section: Section, name: str) -> int | None:
    """The sum of what comes in and other layers; of unequal channels the first that both have are added."""
    found, activation = here.sources("from"), section.activation("linear")
    weights = section.option("weights_type")
    if weights is not None and weights.text != "none":
        here.unsupported(name, "weights of [shortcut] cannot be said in the language")
        return here.before
    if found is None:
        here.writer.broken(section.place, name)
        return here.before
    channels = here.before
    added = here.name_before(name, "add", activation)
    unequal = [count for _, count in found if count != channels]
    if not unequal or None in (channels, *unequal) or not here.names:
        here.entry("add", added, {}, [*(source for source, _ in found), told("prev")])
    elif len(found) > 1:
        here.unsupported(name, "a [shortcut] of several layers with unequal channels cannot be said")
        return channels
    else:
        assert channels is not None
        _add_first(here, added, found[0], channels)
    if activation is not None:
        here.entry(activation.text, name, {})
    return channels


def _add_first(here: _Translation, name: str, other: tuple[Told, int | None], channels: int) -> None:
    """Darknet adds the channels that both have, and keeps the rest of what comes in."""
    source, count = other
    assert count is not None
    both = min(channels, count)
    parts = [here.writer.name_for(f"{name}_{word}") for word in ("both", "rest")]
    into: Given = {parts[0]: told(both), parts[1]: told(-1)}
    if count > channels:
        last = told(here.names[-1])
        here.writer.entry(Told("split", here.section.place), {"into": into, "from": source})
        here.entry("add", name, {}, [last, told(parts[0])])
        return
    here.writer.entry(Told("split", here.section.place), {"into": into})
    summed = here.writer.name_for(f"{name}_sum")
    here.entry("add", summed, {}, [told(parts[0]), source])
    here.entry("concat", name, {}, [told(summed), told(parts[1])])


def _scale(here: _Translation, section: Section, name: str) -> int | None:
    """`scale_channels` and `sam`: the product with another layer, whose size it has."""
    found, activation = here.sources("from"), section.activation("linear")
    if found is None:
        here.writer.broken(section.place, name)
        return here.before
    here.activated("multiply", name, {}, activation, [found[0][0], told("prev")])
    return found[0][1]


def _upsample(here: _Translation, section: Section, name: str) -> int | None:
    stride = section.number("stride", 2)
    if stride < 1:
        here.unsupported(name, "a stride of {stride} cannot be said in the language", stride=stride)
        return here.before
    here.entry("upsample", name, {"scale": section.told("stride", stride)})
    return here.before


def _reorg(here: _Translation, section: Section, name: str) -> int | None:
    stride, before = section.number("stride", 1), here.before
    if section.number("reverse", 0):
        here.entry("pixel_shuffle", name, {"factor": section.told("stride", stride)})
        return None if before is None else before // max(stride, 1) ** 2
    for key in ("flatten", "extra"):
        if section.number(key, 0):
            here.unsupported(name, "{key} of [reorg] cannot be said in the language", key=key)
            return None
    here.entry("space_to_depth", name, {"factor": section.told("stride", stride)})
    return None if before is None else before * stride**2


def _crop(here: _Translation, section: Section, name: str) -> int | None:
    amounts: list[Given] = []
    for axis, key in enumerate(("crop_height", "crop_width")):
        lost = max(0, here.sizes[axis] - section.number(key, 1))
        option = section.option(key)
        amounts.append(Told(f"[{lost // 2}, {lost - lost // 2}]", None if option is None else option.place))
    here.entry("crop", name, {"amount": amounts})
    return here.before


def _dropout(here: _Translation, section: Section, name: str) -> int | None:
    option = section.option("probability")
    rate = "0.5" if option is None else option.text
    try:
        whole = 0 <= float(rate) <= 1
    except ValueError:
        whole = False
    if not whole and option is not None:
        here.tell(BAD_VALUE, "probability is from 0 to 1, found {found}", option.place, found=rate)
    text = f"0{rate}" if rate.startswith(".") else rate
    here.entry("dropout", name, {"rate": Told(text if whole else "0.5", option and option.place)})
    return here.before


def _alike(kind: str) -> _Make:
    """A section that is one of our kinds, and keeps its channels."""

    def alike(here: _Translation, section: Section, name: str) -> int | None:
        here.entry(kind, name, {})
        return here.before

    return alike


def _activation(here: _Translation, section: Section, name: str) -> int | None:
    activation = section.activation("linear")
    here.entry("identity" if activation is None else activation.text, name, {})
    return here.before


def _head(per_anchor: int | None) -> _Make:
    """A detection head: it keeps what comes in, whose channels its anchors and classes decide.

    `per_anchor`: the values of an anchor beside its classes; None: `coords` and one.
    """

    def head(here: _Translation, section: Section, name: str) -> int | None:
        classes = section.number("classes", 20)
        each = classes + (section.number("coords", 4) + 1 if per_anchor is None else per_anchor)
        anchors = section.number("num", 1) if per_anchor is None else max(1, len(section.numbers("mask")))
        option = section.option("classes")
        place = section.place if option is None else option.whole
        wanted: Given = [told(size, place) for size in (None, None, anchors * each)]
        here.entry("identity", name, {"expect": wanted})
        what = "anchors of num" if per_anchor is None else "anchors in mask"
        here.writer.explain(
            name,
            "[{word}] takes {wanted} channels, {anchors} {what} with {classes} classes and {others} "
            "more each ({anchors}*({classes} + {others})), but {found} come in",
            word=section.word,
            wanted=anchors * each,
            anchors=anchors,
            what=what,
            classes=classes,
            others=each - classes,
        )
        here.heads.append(name)
        return here.before

    return head


def _detection(here: _Translation, section: Section, name: str) -> int | None:
    """The head of the first YOLO: a vector of side*side cells."""
    side, boxes = section.number("side", 7), section.number("num", 1)
    wanted = side * side * ((1 + section.number("coords", 1)) * boxes + section.number("classes", 1))
    here.entry("identity", name, {"expect": [told(wanted, section.place)]})
    here.heads.append(name)
    return here.before


_LAYERS: dict[str, _Make] = {
    "convolutional": _convolutional,
    "deconvolutional": _deconvolutional,
    "local": _local,
    "maxpool": _pool("maxpool"),
    "local_avgpool": _pool("avgpool"),
    "avgpool": _avgpool,
    "connected": _connected,
    "route": _route,
    "shortcut": _shortcut,
    "scale_channels": _scale,
    "sam": _scale,
    "upsample": _upsample,
    "reorg": _reorg,
    "reorg3d": _reorg,
    "crop": _crop,
    "dropout": _dropout,
    "softmax": _alike("softmax"),
    "batchnorm": _alike("batchnorm"),
    "normalization": _alike("lrn"),
    "cost": _alike("identity"),
    "empty": _alike("identity"),
    "activation": _activation,
    "yolo": _head(5),
    "Gaussian_yolo": _head(9),
    "region": _head(None),
    "detection": _detection,
}
