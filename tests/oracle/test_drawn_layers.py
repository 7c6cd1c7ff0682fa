"""Layers of every kind drawn at random: shape, parameters, MACs and whether it is an error are PyTorch's.

Each layer is written twice from the same draw: as the text of a spec, and as a call of torch.nn. PyTorch runs
it on the CPU; an output without elements counts as an error.
"""

import warnings
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source

pytestmark = pytest.mark.oracle
Axes = tuple[int, ...]


class Drawn(NamedTuple):
    """A layer as a spec writes it, and how PyTorch makes it."""

    shape: Axes  # channels first
    kind: str
    fields: dict[str, Any]
    module: Any


class Ours(NamedTuple):
    shape: Axes
    params: int
    macs: int


def text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(text, value))}]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def ours(drawn: Drawn) -> Ours | None:
    fields = ", ".join(f"{name}: {text(value)}" for name, value in drawn.fields.items())
    spec = f"input: {list(drawn.shape)}\nlayout: channels_first\nrounding: floor\nlayers:\n"
    layer = f"{drawn.kind}: {{{fields}}}" if fields else drawn.kind
    report = check_source(Source("drawn.yaml", f"{spec}  - {layer}\n"))
    if not report.ok:
        assert not any(found.rule in ("yaml-syntax", "unknown-key") for found in report.errors), report.errors
        return None
    assert report.trace is not None
    step = report.trace.steps[-1]
    return Ours(tuple(step.node.output or ()), report.trace.totals.params, report.trace.totals.macs)


def torch_says(drawn: Drawn) -> Ours | None:
    try:
        with warnings.catch_warnings(), torch.no_grad(), FlopCounterMode(display=False) as counter:
            warnings.simplefilter("ignore")
            module = drawn.module()
            out = module(torch.zeros(2, *drawn.shape))
    except (RuntimeError, ValueError):
        return None
    if 0 in out.shape:
        return None
    params = sum(p.numel() for p in module.parameters()) if isinstance(module, nn.Module) else 0
    return Ours(tuple(out.shape[1:]), params, counter.get_total_flops() // 4)


def agree(drawn: Drawn) -> None:
    assert ours(drawn) == torch_says(drawn)


RANKS = st.sampled_from((1, 2, 2, 3))


def ranked(name: str, rank: int) -> Any:
    return getattr(nn, f"{name}{rank}d")


def axes(draw: Any, rank: int, least: int, most: int) -> Axes:
    return tuple(draw(st.integers(least, most)) for _ in range(rank))


@st.composite
def convolutions(draw: Any) -> Drawn:
    """Plain, depthwise and transposed; padding as numbers; groups that divide, and some that do not."""
    rank = draw(RANKS)
    sizes, kernel = axes(draw, rank, 1, 12), axes(draw, rank, 1, 5)
    stride, dilation, padding = axes(draw, rank, 1, 4), axes(draw, rank, 1, 3), axes(draw, rank, 0, 3)
    channels, filters = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    groups, bias = draw(st.sampled_from((1, 1, 2, 3, 4))), draw(st.booleans())
    fields = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation, "bias": bias}
    kind = draw(st.sampled_from(("conv", "depthwise_conv", "conv_transpose")))
    if kind == "depthwise_conv":
        multiplier = draw(st.integers(1, 3))
        made = ranked("Conv", rank)
        call = (channels, channels * multiplier, kernel, stride, padding, dilation, channels, bias)
        return Drawn((channels, *sizes), kind, {**fields, "multiplier": multiplier}, lambda: made(*call))
    fields |= {"filters": filters, "groups": groups}
    if kind == "conv":
        made = ranked("Conv", rank)
        call = (channels, filters, kernel, stride, padding, dilation, groups, bias)
        return Drawn((channels, *sizes), kind, fields, lambda: made(*call))
    extra = axes(draw, rank, 0, 3)
    made = ranked("ConvTranspose", rank)
    transposed = (channels, filters, kernel, stride, padding, extra, groups, bias, dilation)
    return Drawn((channels, *sizes), kind, {**fields, "output_padding": extra}, lambda: made(*transposed))


