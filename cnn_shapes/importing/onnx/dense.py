"""Products with matrices, embeddings and recurrent layers."""

from __future__ import annotations

from typing import Any

from cnn_shapes.importing.arrangement import Arranged, group_of, size_of
from cnn_shapes.importing.building import Refused
from cnn_shapes.importing.onnx.axes import taken_places
from cnn_shapes.importing.onnx.constants import ConstantTensor
from cnn_shapes.importing.onnx.node_reader import NodeOperation, NodeReader, dims_of
from cnn_shapes.importing.operations.attention import product
from cnn_shapes.importing.operations.dense import embedding as torch_embedding
from cnn_shapes.importing.operations.dense import of_last
from cnn_shapes.importing.recording import Weights


def gemm(n: NodeReader) -> Any:
    """A dense layer: the constant is its matrix, turned over where it says so."""
    weight = n.kernel(1, 2)
    x = n.tensor()
    if len(x.dims) != 2 or n.flag("transA"):
        raise Refused("a first matrix that is turned over, or has other than 2 axes")
    units, features = weight.shape if n.flag("transB") else weight.shape[::-1]
    bias = n.weights(2)
    if bias is not None and bias.count not in (1, units):
        raise Refused(f"a bias of {bias.count} numbers for {units} units")
    made = of_last(n.b, n.call, x, weight, None if bias is None else bias, (units, features))
    return made


def matmul(n: NodeReader) -> Any:
    """A dense layer over the last axis, where the second one is a constant; else a product of two tensors."""
    second = n.given(1)
    if isinstance(second, ConstantTensor):
        weight = n.kernel(1)
        if len(weight.shape) != 2:
            raise Refused(f"a constant of {len(weight.shape)} axes as its second matrix")
        features, units = weight.shape
        return of_last(n.b, n.call, n.tensor(), weight, None, (units, features))
    if isinstance(n.given(0), ConstantTensor):
        raise Refused("a constant as its first matrix")
    leading = [dims_of(n.tensor(place))[:-2] for place in (0, 1)]
    if leading[0] != leading[1]:
        raise Refused("a product of matrices, some of which are taken several times")
    return product(n.b, n.call, {"input": n.result(0), "other": n.result(1)})


def gather(n: NodeReader) -> Any:
    """Rows of a matrix by numbers that come in: an embedding. One place along an axis: a part."""
    first, places = n.given(0), n.given(1)
    if isinstance(first, ConstantTensor):
        weight = n.kernel(0, 2)
        if n.whole("axis", 0) != 0:
            raise Refused("columns of a matrix by numbers that come in")
        return torch_embedding(n.b, n.call, {"input": n.result(1), "weight": weight})
    if not isinstance(places, ConstantTensor) or places.values is None or places.count is None:
        raise Refused("places that are computed from the data")
    return taken_places(n, [int(one) for one in places.values.ravel()], places.shape or ())


def recurrent(kind: str, gates: int) -> NodeOperation:
    """[steps, batch, features] become [steps, directions, batch, units], or the other way round."""

    def read(n: NodeReader) -> Any:
        weight, again = n.kernel(1, 3), n.kernel(2, 3)
        units = again.shape[2]
        directions, rows, features = weight.shape
        words = {"forward": 1, "reverse": 1, "bidirectional": 2}
        direction = n.attribute("direction", "forward")
        if words.get(direction) != directions or rows != gates * units or again.shape[1] != rows:
            raise Refused("weights of other sizes than its direction and units say")
        bias = n.weights(3)
        if n.is_given(7):
            raise Refused("a recurrent layer with peepholes")
        x = n.b.with_channels_at(n.call, n.tensor(), -1)
        if len(x.axes) != 2 or len(x.dims) != 3:
            raise Refused("a recurrent layer on more than a sequence")
        batch_first = n.flag("layout")
        if x.dims[0 if batch_first else 1] != (x.batch,):
            raise Refused("a sequence whose axes are the steps, the batch and the features in another order")
        fields: dict[str, Any] = {"units": units, "biases": 0 if bias is None else 2}
        if directions == 2:
            fields["bidirectional"] = True
        size = units * directions
        value = n.layer(
            kind, fields, [x], (size, *x.shape[1:]), weights=[weight], beliefs={"in_channels": features}
        )
        inner, outer = group_of(units), group_of(directions)
        steps = x.dims[1 if batch_first else 0]
        order = [(x.batch,), steps, outer, inner] if batch_first else [steps, outer, (x.batch,), inner]
        made = Arranged(value, ((*outer, *inner), *x.axes[1:]), tuple(order), x.batch)
        return [made, *(None for _ in n.node.outputs[1:])]

    return read


def added_bias(n: NodeReader, x: Arranged, weight: Weights, place: int) -> Arranged | None:
    """The sum of a dense layer and its bias; None where the two are not that."""
    maker = n.maker(place)
    if maker is None or maker.fields.get("bias") is not False or maker.outputs != [x.value]:
        return None
    units = size_of(x.axes[0])
    sizes = (1,) * (len(x.dims) - len(weight.shape)) + weight.shape
    stretched = [dim for dim, size in zip(x.dims, sizes, strict=False) if size > 1]
    if weight.count != units or stretched not in ([x.axes[0]], []):
        return None
    del maker.fields["bias"]
    return x


OPERATIONS: dict[str, NodeOperation] = {
    "Gemm": gemm,
    "MatMul": matmul,
    "Gather": gather,
    "LSTM": recurrent("lstm", 4),
    "GRU": recurrent("gru", 3),
    "RNN": recurrent("rnn", 1),
}
