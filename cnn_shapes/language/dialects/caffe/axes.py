"""Layers of Caffe that join, take apart and turn blobs along their axes."""

from __future__ import annotations

from math import prod

from cnn_shapes.language.dialects.caffe.so_far import BlobShape, BlobsSoFar, LayerText
from cnn_shapes.language.dialects.writing import Given, Told, told
from cnn_shapes.language.reading.wording import BAD_VALUE

_AXES = ("length", "depth", "height", "width")


def softmax(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 1)
    axis = _axis(here, layer, "axis", found[0].shape) if found is not None else None
    if found is None:
        here.broken(layer)
    elif axis is not None:
        here.keep(layer, "softmax", {} if axis == "channels" else {"axis": told(axis)})


def _axis(here: BlobsSoFar, layer: LayerText, key: str, shape: BlobShape) -> str | None:
    """The name of the axis that a number means; None where it is none that can be said, which is told."""
    said = here.number(layer.params, key, 1)
    rank = 3 if shape is None else len(shape)
    number = said + rank + 1 if said is not None and said < 0 else said
    if number is None or not 1 <= number <= rank:
        template = "{type} along the batch cannot be said in the language"
        if number != 0:
            template = "{type} takes an axis from 1 to {rank} of this blob, found {said}"
        here.refuse(layer, template, type=layer.type, rank=rank, said=said)
        return None
    names = {1: ("features",), 2: ("channels", "length")}.get(rank, ("channels", *_AXES[1 - rank :]))
    return "channels" if number == 1 else names[number - 1]


_OPERATIONS = {
    **dict.fromkeys(("SUM", "1"), "add"),
    **dict.fromkeys(("PROD", "0"), "multiply"),
    **dict.fromkeys(("MAX", "2"), "maximum"),
}


def eltwise(here: BlobsSoFar, layer: LayerText) -> None:
    word = layer.params.text("operation", "SUM") if layer.params is not None else "SUM"
    kind = _OPERATIONS.get(word)
    if kind is None:
        here.wrong_word(layer, "operation", "SUM, PROD or MAX")
        return
    join(here, layer, kind, {})


def join(
    here: BlobsSoFar, layer: LayerText, kind: str, fields: dict[str, Given], shape: BlobShape = None
) -> None:
    found = here.bottoms(layer)
    if found is None:
        here.broken(layer)
        return
    name = here.writer.name_for(layer.name)
    sources = [here.source_of(bottom) for bottom in layer.bottoms]
    here.entry(kind if len(sources) > 1 else "identity", layer, name, fields, sources)
    here.make(layer, name, shape or found[0].shape)


def concat(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer)
    if found is None:
        here.broken(layer)
        return
    shapes = [blob.shape for blob in found]
    key = "axis" if layer.params is None or layer.params.all("axis") else "concat_dim"
    axis = _axis(here, layer, key, shapes[0])
    if axis is None:
        return
    number = here.number(layer.params, key, 1) or 1
    whole: BlobShape = None
    if shapes[0] is not None and None not in shapes:
        place = number - 1 if number > 0 else number
        joined = [*shapes[0]]
        joined[place] = sum(shape[place] for shape in shapes if shape is not None and len(shape) > place)
        whole = tuple(joined)
    join(here, layer, "concat", {} if axis == "channels" else {"axis": told(axis)}, whole)


