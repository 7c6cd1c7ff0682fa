"""Operations that change spatial sizes without a window: padding, interpolation, pixels into channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, in_order
from cnn_shapes.importing.building import LayerBuilder, LayerNamed, Refused
from cnn_shapes.importing.operations.operation import TorchOperation, operation, short, whole
from cnn_shapes.importing.operations.windows import map_of
from cnn_shapes.importing.recording import RecordedCall, SizeOf

Arguments = Mapping[str, Any]
_MODES = {"constant": "zeros", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
_WORDS = {
    "nearest": "nearest", "nearest-exact": "nearest", "area": "nearest", "linear": "linear",
    "bilinear": "linear", "trilinear": "linear", "bicubic": "linear",
}  # fmt: skip


def pad(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """Zeros or values of its own around a tensor; where the numbers are negative, a crop."""
    x = b.tensor(a["input"])
    numbers = [whole(one) for one in a["pad"]]
    pairs = [numbers[place : place + 2] for place in range(0, len(numbers), 2)]
    if not any(map(any, pairs)):
        return x
    x = x if x.order is not None else b.as_plain(call, x)
    order = x.order or ()
    amounts = [[0, 0] for _ in x.axes[1:]]
    for place, pair in enumerate(pairs):
        if len(order) - place < 1:
            raise Refused("a padding of the batch")
        axis = order[len(order) - 1 - place]
        if axis == 0 and any(pair):
            raise Refused("a padding of the channels")
        if axis:
            amounts[axis - 1] = pair
    mode = _MODES.get(a.get("mode", "constant"))
    if mode is None:
        raise Refused(f"the mode {a['mode']!r}")
    for kind, sign in (("crop", -1), ("pad", 1)):  # where some numbers are negative, first a crop
        taken = [[max(0, sign * number) for number in pair] for pair in amounts]
        if any(map(any, taken)):
            sizes = [size + sign * sum(pair) for size, pair in zip(x.shape[1:], taken, strict=True)]
            fields: dict[str, Any] = {"amount": taken}
            if kind == "pad" and mode != "zeros":
                fields["mode"] = mode
            shape = (x.shape[0], *sizes)
            value = b.layer(call, kind, fields, [x.value], shape)
            x = in_order(value, shape, order, b.batch)
    return x


def interpolate(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    x = b.tensor(a["input"])
    rank = len(x.dims) - 2
    x = map_of(b, call, a["input"], rank)
    mode = a.get("mode", "nearest")
    if mode not in _WORDS:
        raise Refused(f"the mode {mode!r}")
    if mode in ("area", "bicubic"):
        b.left_out.setdefault(f"interpolation mode {mode}")
    size, scale = a.get("size"), a.get("scale_factor")
    shape = call.shapes[0][1:]
    fields: dict[str, Any]
    if size is None and scale is not None:
        scales = [*scale] if isinstance(scale, tuple) else [scale] * rank
        fields = {"scale": short([int(one) if one == int(one) else one for one in scales])}
        if any(one != int(one) for one in scales):
            fields["rounding"] = "floor"
    elif (like := _like(b, size, rank)) is not None:
        fields = {"like": like}
    else:
        fields = {"size": [int(one) for one in shape[1:]]}
    if _WORDS[mode] != "nearest":
        fields["mode"] = _WORDS[mode]
    return b.fresh(b.layer(call, "upsample", fields, [x.value], shape))


def _like(b: LayerBuilder, size: Any, rank: int) -> LayerNamed | None:
    """The layer whose spatial sizes these are, all of them and in their order."""
    asked = [*size] if isinstance(size, tuple) else [size] * rank
    if not all(isinstance(one, SizeOf) for one in asked) or len({one.result for one in asked}) != 1:
        return None
    other = b.results.get(asked[0].result)
    if not isinstance(other, Arranged) or other.order is None or len(other.axes) != rank + 1:
        return None
    if [other.axis_of(one.axis) for one in asked] != list(range(1, rank + 1)):
        return None
    return LayerNamed(other.value)


def by_factor(kind: str) -> Any:
    def read(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
        x = map_of(b, call, a["input"], 2)
        fields = {"factor": whole(a["factor"])}
        return b.fresh(b.layer(call, kind, fields, [x.value], call.shapes[0][1:]))

    return read


def channel_shuffle(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    x = b.as_plain(call, b.tensor(a["input"]))
    groups = {"groups": whole(a["groups"])}
    return b.fresh(b.layer(call, "channel_shuffle", groups, [x.value], x.shape))


_INTERPOLATE = "input size scale_factor mode align_corners recompute_scale_factor antialias"
_IGNORED = "align_corners recompute_scale_factor antialias"
OPERATIONS: dict[str, TorchOperation] = {
    "pad": operation(pad, "input pad mode value", "value"),
    **{name: operation(interpolate, _INTERPOLATE, _IGNORED) for name in ("interpolate", "upsample")},
    "upsample_nearest": operation(interpolate, "input size scale_factor"),
    "upsample_bilinear": operation(interpolate, "input size scale_factor"),
    "pixel_shuffle": operation(by_factor("pixel_shuffle"), "input factor upscale_factor"),
    "pixel_unshuffle": operation(by_factor("space_to_depth"), "input factor downscale_factor"),
    "channel_shuffle": operation(channel_shuffle, "input groups"),
    "native_channel_shuffle": operation(channel_shuffle, "input groups"),
}
