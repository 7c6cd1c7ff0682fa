"""Sums, products and other functions of two tensors, or of one and a constant; means along axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn_shapes.importing.arrangement import Arranged
from cnn_shapes.importing.building import Refused
from cnn_shapes.importing.onnx.constants import ConstantTensor
from cnn_shapes.importing.onnx.dense import added_bias
from cnn_shapes.importing.onnx.node_reader import NodeOperation, NodeReader, dims_of
from cnn_shapes.importing.operations.joins import join, scaled
from cnn_shapes.importing.operations.reductions import reduction
from cnn_shapes.importing.recording import ResultOf, Weights


def broadcast(shapes: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The shape of what is made of several, of which sizes of 1 are stretched. Raises Refused."""
    rank = max(map(len, shapes))
    sizes = []
    for column in zip(*([1] * (rank - len(shape)) + list(shape) for shape in shapes), strict=True):
        large = {size for size in column if size != 1}
        if len(large) > 1:
            raise Refused(f"axes of the sizes {sorted(large)} do not fit each other")
        sizes.append(large.pop() if large else 1)
    return tuple(sizes)


def elementwise(kind: str) -> NodeOperation:
    """A reader of a function of two operands, or of any number, some of which may be constants."""

    def read(n: NodeReader) -> Any:
        given = n.all_given
        places = [place for place, one in enumerate(given) if isinstance(one, ResultOf)]
        xs = [n.tensor(place) for place in places]
        if len({x.value for x in xs}) == 1 and len({x.dims for x in xs}) == 1:
            xs = xs[:1]  # twice the same: a square, or twice as much
        x = xs[0]
        for other in xs[1:]:
            x = _joined(n, kind, x, other)
        constants = [(place, one) for place, one in enumerate(given) if isinstance(one, ConstantTensor)]
        for place, one in constants:
            x = _with_constant(n, x, one, place, places[0])
        return x

    return read


def _joined(n: NodeReader, kind: str, x: Arranged, other: Arranged) -> Arranged:
    shape = broadcast([dims_of(x), dims_of(other)])
    rank = len(shape)
    same_rank = [_with_rank(one, rank) for one in (x, other)]
    return join(n.b, n.shaped(shape), kind, same_rank)


def _with_rank(x: Arranged, rank: int) -> Arranged:
    if len(x.dims) == rank:
        return x
    raise Refused("tensors of different numbers of axes")


def _with_constant(n: NodeReader, x: Arranged, one: ConstantTensor, place: int, other: int) -> Arranged:
    """A tensor with numbers that are learned, which is a scale, or with fixed ones, which make no layer."""
    if one.shape is None:
        raise Refused(f"the sizes of {n.node.inputs[place][:60]} are not known")
    dims = dims_of(x)
    if broadcast([dims, one.shape]) != dims:
        raise Refused(f"a tensor that is stretched to the shape of {n.constant_name(place)}")
    if not one.is_learned or one.count == 0:
        return x
    weight = Weights(one.names, one.shape, True)
    if n.node.operation == "Add" and (whole := added_bias(n, x, weight, other)) is not None:
        return whole
    return scaled(n.b, n.call, x, weight, [])


def quotient(n: NodeReader) -> Any:
    """A tensor by numbers keeps everything; by another tensor it is a product for all that is counted."""
    if all(isinstance(one, ResultOf) for one in n.all_given):
        n.left_out("division of two tensors")
    return elementwise("multiply")(n)


def power(n: NodeReader) -> Any:
    if isinstance(n.given(1), ResultOf):
        raise Refused("an exponent that is computed")
    n.left_out(n.node.operation)
    return n.tensor()


def mean(by: str) -> NodeOperation:
    def read(n: NodeReader) -> Any:
        x = n.tensor()
        rank = len(x.dims)
        axes = n.axes(rank)
        keep = n.flag("keepdims", True)
        if axes is None or not axes:
            if n.flag("noop_with_empty_axes"):
                return x
            axes = list(range(rank))
        arguments = {"input": n.result(), "dim": tuple(axes), "keepdim": keep}
        made = reduction(by)(n.b, n.shaped(dims_of(x)), arguments)
        return made[0]

    return read


def of_squares(n: NodeReader) -> Any:
    """A norm, or a sum of other powers: for all that is counted the sum along the axes."""
    n.left_out(n.node.operation)
    return mean("sum")(n)


OPERATIONS: dict[str, NodeOperation] = {
    "Add": elementwise("add"),
    "Sum": elementwise("add"),
    "Sub": elementwise("subtract"),
    "Mul": elementwise("multiply"),
    "Div": quotient,
    "Max": elementwise("maximum"),
    "Min": elementwise("minimum"),
    "Mean": elementwise("average"),
    "Pow": power,
    "ReduceMean": mean("mean"),
    "ReduceMax": mean("max"),
    "ReduceSum": mean("sum"),
    **dict.fromkeys(("ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"), of_squares),
}
