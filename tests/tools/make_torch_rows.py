"""Writes tests/data/torch_rows.txt: what PyTorch makes of each layer kind, rank, padding form and rounding.

Run by hand, never by the tests: `python -m tests.tools.make_torch_rows`, with the extra `oracle`. A row is
the input (channels first), a layer as a spec writes it, the output, the parameters, the values that are
stored but not learned, and the MACs (PyTorch's flop counter halved); or, after the layer, the rule of an
error. Two things here are not calls of PyTorch: how a padding form becomes numbers, and that in `exact` a
size is whole where PyTorch's windows cover the padded input to its last pixel.
"""

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from tests.golden import ROOT

FILE = ROOT / "tests" / "data" / "torch_rows.txt"
CHANNELS = 4
SIZES = (11, 8, 6)
RULES = {  # of PyTorch's messages
    "kernel size can't be greater": "window-too-large",
    "output size is too small": "window-too-large",
    "smaller than kernel": "window-too-large",
    "should be greater than": "window-too-large",
    "could not construct a memory descriptor": "window-too-large",  # of a negative size
    "negative dimension": "window-too-large",
    "half of": "bad-padding",
    "output padding must be smaller": "bad-padding",
    "divisible": "groups-not-divisible",
    "must be even": "groups-not-divisible",
    "invalid for input of size": "shape-mismatch",
}
Module = Callable[[torch.Tensor], torch.Tensor]
Axes = tuple[int, ...]


def ranked(name: str, rank: int) -> Any:
    return getattr(nn, f"{name}{rank}d")


def text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(text, value))}]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def paddings(kernel: Axes, dilation: Axes) -> Iterator[tuple[Any, tuple[tuple[int, int], ...]]]:
    """Each padding form as a spec writes it, with the numbers that it means (`same` is PyTorch's own)."""
    rank = len(kernel)
    half = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
    axes, pairs = (1, 0, 1)[:rank], ((1, 0), (0, 1), (1, 1))[:rank]
    yield 1, ((1, 1),) * rank
    yield [*axes], tuple((a, a) for a in axes)
    yield [list(pair) for pair in pairs], pairs
    yield "valid", ((0, 0),) * rank
    yield "half", tuple((h, h) for h in half)
    yield None, ((0, 0),) * rank  # not given


def padded(x: torch.Tensor, pairs: tuple[tuple[int, int], ...], value: float = 0.0) -> torch.Tensor:
    """`functional.pad` counts from the last axis."""
    return functional.pad(x, [amount for pair in reversed(pairs) for amount in pair], value=value)


def windows() -> Iterator[str]:
    """Convolutions and pools in every padding form and rounding."""
    geometries = [(3, 1, 1), (3, 2, 1), (2, 2, 1), (4, 3, 1), (3, 2, 2)]
    for rank, (k, s, d) in product((1, 2, 3), geometries):
        kernel, stride, dilation = (k,) * rank, (s,) * rank, (d,) * rank
        if (k, s) == (4, 3):  # one number per axis
            kernel, stride = (3, 2, 2)[:rank], (2, 3, 1)[:rank]
        for form, pairs in paddings(kernel, dilation):
            for kind in ("conv", "depthwise_conv", "maxpool", "avgpool", "lppool"):
                if (d > 1 and kind in ("avgpool", "lppool")) or (kind == "lppool" and form is not None):
                    continue
                for rounding in ("exact", "floor", "ceil"):
                    if not (rounding == "ceil" and "conv" in kind):
                        yield window(kind, kernel, stride, dilation, form, pairs, rounding)
    for rank, kind in product((1, 2, 3), ("conv", "depthwise_conv")):
        for k, d in ((3, 1), (4, 1), (2, 3)):
            yield window(kind, (k,) * rank, (1,) * rank, (d,) * rank, "same", None, "exact")