def slice_(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 1)
    if found is None:
        here.broken(layer)
        return
    params, shape = layer.params, found[0].shape
    key = "axis" if params is None or params.all("axis") else "slice_dim"
    axis, number = _axis(here, layer, key, shape), here.number(params, key, 1) or 1
    points = params.literals("slice_point") if params is not None else []
    ends = [here.whole("slice_point", point, 0) or 0 for point in points]
    if axis is None:
        return
    if len(layer.tops) < 2 or (points and len(points) != len(layer.tops) - 1) or ends != sorted({*ends}):
        tops, count = len(layer.tops), len(layer.tops) - 1
        template = "Slice makes {tops} blobs, which takes {count} slice_points, each larger than the last"
        if tops == 2:
            template = "Slice makes 2 blobs, which takes 1 slice_point, found {points}"
        elif tops < 2:
            template = "Slice makes two blobs or more: it has {tops} top"
        place = points[-1].place if points else layer.place
        here.writer.tell(BAD_VALUE, template, place, tops=tops, count=count, points=len(points))
        here.broken(layer)
        return
    parts = [here.writer.name_for(top.text) for top in layer.tops]
    lengths = [end - begin for begin, end in zip([0, *ends], ends, strict=False)]
    place = points[-1].place if points else layer.place
    into: Given = [told(part) for part in parts]
    if points:
        shares = [told(length, point.place) for length, point in zip(lengths, points, strict=True)]
        into = dict(zip(parts, [*shares, told(-1, place)], strict=True))
    fields: dict[str, Given] = {"into": into, **({} if axis == "channels" else {"axis": told(axis)})}
    source = here.source_of(layer.bottoms[0])
    whole = {**fields, **({"from": source} if source.text != here.previous else {})}
    here.read.add(source.text)
    here.writer.entry(Told("split", layer.place), whole)
    here.previous = parts[-1]
    here.made += parts
    along = shape[number - 1 if number > 0 else number] if shape is not None else None
    if along is not None and not points:
        lengths = [along // len(parts)] * (len(parts) - 1)
    for position, (top, part) in enumerate(zip(layer.tops, parts, strict=True)):
        sizes: BlobShape = None
        if shape is not None and along is not None:
            length = lengths[position] if position < len(lengths) else along - sum(lengths)
            changed = [*shape]
            changed[number - 1 if number > 0 else number] = length
            sizes = tuple(changed)
        here.blobs[top.text] = here.blobs[layer.bottoms[0].text]._replace(entry=part, shape=sizes)


def split(here: BlobsSoFar, layer: LayerText) -> None:
    """The same blob under several names."""
    found = here.bottoms(layer, 1)
    if found is None:
        here.broken(layer)
        return
    for top in layer.tops:
        here.blobs[top.text] = found[0]


def flatten(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 1)
    if found is None:
        here.broken(layer)
        return
    begin, end = here.number(layer.params, "axis", 1), here.number(layer.params, "end_axis", -1)
    shape = found[0].shape
    if begin != 1 or end not in (-1, None if shape is None else len(shape)):
        here.refuse(layer, "a Flatten from another axis than 1 to the last cannot be said in the language")
        return
    name = here.writer.name_for(layer.name)
    here.entry("flatten", layer, name, {}, [here.source_of(layer.bottoms[0])])
    here.make(layer, name, None if shape is None else (prod(shape),))


def reshape(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 1)
    if found is None:
        here.broken(layer)
        return
    shape = layer.params.message("shape") if layer.params is not None else None
    literals = shape.literals("dim") if shape is not None else []
    dims = [here.whole("dim", literal, 1) or 0 for literal in literals]
    before = found[0].shape
    axis, count = here.number(layer.params, "axis", 0), here.number(layer.params, "num_axes", -1)
    keeps_batch = len(dims) > 1 and (dims[0] in (0, 1) or (dims[0] == -1 and -1 not in dims[1:]))
    if axis != 0 or count != -1 or not keeps_batch or (0 in dims[1:] and before is None):
        here.refuse(layer, "a Reshape that does not keep the batch alone cannot be said in the language")
        return
    sizes = [
        before[place] if dim == 0 and before is not None and place < len(before) else dim
        for place, dim in enumerate(dims[1:])
    ]
    name = here.writer.name_for(layer.name)
    said: Given = [told(size, literal.place) for size, literal in zip(sizes, literals[1:], strict=True)]
    here.entry("reshape", layer, name, {"shape": said}, [here.source_of(layer.bottoms[0])])
    rest = prod(size for size in sizes if size > 0)
    known = before is not None and rest > 0
    out = tuple(prod(before) // rest if size == -1 else size for size in sizes) if known and before else None
    here.make(layer, name, out)


def permute(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 1)
    if found is None:
        here.broken(layer)
        return
    literals = layer.params.literals("order") if layer.params is not None else []
    order = [here.whole("order", literal, 0) or 0 for literal in literals]
    shape = found[0].shape
    rank = len(shape) if shape is not None else len(order) - 1
    order += [axis for axis in range(rank + 1) if axis not in order]
    if order[0] != 0 or sorted(order) != [*range(rank + 1)]:
        template = "an order names each axis of {rank} once, the batch, 0, first: found {order}"
        here.refuse(layer, template, rank=rank + 1, order=" ".join(map(str, order)))
        return
    name = here.writer.name_for(layer.name)
    said: Given = [told(axis - 1, literals[0].place if literals else None) for axis in order[1:]]
    here.entry("permute", layer, name, {"order": said}, [here.source_of(layer.bottoms[0])])
    here.make(layer, name, None if shape is None else tuple(shape[axis - 1] for axis in order[1:]))


def crop(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 2)
    if found is None:
        here.broken(layer)
        return
    if here.number(layer.params, "axis", 2) not in (2, -2):
        template = "a Crop from axis {axis} on cannot be said in the language: height and width are from 2 on"
        here.refuse(layer, template, axis=here.number(layer.params, "axis", 2))
        return
    offsets = layer.params.literals("offset") if layer.params is not None else []
    name = here.writer.name_for(layer.name)
    sources = [here.source_of(bottom) for bottom in layer.bottoms]
    said: list[Given] = [told(here.whole("offset", literal, 0), literal.place) for literal in offsets]
    offset: Given = (said[0] if len(said) == 1 else said) if said else told(0)
    here.read.add(sources[1].text)
    here.entry("crop", layer, name, {"like": sources[1], "offset": offset}, sources[:1])
    shapes = [blob.shape for blob in found]
    out = (shapes[0][0], *shapes[1][1:]) if shapes[0] is not None and shapes[1] is not None else None
    here.make(layer, name, out)
