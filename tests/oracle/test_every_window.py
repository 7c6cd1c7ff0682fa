"""Every window up to size 24, kernel 5, stride 4, padding 3, dilation 3: our sizes and errors are PyTorch's.

The size is what PyTorch's meta device says, and whether it is an error what its CPU says: the meta device
accepts windows that do not fit. An output without elements, which PyTorch lets pass, counts as an error.
"""

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import product
from typing import Any

import pytest
import torch
from torch.nn import functional

from cnn_shapes.layers import KINDS
from cnn_shapes.shapes import Shape, ShapeError

pytestmark = pytest.mark.oracle

SIZES, KERNELS, STRIDES, PADDINGS, DILATIONS = range(1, 25), range(1, 6), range(1, 5), range(4), range(1, 4)
REST = (4, 3)  # the sizes of the other axes, over which a window of 1 slides
Verdict = tuple[int, ...] | None
Runs = Iterator[tuple[int, dict[str, int], Callable[[Any], Any]]]


def windows(**more: Any) -> Iterator[tuple[int, int, int, int, int]]:
    return product(SIZES, KERNELS, STRIDES, PADDINGS, more.get("dilations", DILATIONS))


@cache
def weight(kernel: tuple[int, ...]) -> dict[str, Any]:
    return {device: torch.zeros(2, 2, *kernel, device=device) for device in ("cpu", "meta")}


@cache
def zeros(shape: tuple[int, ...], device: str) -> Any:
    return torch.zeros(shape, device=device)


def torch_says(run: Callable[[Any], Any], shape: tuple[int, ...]) -> Verdict:
    try:
        out = run(zeros(shape, "cpu"))
    except RuntimeError:
        return None
    expected = tuple(out.shape[1:])
    if len(shape) == 3:  # one axis is enough: the meta device is slow, and treats every axis alike
        assert expected == tuple(run(zeros(shape, "meta")).shape[1:])
    return None if 0 in expected else expected


def ours(kind: str, rank: int, shape: tuple[int, ...], **values: Any) -> Verdict:
    try:
        return tuple(KINDS[kind](rank, values).shape(Shape(shape)))
    except ShapeError:
        return None


def along(rank: int, value: int, other: int) -> tuple[int, ...]:
    """A value on the first axis, another on the rest."""
    return (value, *(other,) * (rank - 1))


def compare(kind: str, rank: int, runs: Runs) -> int:
    """The number of cells; all that differ are shown."""
    differing = []
    count = 0
    for size, cell, run in runs:
        count += 1
        shape = (2, size, *REST[: rank - 1])
        values: dict[str, Any] = {
            name: along(rank, value, 0 if name == "output_padding" else 1)
            for name, value in cell.items()
            if name in ("kernel_size", "stride", "dilation", "output_padding")
        }
        values["padding"] = tuple((p, p) for p in along(rank, cell["padding"], 0))
        values["rounding"] = "ceil" if cell.get("ceil") else "floor"
        if kind in ("conv", "conv_transpose"):
            values["filters"] = 2
        found, expected = ours(kind, rank, shape, **values), torch_says(run, (1, *shape))
        if found != expected:
            differing.append(f"size {size}, {cell}: ours {found}, PyTorch {expected}")
    assert differing[:10] == []
    return count


def _called(call: Callable[..., Any], arguments: tuple[Any, ...], x: Any) -> Any:
    return call(x, *arguments)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv(rank: int) -> None:
    call = getattr(functional, f"conv{rank}d")

    def runs() -> Runs:
        for i, k, s, p, d in windows():
            stride, padding, dilation = along(rank, s, 1), along(rank, p, 0), along(rank, d, 1)
            weights = weight(along(rank, k, 1))
            cell = {"kernel_size": k, "stride": s, "padding": p, "dilation": d}

            def run(x: Any, w: Any = weights, a: Any = (stride, padding, dilation)) -> Any:
                return call(x, w[x.device.type], None, *a)

            yield i, cell, run

    assert compare("conv", rank, runs()) == 24 * 5 * 4 * 4 * 3


@pytest.mark.parametrize("output_padding", [0, 1, 2])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_conv_transpose(rank: int, output_padding: int) -> None:
    call = getattr(functional, f"conv_transpose{rank}d")

    def runs() -> Runs:
        for i, k, s, p, d in windows():
            stride, padding, dilation = along(rank, s, 1), along(rank, p, 0), along(rank, d, 1)
            extra = along(rank, output_padding, 0)
            weights = weight(along(rank, k, 1))
            cell = {
                "kernel_size": k,
                "stride": s,
                "padding": p,
                "dilation": d,
                "output_padding": output_padding,
            }

            def run(x: Any, w: Any = weights, a: Any = (stride, padding, extra, 1, dilation)) -> Any:
                return call(x, w[x.device.type], None, *a)

            yield i, cell, run

    assert compare("conv_transpose", rank, runs()) == 24 * 5 * 4 * 4 * 3


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_maxpool(rank: int, ceil: bool) -> None:
    call = getattr(functional, f"max_pool{rank}d")

    def runs() -> Runs:
        for i, k, s, p, d in windows():
            arguments = along(rank, k, 1), along(rank, s, 1), along(rank, p, 0), along(rank, d, 1), ceil
            cell = {"kernel_size": k, "stride": s, "padding": p, "dilation": d, "ceil": int(ceil)}
            yield i, cell, partial(_called, call, arguments)

    assert compare("maxpool", rank, runs()) == 24 * 5 * 4 * 4 * 3


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_avgpool(rank: int, ceil: bool) -> None:
    call = getattr(functional, f"avg_pool{rank}d")

    def runs() -> Runs:
        for i, k, s, p, _ in windows(dilations=(1,)):
            arguments = along(rank, k, 1), along(rank, s, 1), along(rank, p, 0), ceil
            cell = {"kernel_size": k, "stride": s, "padding": p, "ceil": int(ceil)}
            yield i, cell, partial(_called, call, arguments)

    assert compare("avgpool", rank, runs()) == 24 * 5 * 4 * 4
