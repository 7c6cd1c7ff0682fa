"""Convolutions and pools of Caffe. Their sizes are followed: where its ceil is not ours, it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnn_shapes.language.dialects.caffe.prototxt import Literal, Message
from cnn_shapes.language.dialects.caffe.so_far import Blob, BlobShape, BlobsSoFar, LayerText, window_field
from cnn_shapes.language.dialects.writing import Given, Told, told
from cnn_shapes.language.reading.wording import BAD_VALUE


def convolution(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 1)
    params = layer.params
    filters = here.number(params, "num_output")
    if filters is None:
        here.needs(layer, "num_output")
    if found is None or filters is None:
        here.broken(layer)
        return
    shape = found[0].shape
    rank = max(1, len(shape) - 1) if shape is not None else 2
    if (here.number(params, "axis", 1)) != 1:
        here.refuse(layer, "axis of {type} must be 1", type=layer.type)
        return
    sizes = here.per_axis(params, "kernel_size", 1, rank, "kernel")
    if sizes is None:
        here.needs(layer, "kernel_size")
        here.broken(layer)
        return
    windows = [
        sizes,
        *(
            here.per_axis(params, key, default, rank)
            for key, default in (("stride", 1), ("pad", 0), ("dilation", 1))
        ),
    ]
    fields: dict[str, Given] = {"filters": here.told(params, "num_output", filters)}
    for field, values in zip(("kernel_size", "stride", "padding", "dilation"), windows, strict=True):
        if values is not None:
            fields[field] = window_field(values)
    groups = here.number(params, "group", 1) or 1
    if layer.type in ("ConvolutionDepthwise", "DepthwiseConvolution"):
        groups = shape[0] if shape is not None else 1
        fields["groups"] = told(groups, layer.place)
    elif groups != 1:
        fields["groups"] = here.told(params, "group", groups)
    if not here.is_true(params, "bias_term", True):
        fields["bias"] = told(False)
    name = here.writer.name_for(layer.name)
    transposed = layer.type == "Deconvolution"
    kind = "conv_transpose" if transposed else "conv"
    here.entry(kind, layer, name, fields, [here.source_of(layer.bottoms[0])])
    here.make(layer, name, _seen(shape, filters, windows, transposed))


def _numbers(values: Sequence[Told] | None, default: int, rank: int) -> list[int]:
    return [default] * rank if values is None else [int(value.text) for value in values]


def _seen(
    shape: BlobShape, filters: int, windows: Sequence[Sequence[Told] | None], transposed: bool
) -> BlobShape:
    """The sizes that windows make, None where they are not known or there is nothing left."""
    if shape is None or len(shape) < 2:
        return None
    rank = len(shape) - 1
    found = [filters]
    sizes, strides, pads, dilations = (
        _numbers(values, default, rank) for values, default in zip(windows, (1, 1, 0, 1), strict=True)
    )
    for length, size, stride, pad, dilation in zip(shape[1:], sizes, strides, pads, dilations, strict=True):
        reach = dilation * (size - 1) + 1
        if transposed:
            found.append((length - 1) * stride + reach - 2 * pad)
        else:
            found.append((length + 2 * pad - reach) // max(1, stride) + 1)
    return tuple(found) if min(found) > 0 else None


def pooling(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 1)
    if found is None:
        here.broken(layer)
        return
    params, shape = layer.params, found[0].shape
    how = params.text("pool", "MAX") if params is not None else "MAX"
    kinds = {"MAX": "max", "0": "max", "AVE": "avg", "1": "avg"}
    if how not in kinds:
        if how in ("STOCHASTIC", "2"):
            here.refuse(layer, "pool: STOCHASTIC cannot be said in the language")
        else:
            here.wrong_word(layer, "pool", "MAX, AVE or STOCHASTIC")
        return
    name, source = here.writer.name_for(layer.name), [here.source_of(layer.bottoms[0])]
    if here.is_true(params, "global_pooling", False):
        _tell_beside_global(here, params)
        here.entry(f"global_{kinds[how]}pool", layer, name, {"keepdims": told(True)}, source)
        here.make(layer, name, None if shape is None else (shape[0], *(1 for _ in shape[1:])))
        return
    rank = len(shape) - 1 if shape is not None else 2
    sizes = here.per_axis(params, "kernel_size", 1, rank, "kernel")
    if sizes is None:
        here.needs(layer, "kernel_size")
        here.broken(layer)
        return
    strides = here.per_axis(params, "stride", 1, rank) or [told(1)] * rank
    pads = here.per_axis(params, "pad", 0, rank)
    floors = _floors(here, params)
    out = _pooled(shape, [_numbers(values, 0, rank) for values in (sizes, strides, pads)], floors)
    rounding = "floor" if floors else "ceil"
    if out is not None and out.is_clipped:
        rounding = "exact"  # which refuses it, where our ceil would give another size
        size = "x".join(map(str, out.shape[1:]))
        template = "this pool ends beyond the map: Caffe makes {size}, which cannot be said in the language"
        here.writer.explain(name, template, size=size)
    fields: dict[str, Given] = {
        "kernel_size": window_field(sizes),
        "stride": window_field(strides),
        **({} if pads is None else {"padding": window_field(pads)}),
        **({} if floors else {"rounding": told(rounding)}),
    }
    here.entry(f"{kinds[how]}pool", layer, name, fields, source)
    made = None if out is None else out.shape
    if len(layer.tops) == 2 and how in ("MAX", "0"):
        here.make(layer, name, made, made)
        here.blobs[layer.tops[1].text] = Blob(name, shape, mask=True)
    else:
        here.make(layer, name, made)


def _tell_beside_global(here: BlobsSoFar, params: Message | None) -> None:
    """Report a window beside global_pooling, whose window is the whole map."""
    for word, _, value in params.fields if params is not None else ():
        is_size = word in ("kernel_size", "kernel_h", "kernel_w")
        if is_size or (word in _PLAIN and isinstance(value, Literal) and value.number != _PLAIN[word]):
            template = "{word} has no place beside global_pooling, whose window is the whole map: remove it"
            here.writer.tell(BAD_VALUE, template, value.place, word=word)


def _floors(here: BlobsSoFar, params: Message | None) -> bool:
    mode = params.text("round_mode", "CEIL") if params is not None else "CEIL"
    if mode not in ("CEIL", "FLOOR", "0", "1"):
        here.tell_word(params, "round_mode", "CEIL or FLOOR")
    return mode in ("FLOOR", "1") or not here.is_true(params, "ceil_mode", True)


# what a window has that does nothing
_PLAIN = {"stride": 1, "stride_h": 1, "stride_w": 1, "pad": 0, "pad_h": 0, "pad_w": 0}


class _Pooled(NamedTuple):
    """What a pool makes; `is_clipped`: our language takes off a window that Caffe keeps."""

    shape: tuple[int, ...]
    is_clipped: bool


def _pooled(shape: BlobShape, windows: Sequence[Sequence[int]], floors: bool) -> _Pooled | None:
    """Caffe's size: it takes off a window that begins after the map only where there is padding."""
    if shape is None:
        return None
    sizes, is_clipped = [shape[0]], False
    for length, size, stride, pad in zip(shape[1:], *windows, strict=True):
        whole = length + 2 * pad - size
        out = (whole // max(1, stride) if floors else -(-whole // max(1, stride))) + 1
        if not floors and (out - 1) * stride >= length + pad:
            if any(windows[2]):
                out -= 1
            else:
                is_clipped = True
        sizes.append(out)
    return _Pooled(tuple(sizes), is_clipped) if min(sizes) > 0 else None
