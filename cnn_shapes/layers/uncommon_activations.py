"""The activations that few networks have, of PyTorch and Keras: all but glu keep the shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from cnn_shapes.layers.activation import Activation, Row, activation
from cnn_shapes.layers.base import TORCH, ClassNames, Division, Layer, Limit
from cnn_shapes.layers.fields import BadValue, Field, whole
from cnn_shapes.shapes import AXIS_NAMES, UNKNOWN, WRONG_RANK, Shape, ShapeError
from cnn_shapes.words import say

_ALONG = "it is over the channels alone; softmax takes another axis, and has the same shape"
_OF_CHANNELS = {"axis": Limit("channels", _ALONG)}
_OF_CHANNELS_IN_TORCH = {**_OF_CHANNELS, "dim": Limit(1, _ALONG)}
_ROWS = {
    "hardtanh": Row("Hardtanh", idle=("min_val", "max_val", "min_value", "max_value")),
    "softsign": Row("Softsign"),
    "logsigmoid": Row("LogSigmoid"),
    "celu": Row("CELU"),
    "hardshrink": Row("Hardshrink", idle=("lambd",)),
    "softshrink": Row("Softshrink", idle=("lambd",)),
    "tanhshrink": Row("Tanhshrink"),
    "softmin": Row("Softmin", never_negative=True, of_output=True, limited=_OF_CHANNELS_IN_TORCH),
    "log_softmax": Row("LogSoftmax", of_output=True, limited=_OF_CHANNELS_IN_TORCH),
    "rrelu": Row("RReLU", idle=("lower", "upper")),
    "exponential": Row(never_negative=True, of_output=True, says="The exponential function of each value"),
    "squareplus": Row(never_negative=True, says="(x + sqrt(x**2 + 4))/2, Keras' squareplus"),
    "sparse_plus": Row(never_negative=True, says="A softplus that is 0 below -1, Keras' sparse_plus"),
    "sparse_sigmoid": Row(never_negative=True, says="(x + 1)/2 between 0 and 1, Keras' sparse_sigmoid"),
    "sparsemax": Row(
        never_negative=True,
        limited=_OF_CHANNELS,
        says="A softmax with zeros (Martins and Astudillo 2016)",
    ),
    "threshold": Row(
        "Threshold",
        idle=("value", "threshold_value", "default_value"),
        says="Puts another value in the place of what is not above a threshold",
    ),
}


class Glu(Activation):
    """A gated linear unit: half of the channels, each times the sigmoid of its partner in the other half.

    Source: Dauphin et al. 2017, https://arxiv.org/abs/1612.08083.
    """

    kind = "glu"
    limited: ClassVar = {"dim": Limit(1, "glu halves the channels, which are axis 1 in PyTorch")}
    example = "- glu: {expect: [28, 28, 4]}\n"
    in_place = False

    def divides(self, x: Shape) -> tuple[Division, ...]:
        return (Division("", 2, x[0], power=0),)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        self.check_divisions(x)
        return Shape((x[0] // 2, *x.sizes))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return None if x is None else Shape((UNKNOWN if x[0] % 2 else x[0] // 2, *x.sizes))

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        channels = inputs[0][0]
        return f"{channels} / 2 = {channels // 2} channels"


class AxisOfGlu(Field[int]):
    """The axis that PyTorch's GLU halves, counted with the batch: it must be that of the channels."""

    def read(self, raw: Any, rank: int, layout: str) -> int:
        if whole(raw) in (1, -1 - rank):
            return 1
        template = "{name} must be {expected}, found {found}: glu halves the channels alone"
        raise BadValue(self.expected(rank), template=template)

    def expected(self, rank: int) -> str:
        return say("1 or {other}, the channels as PyTorch counts", other=-1 - rank)

    def schema(self) -> dict[str, Any]:
        return {"type": ["integer", "string"]}


class HalvesLastAxis(Glu):
    """PyTorch's GLU without its `dim`, which halves the last axis: the channels of a vector alone."""

    family = ""

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if x.rank:
            raise ShapeError(
                WRONG_RANK,
                "GLU without dim halves the last axis, in PyTorch the {axis}: write GLU: {{dim: 1}}, which "
                "halves the channels, or glu",
                pointer="gets {input}",
                axis=AXIS_NAMES[x.rank][-1],
                input=x,
            )
        return super().shape(x)


class TorchGlu(Glu):
    """PyTorch's gated linear unit, which halves the axis `dim`: the last one where it is not given."""

    is_variant = True
    family = ""
    class_names = (ClassNames(TORCH, {"GLU": None}, ("dim",)),)
    limited: ClassVar = {}
    example = "- GLU: {dim: 1}\n"
    counts_axes = True
    dim = AxisOfGlu("the axis that is halved, which must be the channels", None)

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        return Glu(rank) if "dim" in values or not rank else HalvesLastAxis(rank)


ALL: list[type[Layer]] = [Glu, TorchGlu, *(activation(name, row) for name, row in _ROWS.items())]
