"""ONNX shape inference: the same sizes as ours, at the opsets where it agrees with PyTorch; rows where not.

ONNX infers a size and judges none: a window that does not fit gives it a size below 1 where we report an
error. So every cell that is valid with us is compared; rows say what ONNX makes of some that are not.
"""

from collections.abc import Iterable
from itertools import product
from typing import Any, NamedTuple

import pytest
from onnx import TensorProto, helper, shape_inference

from cnn_shapes.layers import KINDS
from cnn_shapes.layers.list_fields import WrittenPairs
from cnn_shapes.shapes import Shape, ShapeError
from tests.specs import check

pytestmark = pytest.mark.oracle

SIZES, KERNELS, STRIDES, PADDINGS, DILATIONS = range(1, 25), range(1, 6), range(1, 5), range(4), range(1, 4)
# the versions of each operator that change nothing about sizes lie between these
CONV_OPSETS, POOL_OPSETS = (11, 22, 25), (11, 12, 19, 22, 25)
CEIL_CLIPS = 22  # from here on ONNX drops a last window that starts in the padding, as PyTorch does


class Cell(NamedTuple):
    size: int
    kernel: int
    stride: int
    attributes: dict[str, Any]


def infer(operator: str, opset: int, cells: Iterable[Cell]) -> list[tuple[int, ...]]:
    """The inferred output shape of each cell, all in one model: 2 channels in, and 2 out of a convolution."""
    weighted = operator.startswith("Conv")
    nodes, inputs = [], {}
    for number, cell in enumerate(cells):
        inputs[f"x{cell.size}"] = [1, 2, cell.size]
        names = [f"x{cell.size}"]
        if weighted:
            inputs[f"w{cell.kernel}"] = [2, 2, cell.kernel]
            names.append(f"w{cell.kernel}")
        window = {"kernel_shape": [cell.kernel], "strides": [cell.stride]}
        nodes.append(helper.make_node(operator, names, [f"y{number}"], **window, **cell.attributes))
    values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in inputs.items()]
    outputs = [helper.make_tensor_value_info(f"y{n}", TensorProto.FLOAT, None) for n in range(len(nodes))]
    graph = helper.make_graph(nodes, "cells", values, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    inferred = shape_inference.infer_shapes(model, strict_mode=True)
    return [
        tuple(axis.dim_value for axis in value.type.tensor_type.shape.dim)[1:]
        for value in inferred.graph.output
    ]


def ours(kind: str, cell: Cell, **values: Any) -> tuple[int, ...] | None:
    fields = {"kernel_size": (cell.kernel,), "stride": (cell.stride,), "filters": 2, **values}
    wanted = {name: value for name, value in fields.items() if name in KINDS[kind].fields}
    try:
        return tuple(KINDS[kind](1, wanted).shape(Shape((2, cell.size))))
    except ShapeError:
        return None


def compare(kind: str, operator: str, opset: int, cells: list[tuple[Cell, dict[str, Any]]]) -> None:
    """All cells that are valid with us, at least a third of them, have ONNX's shape."""
    found = [ours(kind, cell, **values) for cell, values in cells]
    inferred = infer(operator, opset, [cell for cell, _ in cells])
    differing = [
        f"{cell}: ours {here}, ONNX {there}"
        for (cell, _), here, there in zip(cells, found, inferred, strict=True)
        if here is not None and here != there
    ]
    assert differing[:10] == []
    assert len([here for here in found if here is not None]) > len(found) / 3


@pytest.mark.parametrize("opset", CONV_OPSETS)
def test_conv(opset: int) -> None:
    cells = []
    for i, k, s, begin, end, d in product(SIZES, KERNELS, STRIDES, (0, 2), (0, 1, 3), DILATIONS):
        attributes = {"pads": [begin, end], "dilations": [d]}
        values = {"padding": ((begin, end),), "dilation": (d,), "rounding": "floor"}
        cells.append((Cell(i, k, s, attributes), values))
    compare("conv", "Conv", opset, cells)


@pytest.mark.parametrize("opset", CONV_OPSETS)
def test_conv_transpose(opset: int) -> None:
    cells = []
    for i, k, s, p, d, extra in product(SIZES, KERNELS, STRIDES, PADDINGS, DILATIONS, range(3)):
        attributes = {"pads": [p, p], "dilations": [d], "output_padding": [extra]}
        values = {"padding": ((p, p),), "dilation": (d,), "output_padding": (extra,)}
        cells.append((Cell(i, k, s, attributes), values))
    compare("conv_transpose", "ConvTranspose", opset, cells)


@pytest.mark.parametrize("opset", POOL_OPSETS)
@pytest.mark.parametrize("rounding", ["floor", "ceil"])
@pytest.mark.parametrize(("kind", "operator"), [("maxpool", "MaxPool"), ("avgpool", "AveragePool")])
def test_pools(kind: str, operator: str, rounding: str, opset: int) -> None:
    cells = []
    for i, k, s, p, d in product(SIZES, KERNELS, STRIDES, PADDINGS, DILATIONS):
        if d > 1 and kind == "avgpool":
            continue
        if rounding == "ceil" and opset < CEIL_CLIPS and is_clipped(i, k, s, p, d):
            continue  # see the rows below
        attributes: dict[str, Any] = {"pads": [p, p], "ceil_mode": int(rounding == "ceil")}
        values: dict[str, Any] = {"padding": ((p, p),), "rounding": rounding}
        if kind == "maxpool":
            attributes["dilations"], values["dilation"] = [d], (d,)
        if rounding == "ceil" and i + 2 * p < d * (k - 1) + 1:
            continue  # smaller than the window: see the rows below
        cells.append((Cell(i, k, s, attributes), values))
    compare(kind, operator, opset, cells)


def is_clipped(i: int, k: int, s: int, p: int, d: int) -> bool:
    """Whether the last window of a size rounded up would start after the input."""
    return -(-(i + 2 * p - d * (k - 1) - 1) // s) * s >= i + p


@pytest.mark.parametrize("opset", POOL_OPSETS)
def test_pairs_of_pools(opset: int) -> None:
    cells = []
    for i, k, s, begin, end in product(SIZES, KERNELS, STRIDES, PADDINGS, PADDINGS):
        values = {"padding": WrittenPairs(((begin, end),)), "rounding": "floor"}
        cells.append((Cell(i, k, s, {"pads": [begin, end]}), values))
    compare("maxpool", "MaxPool", opset, cells)


@pytest.mark.parametrize(
    ("auto_pad", "padding"), [("SAME_UPPER", "same"), ("SAME_LOWER", "same"), ("VALID", "valid")]
)
@pytest.mark.parametrize(
    ("kind", "operator", "opset"),
    [
        *(("conv", "Conv", opset) for opset in CONV_OPSETS),
        *(("maxpool", "MaxPool", opset) for opset in POOL_OPSETS),
        *(("avgpool", "AveragePool", opset) for opset in POOL_OPSETS),
    ],
)
def test_auto_pad(kind: str, operator: str, opset: int, auto_pad: str, padding: str) -> None:
    cells = []
    for i, k, s, d in product(SIZES, KERNELS, STRIDES, DILATIONS):
        if kind == "avgpool" and d > 1:
            continue
        attributes: dict[str, Any] = {"auto_pad": auto_pad}
        values: dict[str, Any] = {"padding": padding, "rounding": "floor"}
        if kind != "avgpool":
            attributes["dilations"], values["dilation"] = [d], (d,)
        cells.append((Cell(i, k, s, attributes), values))
    compare(kind, operator, opset, cells)


def test_auto_pad_of_transposed_convolutions() -> None:
    """VALID means no padding; SAME_UPPER is size*stride but for a short kernel: a spec must write numbers."""
    windows = list(product(SIZES, KERNELS, STRIDES))
    valid = [(Cell(i, k, s, {"auto_pad": "VALID"}), {"padding": "valid"}) for i, k, s in windows]
    compare("conv_transpose", "ConvTranspose", 22, valid)
    same = [Cell(i, k, s, {"auto_pad": "SAME_UPPER"}) for i, k, s in windows]
    assert infer("ConvTranspose", 22, same) == [
        (2, (cell.size - 1) * cell.stride + min(cell.kernel, cell.stride)) for cell in same
    ]
    report = check("input: [8, 2]\nlayers: [conv_transpose: {filters: 2, padding: same}]")
    assert [found.rule for found in report.errors] == ["bad-value"]


CEIL, FLOOR = {"rounding": "ceil"}, {"rounding": "floor"}
TAKEN, HALF = {"padding": ((1, 1),)}, {"padding": ((2, 2),), "rounding": "floor"}


# what ONNX makes of it, and what we do, and PyTorch with us
@pytest.mark.parametrize(
    ("operator", "opset", "cell", "onnx", "kind", "values", "here"),
    [
        # a window that does not fit is not an error to ONNX
        ("Conv", 22, Cell(3, 5, 1, {}), (2, -1), "conv", {}, None),
        ("MaxPool", 22, Cell(2, 5, 1, {}), (2, -2), "maxpool", FLOOR, None),
        ("ConvTranspose", 22, Cell(2, 1, 1, {"pads": [1, 1]}), (2, 0), "conv_transpose", TAKEN, None),
        # before opset 22 no clip: the last window may start in the padding
        ("MaxPool", 19, Cell(6, 1, 3, {"ceil_mode": 1}), (2, 3), "maxpool", CEIL, (2, 2)),
        ("MaxPool", 22, Cell(6, 1, 3, {"ceil_mode": 1}), (2, 2), "maxpool", CEIL, (2, 2)),
        ("AveragePool", 19, Cell(6, 1, 3, {"ceil_mode": 1}), (2, 3), "avgpool", CEIL, (2, 2)),
        ("AveragePool", 22, Cell(6, 1, 3, {"ceil_mode": 1}), (2, 2), "avgpool", CEIL, (2, 2)),
        # rounded up, but smaller than the window: ONNX divides towards zero
        ("MaxPool", 22, Cell(2, 5, 3, {"ceil_mode": 1}), (2, 1), "maxpool", CEIL, None),
        # PyTorch allows half a kernel of padding
        ("MaxPool", 22, Cell(4, 2, 1, {"pads": [2, 2]}), (2, 7), "maxpool", HALF, None),
        # it must be less than the stride or the dilation
        ("ConvTranspose", 22, Cell(4, 3, 1, {"output_padding": [2]}), (2, 8), "conv_transpose",
         {"output_padding": (2,)}, None),
    ],
)  # fmt: skip
def test_where_onnx_differs(
    operator: str, opset: int, cell: Cell, onnx: tuple[int, ...], kind: str, values: Any, here: Any
) -> None:
    assert infer(operator, opset, [cell]) == [onnx]
    assert ours(kind, cell, **values) == here