def window(
    kind: str, kernel: Axes, stride: Axes, dilation: Axes, form: Any, pairs: Any, rounding: str
) -> str:
    rank = len(kernel)
    fields: dict[str, Any] = {"kernel_size": kernel[0] if len(set(kernel)) == 1 else kernel}
    if stride != (kernel if "pool" in kind else (1,) * rank):
        fields["stride"] = stride[0] if len(set(stride)) == 1 else stride
    if form is not None:
        fields["padding"] = form
    if dilation[0] > 1:
        fields["dilation"] = dilation[0]
    if rounding != "exact":
        fields["rounding"] = rounding
    paired = isinstance(form, list) and isinstance(form[0], list)
    given: Any = "same" if pairs is None else (0,) * rank if paired else tuple(begin for begin, _ in pairs)
    if "conv" in kind:
        groups = CHANNELS if kind == "depthwise_conv" else 1
        filters = CHANNELS if groups > 1 else 6
        module = ranked("Conv", rank)(CHANNELS, filters, kernel, stride, given, dilation, groups)
        if groups == 1:
            fields = {"filters": filters, **fields}
    elif kind == "maxpool":
        module = ranked("MaxPool", rank)(kernel, stride, given, dilation, ceil_mode=rounding == "ceil")
    elif kind == "avgpool":
        module = ranked("AvgPool", rank)(kernel, stride, given, ceil_mode=rounding == "ceil")
    else:
        numbers = (kernel, stride) if rank > 1 else (kernel[0], stride[0])  # LPPool1d refuses tuples
        module = ranked("LPPool", rank)(2, *numbers, ceil_mode=rounding == "ceil")
    if paired and rounding == "ceil":
        return ""  # padding in front is input to PyTorch, so its last window may start in it
    run: Module = (lambda x: module(padded(x, pairs))) if paired else module
    row = measure(kind, fields, run, module, SIZES[:rank])
    if rounding == "exact" and pairs is not None and "x" in row.split(" | ")[2]:
        sizes = map(int, row.split(" | ")[2].split("x")[1:])
        for size, out, k, s, d, pair in zip(SIZES, sizes, kernel, stride, dilation, pairs, strict=False):
            if (out - 1) * s + d * (k - 1) + 1 != size + sum(pair):
                return error(
                    kind, fields, SIZES[:rank], "pool-not-divisible" if "pool" in kind else "size-not-whole"
                )
    return row


