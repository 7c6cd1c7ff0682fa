"""Convolutions and pools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.importing.arrangement import Arranged
from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.operations.operation import (
    TorchOperation,
    operation,
    rank_of,
    several,
    short,
    whole,
)
from cnn_shapes.importing.recording import Constant, RecordedCall, Weights

Arguments = Mapping[str, Any]


def map_of(b: LayerBuilder, call: RecordedCall, x: Any, rank: int) -> Arranged:
    """A tensor as a map with channels first; of another rank only where the framework finds fault too."""
    found = b.as_plain(call, b.tensor(x))
    if len(found.axes) != rank + 1 and call.error is None:
        raise Refused(f"a tensor of {len(found.dims)} dimensions, without the batch")
    return found


def kind_for(call: RecordedCall, kind: str, x: Arranged, rank: int) -> str:
    """The kind, or the user's class where its name says another rank than the input has."""
    if len(x.axes) != rank + 1 and call.modules and call.modules[-1].of_torch:
        return call.modules[-1].class_name
    return kind


def weights_of(value: Any) -> Weights:
    if not isinstance(value, Weights):
        raise Refused("weights that are computed from the input")
    return value


def with_bias(value: Any) -> bool:
    """Whether there is a bias that is learned."""
    if value is not None and not isinstance(value, Weights | Constant):
        raise Refused("a bias that is computed from the input")
    return isinstance(value, Weights) and value.learned


def paddings(value: Any, rank: int) -> Any:
    if value == "valid":
        return 0
    return value if value == "same" else short(several(value, rank))


