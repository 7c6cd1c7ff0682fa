"""What comes into a net of Caffe: its input layers and fields, as it is run to test or to deploy."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.language.dialects.caffe.prototxt import Literal, Message
from cnn_shapes.language.dialects.caffe.so_far import Blob, BlobsSoFar
from cnn_shapes.language.dialects.writing import Given, Told, told, verbatim
from cnn_shapes.language.reading.wording import BAD_VALUE, MISSING_FIELD
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import Span

DATA = (
    *("Input", "Data", "ImageData", "HDF5Data", "MemoryData", "DummyData", "WindowData", "AnnotatedData"),
    *(
        "DenseImageData",
        "VideoData",
        "Parameter",
        "DATA",
        "IMAGE_DATA",
        "HDF5_DATA",
        "MEMORY_DATA",
        "DUMMY_DATA",
    ),
)
_TRAIN = ("TRAIN", "0")
Sizes = list[tuple[int, Span | None]]


class InputsUnknown(Exception):
    """What comes in cannot be known, which is told."""


def is_included(layer: Message) -> bool:
    """Whether a layer is there when the net is tested, without a stage. Source: caffe.proto."""
    included, excluded = layer.messages("include"), layer.messages("exclude")
    phase = layer.literal("phase")
    if phase is not None and phase.text in _TRAIN:
        return False
    if included:
        return any(_is_met(rule) for rule in included)
    return not any(_is_met(rule) for rule in excluded)


def _is_met(rule: Message) -> bool:
    phase = rule.literal("phase")
    level = rule.literal("min_level")
    if phase is not None and phase.text in _TRAIN:
        return False
    return not rule.all("stage") and (level is None or (level.number or 0) <= 0)


def read_inputs(here: BlobsSoFar, root: Message, layers: Sequence[Message], overrides: Overrides) -> bool:
    """Write the inputs of the spec, and make their blobs. Whether their sizes are known: else it is told."""
    try:
        found = [*_fields(here, root), *_layers(here, layers)]
    except InputsUnknown:
        return False
    if not found:
        template = "the net has no input: an Input layer, or input and input_shape"
        here.writer.tell(MISSING_FIELD, template, Span(0, 0))
        return False
    names = [blob.text for blob, _ in found]
    given = dict(overrides.inputs)
    if overrides.input is not None:
        given.setdefault(names[0], overrides.input)
    known: dict[str, Sizes] = {}
    for blob, sizes in found:
        if blob.text in given:
            known[blob.text] = [(size, None) for size in given[blob.text]]
        elif sizes is None:
            maker = next((one for one in layers if blob in one.literals("top")), None)
            size = _cropped(maker) or 224
            example = f"{f'{blob.text}=' if len(found) > 1 else ''}3x{size}x{size}"
            template = "the sizes of {blob} are in its data, not in this file: give --input {example}"
            if maker is None or maker.text("type") == "Input":
                what = "input_param with a shape" if maker is not None else "input_dim or input_shape"
                template = f"the sizes of {{blob}} are missing: write {what}, or give --input {{example}}"
            here.writer.tell(MISSING_FIELD, template, blob.place, blob=blob.text, example=example)
            return False
        else:
            known[blob.text] = sizes
    _write(here, known)
    return True


def _write(here: BlobsSoFar, known: dict[str, Sizes]) -> None:
    shapes: dict[str, Given] = {
        name: [_size(here, size, place) for size, place in sizes] for name, sizes in known.items()
    }
    if len(shapes) == 1:
        here.writer.top("input", next(iter(shapes.values())))
        entries = ["input"]
    else:
        entries = [here.writer.name_for(name) for name in shapes]
        here.writer.top("input", dict(zip(entries, shapes.values(), strict=True)))
    here.previous = entries[0]
    for (name, sizes), entry in zip(known.items(), entries, strict=True):
        here.blobs[name] = Blob(entry, tuple(size for size, _ in sizes))


def _size(here: BlobsSoFar, size: int, place: Span | None) -> Told:
    if place is not None and here.source.text[place.start : place.end] == str(size):
        return verbatim(str(size), place)
    return told(size, place)


def _fields(here: BlobsSoFar, root: Message) -> list[tuple[Literal, Sizes | None]]:
    """`input` at the top, each with its `input_shape`, or four `input_dim`."""
    names, shapes, dims = root.literals("input"), root.messages("input_shape"), root.literals("input_dim")
    found: list[tuple[Literal, Sizes | None]] = []
    for word, given, each in (("input_dim", dims, 4), ("input_shape", shapes, 1)):
        if given and len(given) != each * len(names):
            template = "{word} is given {count}, and the net has {inputs}: each has {each}"
            inputs, times = len(names), len(given)
            facts = {
                "count": f"{times} time{'' if times == 1 else 's'}",
                "inputs": f"{inputs} input{'' if inputs == 1 else 's'}",
                "each": "four, the batch, channels, height and width" if each == 4 else "one",
            }
            last = given[-1]
            place = last.place if isinstance(last, Literal) else Span(last.start, last.start + 1)
            here.writer.tell(BAD_VALUE, template, place, word=word, **facts)
            raise InputsUnknown
    for number, name in enumerate(names):
        own = dims[4 * number : 4 * number + 4]
        if len(own) == 4:
            found.append((name, _without_batch(here, own)))
        elif number < len(shapes):
            found.append((name, _without_batch(here, shapes[number].literals("dim"))))
        else:
            found.append((name, None))
    return found


def _cropped(layer: Message | None) -> int | None:
    """The size that a data layer cuts out of its images."""
    params = [] if layer is None else layer.messages("transform_param")
    found = [literal for message in params for literal in message.literals("crop_size")]
    return found[-1].number if found else None


def _layers(here: BlobsSoFar, layers: Sequence[Message]) -> list[tuple[Literal, Sizes | None]]:
    """What data layers give first, for the others are labels; of a blob that several give, that of a test."""
    found: dict[str, tuple[Literal, Sizes | None]] = {}
    for layer in sorted(layers, key=lambda one: not is_included(one)):
        if layer.text("type") not in DATA or layer.all("bottom"):
            continue
        shapes = _shapes(here, layer)
        tops = layer.literals("top")
        for number, top in enumerate(tops if layer.text("type") in ("Input", "DummyData") else tops[:1]):
            sizes = shapes[min(number, len(shapes) - 1)] if shapes else None
            found.setdefault(top.text, (top, sizes))
    return list(found.values())


def _shapes(here: BlobsSoFar, layer: Message) -> list[Sizes]:
    """The sizes that a data layer states, without the batch."""
    for word in ("input_param", "dummy_data_param"):
        params = layer.message(word)
        shapes = params.messages("shape") if params is not None else []
        if shapes:
            return [_without_batch(here, shape.literals("dim")) for shape in shapes]
    params = layer.message("memory_data_param") or layer.message("dummy_data_param")
    stated = [params.literal(key) if params is not None else None for key in ("channels", "height", "width")]
    literals = [literal for literal in stated if literal is not None]
    if len(literals) == len(stated):
        return [[(_positive(here, literal), literal.place) for literal in literals]]
    return []


def _without_batch(here: BlobsSoFar, dims: Sequence[Literal]) -> Sizes:
    return [(_positive(here, dim), dim.place) for dim in dims[1:]]


def _positive(here: BlobsSoFar, literal: Literal) -> int:
    number = here.whole("dim", literal, 1) or 0
    if number < 1:
        template = "a size is at least 1, found {found}"
        here.writer.tell(BAD_VALUE, template, literal.place, found=literal.text)
    return max(1, number)