def measure(
    kind: str,
    fields: Any,
    run: Module,
    module: Any = None,
    sizes: Axes = SIZES,
    channels: int = CHANNELS,
) -> str:
    """The row of one layer: PyTorch runs it on zeros, on the CPU."""
    parameters = list(module.parameters()) if isinstance(module, nn.Module) else []
    stored = [b for b in module.buffers() if b.dim()] if isinstance(module, nn.Module) else []
    counter = FlopCounterMode(display=False)
    try:
        with warnings.catch_warnings(), counter, torch.no_grad():
            warnings.simplefilter("ignore")
            output = run(torch.zeros(2, channels, *sizes))
    except (RuntimeError, ValueError, IndexError) as problem:
        rules = [rule for words, rule in RULES.items() if words in str(problem).lower()]
        if not rules:
            raise
        return error(kind, fields, sizes, rules[0], channels)
    if 0 in output.shape:  # PyTorch lets nothing pass; here a size is at least 1
        return error(kind, fields, sizes, "window-too-large", channels)
    flops = counter.get_total_flops()
    assert flops % 4 == 0  # a batch of two, two operations each
    counts = [sum(p.numel() for p in parameters), sum(b.numel() for b in stored), flops // 4]
    return line(kind, fields, sizes, channels, "x".join(map(str, output.shape[1:])), *counts)


def error(kind: str, fields: Any, sizes: Axes, rule: str, channels: int = CHANNELS) -> str:
    return line(kind, fields, sizes, channels, rule)


def line(kind: str, fields: Any, sizes: Axes, channels: int, *columns: Any) -> str:
    layer = kind if fields is None else f"{kind}: {text(fields)}"
    return " | ".join(map(str, ("x".join(map(str, (channels, *sizes))), layer, *columns)))


def transposed() -> Iterator[str]:
    options = [
        {"kernel_size": 2, "stride": 2},
        {"kernel_size": 3, "stride": 2, "padding": 1},
        {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1},
        {"kernel_size": 4, "stride": 2, "padding": 1, "groups": 2},
        {"kernel_size": 3, "padding": 1, "dilation": 2},
        {"kernel_size": 1, "stride": 3, "output_padding": 2},
        {"kernel_size": 3, "stride": 2, "output_padding": 2},
        {"kernel_size": 3, "dilation": 3, "output_padding": 2, "padding": 1},
        {"kernel_size": 3, "padding": 7},
    ]
    for rank, fields in product((1, 2, 3), options):
        for bias in (True, False):
            call: Any = {**fields, "bias": bias}
            module = ranked("ConvTranspose", rank)(CHANNELS, 6, **call)
            written = {"filters": 6, **fields, **({} if bias else {"bias": False})}
            yield measure("conv_transpose", written, module, module, SIZES[:rank])
        pairs = [[1, 0], [0, 1], [1, 1]][:rank]
        bare = ranked("ConvTranspose", rank)(CHANNELS, 6, 3, 2)
        cut = [slice(begin, -end or None) for begin, end in pairs]

        def cropped(x: torch.Tensor, bare: Module = bare, cut: list[slice] = cut) -> torch.Tensor:
            return bare(x)[(slice(None), slice(None), *cut)]

        yield measure(
            "conv_transpose",
            {"filters": 6, "kernel_size": 3, "stride": 2, "padding": pairs},
            cropped,
            bare,
            SIZES[:rank],
        )


def grouped() -> Iterator[str]:
    for rank, groups, bias in product((1, 2, 3), (1, 2, 4), (True, False)):
        module = ranked("Conv", rank)(CHANNELS, 8, 3, groups=groups, bias=bias)
        fields = {"filters": 8, "kernel_size": 3, "groups": groups, "bias": bias}
        yield measure("conv", fields, module, module, SIZES[:rank])
    for multiplier in (1, 2, 3):
        module = nn.Conv2d(CHANNELS, CHANNELS * multiplier, 3, groups=CHANNELS)
        fields = {"kernel_size": 3, "multiplier": multiplier}
        yield measure("depthwise_conv", fields, module, module, SIZES[:2])
        inner = CHANNELS * multiplier
        both = nn.Sequential(
            nn.Conv2d(CHANNELS, inner, 3, groups=CHANNELS, bias=False), nn.Conv2d(inner, 6, 1)
        )
        fields = {"filters": 6, "kernel_size": 3, "multiplier": multiplier}
        yield measure("separable_conv", fields, both, both, SIZES[:2])


def whole_maps() -> Iterator[str]:
    for rank, word in product((1, 2, 3), ("Avg", "Max")):
        one = ranked(f"Adaptive{word}Pool", rank)(1)
        kind = f"global_{word.lower()}pool"
        yield measure(kind, None, nn.Sequential(one, nn.Flatten()), one, SIZES[:rank])
        yield measure(kind, {"keepdims": True}, one, one, SIZES[:rank])
        for size in (1, 3, 20, [5, None, 2][:rank]):
            module = ranked(f"Adaptive{word}Pool", rank)(tuple(size) if isinstance(size, list) else size)
            yield measure(f"adaptive_{word.lower()}pool", {"output_size": size}, module, module, SIZES[:rank])


def norms_and_plain() -> Iterator[str]:
    for rank in (1, 2, 3):
        sizes = SIZES[:rank]
        for affine in (True, False):
            fields = {"affine": affine}
            batch = ranked("BatchNorm", rank)(CHANNELS, affine=affine)
            yield measure("batchnorm", fields, batch, batch, sizes)
            instance = ranked("InstanceNorm", rank)(CHANNELS, affine=affine)
            yield measure("instancenorm", fields, instance, instance, sizes)
            layer = nn.LayerNorm(CHANNELS, elementwise_affine=affine)

            def last(x: torch.Tensor, layer: Module = layer) -> torch.Tensor:
                return layer(x.movedim(1, -1)).movedim(-1, 1)

            yield measure("layernorm", fields, last, layer, sizes)
            square = nn.RMSNorm(CHANNELS, elementwise_affine=affine)
            yield measure("rmsnorm", fields, partial(last, layer=square), square, sizes)
            group = nn.GroupNorm(2, CHANNELS, affine=affine)
            yield measure("groupnorm", {"groups": 2, **fields}, group, group, sizes)
        local = nn.LocalResponseNorm(2)
        yield measure("lrn", None, local, local, sizes)
        yield measure("flatten", None, nn.Flatten(), None, sizes)
        yield measure("dropout", 0.3, nn.Dropout(0.3), None, sizes)
        yield measure("identity", None, nn.Identity(), None, sizes)
        yield measure("channel_shuffle", 2, lambda x: functional.channel_shuffle(x, 2), None, sizes)
        pairs = ((1, 2), (0, 3), (2, 0))[:rank]
        yield measure("pad", [list(pair) for pair in pairs], partial(padded, pairs=pairs), None, sizes)
        yield measure("pad", 2, partial(padded, pairs=((2, 2),) * rank), None, sizes)
        minus = tuple((-begin, -end) for begin, end in pairs)
        yield measure("crop", [list(pair) for pair in pairs], partial(padded, pairs=minus), None, sizes)
        yield measure("crop", 3, partial(padded, pairs=((-3, -3),) * rank), None, sizes)
        order = [0, *range(rank, 0, -1)]
        axes = [0, *(axis + 1 for axis in order)]
        yield measure("permute", order, partial(torch.permute, dims=axes), None, sizes)
        yield measure("reshape", [2, -1], lambda x: x.reshape(2, 2, -1), None, sizes)
        yield measure("reshape", [7, -1], lambda x: x.reshape(2, 7, -1), None, sizes)
    for bias in (True, False):
        dense = nn.Linear(CHANNELS, 10, bias=bias)
        yield measure("dense", {"units": 10, "bias": bias}, dense, dense, ())
    batch = nn.BatchNorm1d(CHANNELS)
    yield measure("batchnorm", None, batch, batch, ())
    for kind, name in ACTIVATIONS.items():
        along = {"dim": 1} if name in ("Softmin", "LogSoftmax") else {}
        module = getattr(nn, name)(**along)
        yield measure(kind, None, module, module, SIZES[:2])
    yield measure("glu", None, nn.GLU(dim=1), None, SIZES[:2])
    yield measure("glu", None, nn.GLU(dim=1), None, SIZES[:2], 3)
    yield measure("threshold", None, nn.Threshold(0.1, 0), None, SIZES[:2])


def resized() -> Iterator[str]:
    modes = {1: "linear", 2: "bilinear", 3: "trilinear"}
    for rank in (1, 2, 3):
        for fields in (
            {"scale": 2},
            {"scale": 2.5, "rounding": "floor"},
            {"scale": 0.3, "rounding": "floor"},
            {"scale": [3, 1.5, 0.5][:rank], "mode": modes[rank], "rounding": "floor"},
            {"size": 9},
            {"size": [5, 20, 6][:rank], "mode": modes[rank]},
        ):
            call: Any = {key.replace("scale", "scale_factor"): value for key, value in fields.items()}
            call.pop("rounding", None)
            if isinstance(call.get("scale_factor"), list):
                call["scale_factor"] = tuple(call["scale_factor"])
            yield measure("upsample", fields, nn.Upsample(**call), None, SIZES[:rank])
        fields = {"scale": 0.1, "rounding": "floor"}
        yield measure("upsample", fields, nn.Upsample(scale_factor=0.1), None, (8, 6, 6)[:rank])
    for factor, channels in ((2, 8), (3, 18), (2, 6)):
        yield measure("pixel_shuffle", factor, nn.PixelShuffle(factor), None, SIZES[:2], channels)
    yield measure("space_to_depth", 2, nn.PixelUnshuffle(2), None, (8, 6))


ACTIVATIONS = {
    name.lower().replace("leaky", "leaky_").replace("logsoft", "log_soft").replace("2d", ""): name
    for name in (
        *("ReLU", "ReLU6", "LeakyReLU", "PReLU", "ELU", "SELU", "GELU", "SiLU", "Mish"),
        *("Sigmoid", "Hardsigmoid", "Hardswish", "Tanh", "Softmax2d", "Softplus"),
        *("Hardtanh", "Softsign", "LogSigmoid", "CELU", "Hardshrink", "Softshrink", "Tanhshrink"),
        *("Softmin", "LogSoftmax", "RReLU"),
    )
}


def main() -> None:
    families = (windows, grouped, transposed, whole_maps, norms_and_plain, resized)
    rows = dict.fromkeys(row for family in families for row in family() if row)
    version = torch.__version__.partition("+")[0]
    head = f"# PyTorch {version}: input | layer | output | parameters | stored | MACs"
    FILE.write_text("\n".join([head, *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