def given(fields: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are not what they are where they are not written."""
    return {name: value for name, value in fields.items() if name not in defaults or defaults[name] != value}


_CONV = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0}


def convolution(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    weight, rank = weights_of(a["weight"]), rank_of(call.operation)
    x = map_of(b, call, a["input"], rank)
    groups = whole(a.get("groups", 1))
    window = {
        "kernel_size": short(weight.shape[2:]),
        "stride": short(several(a.get("stride", 1), rank)),
        "padding": paddings(a.get("padding", 0), rank),
        "dilation": short(several(a.get("dilation", 1), rank)),
    }
    shape = call.shapes[0][1:]
    if not weight.learned:
        return _fixed(b, call, x, weight, groups, window)
    gains = _gains(b, weight)
    biased = with_bias(a.get("bias"))
    fields = {"filters": weight.shape[0], **window, "groups": groups, "bias": biased and not gains}
    value = b.layer(
        call,
        kind_for(call, "conv", x, rank),
        given(fields, _CONV),
        [x.value],
        shape,
        weights=[weight, a.get("bias")],
        beliefs={"in_channels": weight.shape[1] * groups},
    )
    for place, (per, _) in enumerate(gains):  # standardised weights: the gain of each filter is learned
        last = place == len(gains) - 1
        value = b.layer(
            call, "scale", given({"per": per, "bias": biased and last}, {"bias": False}), [value], shape
        )
    return b.fresh(value)


def _gains(b: LayerBuilder, weight: Weights) -> list[tuple[str, int]]:
    """What is learned of weights beside themselves: a gain for each filter, or one for all."""
    if len(weight.names) == 1:
        return []
    counts = {one.name: one.count for one in b.recording.parameters if one.learned}
    own = [counts[name] for name in weight.names if name in counts]
    if weight.count not in own:
        raise Refused("weights that are computed from several parameters")
    own.remove(weight.count)
    kinds = {weight.shape[0]: "channel", 1: "tensor"}
    if any(count not in kinds for count in own):
        raise Refused("weights that are computed from several parameters")
    return [(kinds[count], count) for count in own]


def _fixed(
    b: LayerBuilder, call: RecordedCall, x: Arranged, weight: Weights, groups: int, window: dict[str, Any]
) -> Arranged:
    """A convolution whose weights are not learned, of each channel by itself: a pool with fixed weights."""
    shape = call.shapes[0][1:]
    if groups != shape[0] or weight.shape[1] != 1 or window.pop("dilation") != 1:
        raise Refused("a convolution whose weights are not learned")
    return b.fresh(b.layer(call, "avgpool", window, [x.value], shape))


def transposed(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    weight, rank = weights_of(a["weight"]), rank_of(call.operation)
    x = map_of(b, call, a["input"], rank)
    groups = whole(a.get("groups", 1))
    if len(weight.names) > 1 or not weight.learned:
        raise Refused("weights that are computed or not learned")
    fields = {
        "filters": weight.shape[1] * groups,
        "kernel_size": short(weight.shape[2:]),
        "groups": groups,
        "bias": with_bias(a.get("bias")),
        **{
            name: short(several(a.get(name, _CONV[name]), rank))
            for name in ("stride", "padding", "output_padding", "dilation")
        },
    }
    value = b.layer(
        call,
        kind_for(call, "conv_transpose", x, rank),
        given(fields, _CONV),
        [x.value],
        call.shapes[0][1:],
        weights=[weight, a.get("bias")],
        beliefs={"in_channels": weight.shape[0]},
    )
    return b.fresh(value)


def pool(kind: str) -> Any:
    """A reader of pools with a window, whose stride is their kernel where none is given."""

    def read(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
        rank = rank_of(call.operation)
        x = map_of(b, call, a["input"], rank)
        kernel = several(a["kernel_size"], rank)
        stride = a.get("stride")
        fields = {
            "kernel_size": short(kernel),
            "stride": short(several(stride, rank)) if stride not in (None, ()) else short(kernel),
            "padding": short(several(a.get("padding", 0), rank)),
            "dilation": short(several(a.get("dilation", 1), rank)),
            "rounding": "ceil" if a.get("ceil_mode") else "floor",
        }
        usual = {"padding": 0, "dilation": 1, "stride": fields["kernel_size"], "rounding": "floor"}
        made = kind_for(call, kind, x, rank)
        value = b.layer(call, made, given(fields, usual), [x.value], call.shapes[0][1:])
        return [b.fresh(value), None] if len(call.shapes) > 1 else b.fresh(value)

    return read


def lp_pool(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    return pool("lppool")(b, call, a)


def adaptive_pool(kind: str) -> Any:
    def read(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
        rank = rank_of(call.operation)
        x = map_of(b, call, a["input"], rank)
        wanted = a["output_size"]
        sizes = [*wanted] if isinstance(wanted, tuple) else [wanted] * rank
        sizes = [None if size is None else whole(size) for size in sizes]
        shape = call.shapes[0][1:]
        if {*sizes} == {1}:
            value = b.layer(call, f"global_{kind}", {"keepdims": True}, [x.value], shape)
        else:
            size = sizes[0] if len({*sizes}) == 1 and sizes[0] is not None else sizes
            value = b.layer(call, f"adaptive_{kind}", {"output_size": size}, [x.value], shape)
        return [b.fresh(value), None] if len(call.shapes) > 1 else b.fresh(value)

    return read


_MAX = "input kernel_size stride padding dilation ceil_mode return_indices"
_AVG = "input kernel_size stride padding ceil_mode count_include_pad divisor_override"
RANKS = (1, 2, 3)
OPERATIONS: dict[str, TorchOperation] = {
    **{
        f"conv{rank}d": operation(convolution, "input weight bias stride padding dilation groups")
        for rank in RANKS
    },
    **{
        f"conv_transpose{rank}d": operation(
            transposed, "input weight bias stride padding output_padding groups dilation"
        )
        for rank in RANKS
    },
    **{
        f"max_pool{rank}d{ending}": operation(pool("maxpool"), _MAX, "return_indices")
        for rank in RANKS
        for ending in ("", "_with_indices")
    },
    **{
        f"avg_pool{rank}d": operation(pool("avgpool"), _AVG, "count_include_pad divisor_override")
        for rank in RANKS
    },
    **{
        f"lp_pool{rank}d": operation(lp_pool, "input norm_type kernel_size stride ceil_mode", "norm_type")
        for rank in RANKS
    },
    **{
        f"adaptive_{kind}_pool{rank}d{ending}": operation(
            adaptive_pool(f"{kind}pool"), "input output_size return_indices", "return_indices"
        )
        for rank in RANKS
        for kind in ("max", "avg")
        for ending in ("", "_with_indices")
    },
}
