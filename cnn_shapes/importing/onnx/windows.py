"""Convolutions and pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn_shapes.importing.arrangement import Arranged
from cnn_shapes.importing.building import Refused
from cnn_shapes.importing.onnx.node_reader import NodeOperation, NodeReader
from cnn_shapes.importing.operations.operation import short
from cnn_shapes.importing.operations.windows import given
from cnn_shapes.importing.recording import Weights

_MOST = 2**31 - 1
_CLIPS = 22  # the opset since which ONNX leaves out what PyTorch does
_CONV = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "output_padding": 0}
_POOL = {"padding": 0, "dilation": 1, "rounding": "floor"}


def paddings(n: NodeReader, size: Sequence[int], kernel: Sequence[int], dilation: Sequence[int]) -> Any:
    """The padding at both ends of each axis, and the word of our language for it where there is one."""
    rank = len(kernel)
    how = n.attribute("auto_pad", "NOTSET") or "NOTSET"
    if how == "NOTSET":
        flat = n.several("pads", 2 * rank, 0)
        if min(flat) < 0:
            raise Refused("a negative padding, which cuts off")
        return list(zip(flat[:rank], flat[rank:], strict=True))
    if how == "VALID":
        return [(0, 0)] * rank
    if how not in ("SAME_UPPER", "SAME_LOWER"):
        raise Refused(f"its auto_pad is {how}")
    pairs = []
    stride = n.several("strides", rank, 1)
    for length, step, window, spread in zip(size, stride, kernel, dilation, strict=True):
        out = -(-length // step)
        total = max(0, (out - 1) * step + spread * (window - 1) + 1 - length)
        small, large = total // 2, total - total // 2
        pairs.append((small, large) if how == "SAME_UPPER" else (large, small))
    return pairs


def padding_field(n: NodeReader, pairs: Sequence[tuple[int, int]]) -> Any:
    if n.attribute("auto_pad") == "SAME_UPPER":
        return "same"
    if all(begin == end for begin, end in pairs):
        return short([begin for begin, _ in pairs])
    return [list(pair) for pair in pairs]


def window_size(
    size: int, extent: int, step: int, pair: tuple[int, int], ceil: bool, clips: bool = True
) -> int:
    """What comes out along an axis. Where `ceil` is clipped, no window begins in the last padding."""
    room = size + sum(pair) - extent
    out = (-(-room // step) if ceil else room // step) + 1
    if ceil and clips and (out - 1) * step >= size + pair[0]:
        out -= 1
    return out


def _window(n: NodeReader, x: Arranged, kernel: Sequence[int]) -> dict[str, Any]:
    """The lists of a window, by the words of our language."""
    rank = len(kernel)
    if any(not 0 < one <= _MOST for one in kernel):
        raise Refused(f"its kernel is {short(kernel)}")
    dilation = n.several("dilations", rank, 1)
    if any(one < 1 for one in (*dilation, *n.several("strides", rank, 1))):
        raise Refused("a stride or dilation below 1")
    return {
        "kernel_size": list(kernel),
        "stride": n.several("strides", rank, 1),
        "padding": paddings(n, x.shape[1:], kernel, dilation),
        "dilation": dilation,
    }


def _fields(n: NodeReader, window: dict[str, Any]) -> dict[str, Any]:
    return {
        **{key: short(value) for key, value in window.items()},
        "padding": padding_field(n, window["padding"]),
    }


def _sizes(x: Arranged, window: dict[str, Any], ceil: bool = False, clips: bool = True) -> list[int]:
    axes = zip(*(window[key] for key in ("kernel_size", "stride", "padding", "dilation")), strict=True)
    return [
        max(0, window_size(size, spread * (kernel - 1) + 1, step, pair, ceil, clips))
        for size, (kernel, step, pair, spread) in zip(x.shape[1:], axes, strict=True)
    ]


def _is_plain_window(n: NodeReader, shape: Sequence[int]) -> None:
    stated = n.attribute("kernel_shape")
    if stated is not None and list(stated) != list(shape):
        raise Refused(f"its kernel_shape is {stated}, and its weights are for {list(shape)}")


def conv(n: NodeReader) -> Arranged:
    weight = n.kernel(1)
    rank = len(weight.shape) - 2
    if not 1 <= rank <= 3:
        raise Refused(f"weights of {rank + 2} axes")
    _is_plain_window(n, weight.shape[2:])
    x = n.map(rank=rank)
    groups = n.whole("group", 1)
    window = _window(n, x, weight.shape[2:])
    fields = {
        "filters": weight.shape[0],
        **_fields(n, window),
        "groups": groups,
        "bias": n.is_given(2),
    }
    if _is_fixed(n, weight, groups) and set(window["dilation"]) == {1}:
        kept = {name: fields[name] for name in ("kernel_size", "stride", "padding")}
        usual = {**_POOL, "stride": kept["kernel_size"]}
        pooled = n.layer("avgpool", given(kept, usual), [x], (x.shape[0], *_sizes(x, window)))
        return n.b.fresh(pooled)
    return n.b.fresh(
        n.layer(
            "conv",
            given(fields, _CONV),
            [x],
            (weight.shape[0], *_sizes(x, window)),
            weights=[weight],
            beliefs={"in_channels": weight.shape[1] * groups},
        )
    )


def _is_fixed(n: NodeReader, weight: Weights, groups: int) -> bool:
    """Whether all channels have one filter, which is a constant of the graph: a pool, as one that blurs."""
    kernel = n.folded(1)
    if kernel is None or kernel.is_learned or kernel.values is None or n.is_given(2):
        return False
    alike = (kernel.values == kernel.values[:1]).all()
    return bool(alike) and 1 < groups == weight.shape[0] and weight.shape[1] == 1


def conv_transpose(n: NodeReader) -> Arranged:
    weight = n.kernel(1)
    rank = len(weight.shape) - 2
    if not 1 <= rank <= 3:
        raise Refused(f"weights of {rank + 2} axes")
    _is_plain_window(n, weight.shape[2:])
    x = n.map(rank=rank)
    groups = n.whole("group", 1)
    kernel, stride = list(weight.shape[2:]), n.several("strides", rank, 1)
    dilation, extra = n.several("dilations", rank, 1), n.several("output_padding", rank, 0)
    how = n.attribute("auto_pad", "NOTSET") or "NOTSET"
    full = [
        (size - 1) * step + spread * (one - 1) + 1 + more
        for size, step, spread, one, more in zip(x.shape[1:], stride, dilation, kernel, extra, strict=True)
    ]
    asked = n.attribute("output_shape")
    if asked is None and how in ("SAME_UPPER", "SAME_LOWER"):
        asked = [size * step for size, step in zip(x.shape[1:], stride, strict=True)]
    if asked is not None:
        asked = list(asked)[-rank:]
        cut = [size - wanted for size, wanted in zip(full, asked, strict=True)]
        extra = [more + max(0, -one) for more, one in zip(extra, cut, strict=True)]
        upper = how != "SAME_LOWER"
        pairs = [(max(0, one) // 2, max(0, one) - max(0, one) // 2) for one in cut]
        pairs = pairs if upper else [pair[::-1] for pair in pairs]
        sizes = asked
    else:
        flat = [0] * (2 * rank) if how == "VALID" else n.several("pads", 2 * rank, 0)
        pairs = list(zip(flat[:rank], flat[rank:], strict=True))
        sizes = [size - sum(pair) for size, pair in zip(full, pairs, strict=True)]
    uneven = any(begin != end for begin, end in pairs)
    fields = {
        "filters": weight.shape[1] * groups,
        "kernel_size": short(kernel),
        "stride": short(stride),
        "padding": 0 if uneven else short([begin for begin, _ in pairs]),
        "dilation": short(dilation),
        "output_padding": short(extra),
        "groups": groups,
        "bias": n.is_given(2),
    }
    filters = weight.shape[1] * groups
    out = [size + sum(pair) for size, pair in zip(sizes, pairs, strict=True)] if uneven else sizes
    value = n.layer(
        "conv_transpose",
        given(fields, _CONV),
        [x],
        (filters, *out),
        weights=[weight],
        beliefs={"in_channels": weight.shape[0]},
    )
    if uneven:  # what is cut off at the ends is not alike
        value = n.b.layer(
            n.call, "crop", {"amount": [list(pair) for pair in pairs]}, [value], (filters, *sizes)
        )
    return n.b.fresh(value)


def pool(kind: str) -> NodeOperation:
    def read(n: NodeReader) -> Any:
        kernel = n.attribute("kernel_shape")
        if not isinstance(kernel, list):
            raise Refused("its kernel_shape is missing")
        x = n.map(rank=len(kernel))
        window = _window(n, x, kernel)
        ceil = n.flag("ceil_mode")
        if kind == "lppool" and (any(map(any, window["padding"])) or set(window["dilation"]) != {1}):
            raise Refused("a padding or dilation of LpPool")
        fields = {**_fields(n, window), "rounding": "ceil" if ceil else "floor"}
        usual = {**_POOL, "stride": fields["kernel_size"]}
        shape = (x.shape[0], *_sizes(x, window, ceil))
        if ceil and n.version < _CLIPS and list(shape[1:]) != _sizes(x, window, ceil, clips=False):
            raise Refused("ceil_mode counts a last window that begins in the padding, up to opset 21")
        return [n.b.fresh(n.layer(kind, given(fields, usual), [x], shape))]

    return read


def global_pool(kind: str) -> NodeOperation:
    def read(n: NodeReader) -> Arranged:
        x = n.map()
        shape = (x.shape[0], *(1 for _ in x.axes[1:]))
        return n.b.fresh(n.layer(kind, {"keepdims": True}, [x], shape))

    return read


OPERATIONS: dict[str, NodeOperation] = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": pool("maxpool"),
    "AveragePool": pool("avgpool"),
    "LpPool": pool("lppool"),
    "GlobalAveragePool": global_pool("global_avgpool"),
    "GlobalMaxPool": global_pool("global_maxpool"),
}
