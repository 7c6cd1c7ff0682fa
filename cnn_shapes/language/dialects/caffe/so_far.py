"""The blobs of a prototxt that are made already, and what a layer adds to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.caffe.prototxt import Literal, Message
from cnn_shapes.language.dialects.writing import Given, SpecWriter, Told, speller, told, verbatim
from cnn_shapes.language.reading.wording import BAD_VALUE, MISSING_FIELD, WRONG_INPUTS
from cnn_shapes.source import Edit, Source, Span

_LARGEST = 2**31 - 1
# what a layer's parameters can be given
FIELD_NAMES = {
    "filters": "num_output",
    "units": "num_output",
    "kernel_size": "kernel_size",
    "stride": "stride",
    "padding": "pad",
    "dilation": "dilation",
    "groups": "group",
}
_KINDS = {
    "conv": "Convolution",
    "conv_transpose": "Deconvolution",
    "dense": "InnerProduct",
    "batchnorm": "BatchNorm",
    "global_avgpool": "a Pooling with pool: AVE and global_pooling: true",
    "global_maxpool": "a Pooling with pool: MAX and global_pooling: true",
}
SPELL = speller(_KINDS, {**FIELD_NAMES, "bias": "bias_term"})


BlobShape = tuple[int, ...] | None  # without the batch; None where it is not known


class Blob(NamedTuple):
    """What a blob is at a time: the layer of the spec that makes it, and its sizes without the batch.

    `entry` is None where it is left out, with all that reads it. Sizes that are not known are None. `mask`:
    it holds the places that the pool took, which only an Upsample reads; its sizes are those before the pool.
    """

    entry: str | None
    shape: BlobShape
    mask: bool = False


class LayerText:
    """One layer of the file: its type, its blobs, and the message with its parameters."""

    def __init__(self, message: Message, type_name: str, params: str, known: str) -> None:
        self.message, self.type = message, type_name
        self.name = message.text("name") or type_name.lower()
        self.bottoms, self.tops = message.literals("bottom"), message.literals("top")
        self.params_word, self.known = params, known.split()
        self.params = message.message(params) if params else None

    @property
    def place(self) -> Span:
        """The type, which is what is wrong where nothing smaller is."""
        found = self.message.literal("type")
        return found.place if found is not None else Span(self.message.start, self.message.start + 1)


class BlobsSoFar:
    """The blobs by their names, and the writer of the spec. `previous` is the last layer that is written."""

    def __init__(self, source: Source, writer: SpecWriter) -> None:
        self.source, self.writer = source, writer
        self.blobs: dict[str, Blob] = {}
        self.previous = "input"
        self.read: set[str] = set()  # layers of the spec
        self.made: list[str] = []

    # blobs

    def bottoms(self, layer: LayerText, count: int | None = None) -> list[Blob] | None:
        """What the layer reads; None where it cannot be made, which is told unless it is left out."""
        found = []
        for bottom in layer.bottoms:
            blob = self.blobs.get(bottom.text)
            if blob is None:
                near = closest(bottom.text, [*self.blobs])
                template = "no layer before this makes the blob {blob}" + (
                    ": did you mean {near}?" if near else ""
                )
                self.writer.tell(WRONG_INPUTS, template, bottom.place, blob=bottom.text, near=near or "")
                return None
            if blob.mask and layer.type != "Upsample":
                template = "{type} reads the places that a pool took, which cannot be said in the language"
                self.writer.tell(WRONG_INPUTS, template, bottom.place, type=layer.type)
                return None
            found.append(blob)
        if (count is None and not found) or (count is not None and len(found) != count):
            template = "{type} reads {count}, found {found} bottoms"
            wanted = {None: "blobs", 1: "one blob"}.get(count, f"{count} blobs")
            self.writer.tell(
                WRONG_INPUTS, template, layer.place, type=layer.type, count=wanted, found=len(found)
            )
            return None
        return found

    def source_of(self, literal: Literal) -> Told:
        """The layer that makes a blob, as what reads it names it."""
        makers = {blob.entry: name for name, blob in self.blobs.items()}
        entry = self.blobs[literal.text].entry
        assert entry is not None
        return Told(entry, literal.place, makers.get)

    def make(self, layer: LayerText, entry: str | None, *shapes: BlobShape) -> None:
        """Name what the layer makes; a blob that it reads too is another one from now on."""
        for top, shape in zip(layer.tops, shapes, strict=False):
            self.blobs[top.text] = Blob(entry, shape)
        for top in layer.tops[len(shapes) :]:
            template = "{type} makes {count}, found the top {top} more"
            count = "1 blob" if len(shapes) == 1 else f"{len(shapes)} blobs"
            self.writer.tell(WRONG_INPUTS, template, top.place, type=layer.type, count=count, top=top.text)

    # what is written

    def entry(
        self, kind: str, layer: LayerText, name: str, fields: Mapping[str, Given], sources: Sequence[Told]
    ) -> None:
        """A layer of the spec. One source that is the layer before needs no name."""
        whole: dict[str, Given] = {**fields}
        if len(sources) > 1:
            whole["from"] = list(sources)
        elif sources and sources[0].text != self.previous:
            whole["from"] = sources[0]
        self.read |= {source.text for source in sources}
        self.writer.entry(
            Told(kind, layer.place),
            {**whole, "name": told(name)},
            lambda field, text: self._added(layer, field, text),
        )
        self.previous = name
        self.made.append(name)

    def keep(self, layer: LayerText, kind: str, fields: Mapping[str, Given]) -> None:
        """A layer that keeps the shape of the one blob that it reads."""
        found = self.bottoms(layer, 1)
        if found is None:
            self.broken(layer)
            return
        name = self.writer.name_for(layer.name)
        self.entry(kind, layer, name, fields, [self.source_of(layer.bottoms[0])])
        self.make(layer, name, found[0].shape)

    def refuse(self, layer: LayerText, template: str, /, **facts: Any) -> None:
        """A layer that cannot be said: what reads its blobs is not reached."""
        name = self.writer.name_for(layer.name)
        self.writer.refuse(layer.place, name, template, **facts)
        self._unknown(layer, name)

    def broken(self, layer: LayerText) -> None:
        """A layer of which it is told already why it cannot be made."""
        name = self.writer.name_for(layer.name)
        self.writer.broken(layer.place, name)
        self._unknown(layer, name)

    def _unknown(self, layer: LayerText, name: str) -> None:
        self.previous = name
        for top in layer.tops:
            self.blobs[top.text] = Blob(name, None)

    def _added(self, layer: LayerText, field: str, text: str) -> Edit | None:
        """The edit that gives the parameters of a layer a field that they have not."""
        key, params = FIELD_NAMES.get(field), layer.params
        if key is None or params is None or not params.fields or not text.isdecimal():
            return None
        if key not in layer.known or params.all(key):
            return None
        _, first, value = params.fields[-1]
        end = value.end if isinstance(value, Message) else value.place.end + value.quoted
        line = self.source.line_text(self.source.position(first.start)[0])
        indent = line[: len(line) - len(line.lstrip())]
        alone = line.strip().startswith(self.source.text[first.start : first.end])
        line_end = "\r\n" if "\r\n" in self.source.text else "\n"
        before = f"{line_end}{indent}" if alone else " "
        return Edit(Span(end, end), f"{before}{key}: {text}")

    # parameters

    def wrong_word(self, layer: LayerText, key: str, expected: str) -> None:
        """A layer of which a word is none that Caffe has."""
        self.tell_word(layer.params, key, expected)
        self.broken(layer)

    def tell_word(self, params: Message | None, key: str, expected: str) -> None:
        literal = params.literal(key) if params is not None else None
        if literal is not None:
            template = "{key} must be {expected}, found {found}"
            facts = {"key": key, "expected": expected, "found": literal.text[:60]}
            self.writer.tell(BAD_VALUE, template, literal.place, **facts)

    def number(self, message: Message | None, key: str, default: int | None = None) -> int | None:
        """The last whole number of a field; something else is told, and means the default."""
        literal = message.literal(key) if message is not None else None
        return default if literal is None else self.whole(key, literal, default)

    def whole(self, key: str, literal: Literal, default: int | None = None) -> int | None:
        number = literal.number
        if number is not None and abs(number) <= _LARGEST:
            return number
        template = "{key} must be a whole number, found {found}"
        self.writer.tell(BAD_VALUE, template, literal.place, key=key, found=literal.shown)
        return default

    def is_true(self, message: Message | None, key: str, default: bool) -> bool:
        literal = message.literal(key) if message is not None else None
        if literal is None:
            return default
        if literal.text in ("true", "True", "t", "1", "false", "False", "f", "0"):
            return literal.text in ("true", "True", "t", "1")
        template = "{key} must be true or false, found {found}"
        self.writer.tell(BAD_VALUE, template, literal.place, key=key, found=literal.shown)
        return default

    def told(self, message: Message | None, key: str, value: Any) -> Told:
        """A value, and the field that says it."""
        literal = message.literal(key) if message is not None else None
        if literal is None:
            return told(value)
        if literal.text == str(value):
            return verbatim(literal.text, literal.place)
        return told(value, literal.place)

    def per_axis(
        self, params: Message | None, key: str, default: int, rank: int, one: str = ""
    ) -> list[Told] | None:
        """The numbers of a window along each axis: `key` repeated, or `one_h` and `one_w`; told where wrong.

        None where the file says nothing.
        """
        one = one or key
        pair = [params.literal(f"{one}_{end}") if params is not None else None for end in ("h", "w")]
        literals = params.literals(key) if params is not None else []
        if any(literal is not None for literal in pair) and rank == 2:
            if literals:
                template = "{key} is given, and {one}_h or {one}_w: Caffe takes the one or the other"
                self.writer.tell(BAD_VALUE, template, literals[-1].place, key=key, one=one)
            literals = [literal for literal in pair if literal is not None]
            if len(literals) == 1 and default:
                template = "{missing} is missing beside {given}: write both"
                given, missing = (f"{one}_{end}" for end in ("hw" if pair[0] is not None else "wh"))
                self.writer.tell(MISSING_FIELD, template, literals[0].place, given=given, missing=missing)
            if len(literals) == 1:
                said = self._told_number(f"{one}_h", literals[0])
                return [said, told(default)] if pair[0] is not None else [told(default), said]
        if not literals:
            return None
        found = [self._told_number(key, literal) for literal in literals]
        if len(found) not in (1, rank):
            template = "{key} is given once, or for each of the {rank} axes, found {count} of it"
            self.writer.tell(BAD_VALUE, template, literals[-1].place, key=key, rank=rank, count=len(found))
        return [found[0]] * rank if len(found) == 1 else found[:rank]

    def _told_number(self, key: str, literal: Literal) -> Told:
        number = self.whole(key, literal, 1)
        if literal.text == str(number):
            return verbatim(literal.text, literal.place)
        return told(number, literal.place)

    def needs(self, layer: LayerText, key: str) -> None:
        if layer.params is not None and layer.params.all(key):
            return  # what is wrong with it is told
        template = "{type} needs {key} in {params}"
        facts = {"type": layer.type, "key": key, "params": layer.params_word}
        self.writer.tell(MISSING_FIELD, template, layer.place, **facts)


def window_field(values: Sequence[Told]) -> Given:
    """A field of a window: one number where one is said for all axes."""
    return values[0] if len({value.place for value in values}) == 1 else list(values)