@st.composite
def padded_convolutions(draw: Any) -> Drawn:
    """Begin/end pairs, which PyTorch pads before; `same` at stride 1."""
    rank = draw(RANKS)
    sizes, kernel = axes(draw, rank, 1, 12), axes(draw, rank, 1, 5)
    stride, dilation = axes(draw, rank, 1, 3), axes(draw, rank, 1, 3)
    channels, filters = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    fields = {"filters": filters, "kernel_size": kernel, "dilation": dilation}
    made = ranked("Conv", rank)
    if draw(st.booleans()):
        call = (channels, filters, kernel, 1, "same", dilation)
        return Drawn((channels, *sizes), "conv", {**fields, "padding": "same"}, lambda: made(*call))
    pairs = [[draw(st.integers(0, 3)), draw(st.integers(0, 3))] for _ in range(rank)]
    amounts = [amount for pair in reversed(pairs) for amount in pair]

    def module() -> Any:
        pad = ranked("ConstantPad", rank)(amounts, 0.0)
        return nn.Sequential(pad, made(channels, filters, kernel, stride, 0, dilation))

    return Drawn((channels, *sizes), "conv", {**fields, "stride": stride, "padding": pairs}, module)


@st.composite
def pools(draw: Any) -> Drawn:
    rank = draw(RANKS)
    sizes, kernel = axes(draw, rank, 1, 10), axes(draw, rank, 1, 5)
    stride, padding, ceil = axes(draw, rank, 1, 4), axes(draw, rank, 0, 2), draw(st.booleans())
    fields = {"kernel_size": kernel, "stride": stride, "rounding": "ceil" if ceil else "floor"}
    kind = draw(st.sampled_from(("maxpool", "avgpool", "lppool")))
    shape = (draw(st.integers(1, 4)), *sizes)
    if kind == "lppool":
        made = ranked("LPPool", rank)
        numbers = (kernel, stride) if rank > 1 else (kernel[0], stride[0])  # LPPool1d refuses tuples
        return Drawn(shape, kind, fields, lambda: made(2, *numbers, ceil_mode=ceil))
    fields["padding"] = padding
    if kind == "avgpool":
        made = ranked("AvgPool", rank)
        return Drawn(shape, kind, fields, lambda: made(kernel, stride, padding, ceil_mode=ceil))
    dilation = axes(draw, rank, 1, 3)
    made = ranked("MaxPool", rank)
    call = (kernel, stride, padding, dilation)
    return Drawn(shape, kind, {**fields, "dilation": dilation}, lambda: made(*call, ceil_mode=ceil))


@st.composite
def resized(draw: Any) -> Drawn:
    """What changes sizes without weights. A scale is an exact fraction here: only binary ones are drawn."""
    rank = draw(RANKS)
    shape = (draw(st.integers(1, 18)), *axes(draw, rank, 1, 10))
    kind = draw(
        st.sampled_from(("pad", "crop", "scale", "size", "adaptive", "pixels", "depth", "permute", "reshape"))
    )
    pairs = [[draw(st.integers(0, 3)), draw(st.integers(0, 3))] for _ in range(rank)]
    amounts = [amount for pair in reversed(pairs) for amount in pair]
    if kind == "pad":
        return Drawn(shape, "pad", {"amount": pairs}, lambda: ranked("ConstantPad", rank)(amounts, 0.0))
    if kind == "crop":
        minus = [-amount for amount in amounts]
        return Drawn(shape, "crop", {"amount": pairs}, lambda: ranked("ConstantPad", rank)(minus, 0.0))
    mode = draw(st.sampled_from(("nearest", {1: "linear", 2: "bilinear", 3: "trilinear"}[rank])))
    if kind == "scale":
        scale = tuple(draw(st.sampled_from((0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3))) for _ in range(rank))
        factors = tuple(map(float, scale))
        return Drawn(shape, "upsample", {"scale": scale, "mode": mode, "rounding": "floor"},
                     lambda: nn.Upsample(scale_factor=factors, mode=mode))  # fmt: skip
    if kind == "size":
        size = axes(draw, rank, 1, 12)
        return Drawn(shape, "upsample", {"size": size, "mode": mode}, lambda: nn.Upsample(size, mode=mode))
    if kind == "adaptive":
        word, size = draw(st.sampled_from(("Avg", "Max"))), axes(draw, rank, 1, 12)
        made = ranked(f"Adaptive{word}Pool", rank)
        return Drawn(shape, f"adaptive_{word.lower()}pool", {"output_size": size}, lambda: made(size))
    factor = draw(st.integers(1, 3))
    flat = (shape[0], *shape[1:3], *(1,) * (2 - rank))
    if kind == "pixels":
        return Drawn(flat, "pixel_shuffle", {"factor": factor}, lambda: nn.PixelShuffle(factor))
    if kind == "depth":
        return Drawn(flat, "space_to_depth", {"factor": factor}, lambda: nn.PixelUnshuffle(factor))
    if kind == "permute":
        order = draw(st.permutations(range(rank + 1)))
        return Drawn(
            shape, "permute", {"order": order}, lambda: lambda x: x.permute(0, *(a + 1 for a in order))
        )
    target = (-1, draw(st.integers(1, 6)), draw(st.integers(1, 6)))
    return Drawn(shape, "reshape", {"shape": target}, lambda: lambda x: x.reshape(x.shape[0], *target))


@st.composite
def normalisations(draw: Any) -> Drawn:
    rank = draw(RANKS)
    channels = draw(st.integers(1, 12))
    shape = (channels, *axes(draw, rank, 2, 6))
    kind = draw(
        st.sampled_from(("batchnorm", "instancenorm", "groupnorm", "layernorm", "lrn", "shuffle", "dense"))
    )
    affine, groups = draw(st.booleans()), draw(st.integers(1, 4))
    if kind in ("batchnorm", "instancenorm"):
        made = ranked("BatchNorm" if kind == "batchnorm" else "InstanceNorm", rank)
        return Drawn(shape, kind, {"affine": affine}, lambda: made(channels, affine=affine))
    if kind == "groupnorm":
        fields = {"groups": groups, "affine": affine}
        return Drawn(shape, kind, fields, lambda: nn.GroupNorm(groups, channels, affine=affine))
    if kind == "layernorm":  # of a vector: of more axes PyTorch's wants the channels last
        made = nn.LayerNorm
        return Drawn((channels,), kind, {"affine": affine}, lambda: made(channels, elementwise_affine=affine))
    if kind == "lrn":
        cut = draw(st.integers(1, rank + 1))
        return Drawn(shape[:cut], kind, {}, lambda: nn.LocalResponseNorm(2))
    if kind == "shuffle":

        def module() -> Any:
            return lambda x: functional.channel_shuffle(x, groups)

        return Drawn(shape, "channel_shuffle", {"groups": groups}, module)
    units, bias = draw(st.integers(1, 9)), draw(st.booleans())
    return Drawn((channels,), kind, {"units": units, "bias": bias}, lambda: nn.Linear(channels, units, bias))


@given(convolutions())
@settings(max_examples=1000)
def test_convolutions(drawn: Drawn) -> None:
    agree(drawn)


@given(padded_convolutions())
@settings(max_examples=500)
def test_padding_forms(drawn: Drawn) -> None:
    agree(drawn)


@given(pools())
@settings(max_examples=1000)
def test_pools(drawn: Drawn) -> None:
    agree(drawn)


@given(resized())
@settings(max_examples=1000)
def test_sizes_and_orders(drawn: Drawn) -> None:
    agree(drawn)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_an_instance_normalisation_of_one_pixel(rank: int) -> None:
    """PyTorch refuses it in evaluation too; we warn, as Keras gives zeros."""
    report = check_source(Source("x", f"input: {[*[1] * rank, 4]}\nlayers: [instancenorm]\n"))
    assert [found.rule for found in report.warnings] == ["batchnorm-on-one-pixel"]
    with pytest.raises(ValueError, match="more than 1 spatial element"):
        ranked("InstanceNorm", rank)(4).eval()(torch.zeros(1, 4, *[1] * rank))


@given(normalisations())
@settings(max_examples=500)
def test_normalisations_and_dense(drawn: Drawn) -> None:
    agree(drawn)


@given(shapes=st.lists(st.sampled_from((1, 1, 2, 3)), min_size=6, max_size=6))
@settings(max_examples=200)
def test_joins(shapes: list[int]) -> None:
    """add, multiply and concat of two maps against PyTorch's broadcasting, which wants equal ranks here."""
    first, second = tuple(shapes[:3]), tuple(shapes[3:])
    spec = f"input: {list(first)}\nlayout: channels_first\nlayers:\n  - identity: {{name: a}}\n"
    size = second[0] * second[1] * second[2]
    spec += f"  - flatten\n  - dense: {size}\n  - reshape: {{shape: {list(second)}, name: b}}\n"
    a, b = torch.zeros(1, *first), torch.zeros(1, *second)
    ways: dict[str, Any] = {
        "add": lambda: a + b,
        "multiply": lambda: a * b,
        "concat": lambda: torch.cat((a, b), dim=1),
    }
    for kind, way in ways.items():
        report = check_source(Source("join.yaml", f"{spec}  - {kind}: [a, b]\n"))
        try:
            expected = tuple(way().shape[1:])
        except RuntimeError:
            assert [found.rule for found in report.errors] == ["shape-mismatch"]
            continue
        assert report.ok
        assert report.trace is not None
        assert report.trace.steps[-1].node.output == expected
