"""The common activations: they keep the shape; only prelu has weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.layers.axes import CHANNELS_AXIS, Axis, axis_of
from cnn_shapes.layers.base import KERAS, TORCH, ClassNames, Layer, Limit, need_channels
from cnn_shapes.layers.fields import BadValue, Count, whole
from cnn_shapes.layers.shared_weights import CHANNEL, ELEMENT, TENSOR, Per, weights_per
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import Shape
from cnn_shapes.words import say


class Activation(Layer):
    """A function of each value by itself (softmax: of each vector); changes no shape."""

    family = "activations"
    is_activation = True
    in_place = True
    gradient_needs_input = True
    without_effect: ClassVar[tuple[str, ...]] = (
        *("approximate", "beta", "threshold", "init", "max_value"),
        *("alpha_initializer", "alpha_regularizer", "alpha_constraint"),
    )


class Row(NamedTuple):
    """What is true of an activation beside its name: its class, and what its values are."""

    class_name: str = ""  # empty where neither framework has a layer of it
    of_keras: bool = False  # the others are functions there
    never_negative: bool = False
    clips_negative: bool = False
    of_output: bool = False  # its slope follows from what it gives, as frameworks compute it
    limited: Mapping[str, Limit] = {}
    idle: tuple[str, ...] = ()  # arguments beside those that no activation's shape depends on
    says: str = ""


# torch.nn and keras.layers agree on the spelling where both have the layer
_ROWS = {
    "relu": Row(
        "ReLU",
        of_keras=True,
        never_negative=True,
        clips_negative=True,
        of_output=True,
    ),
    "relu6": Row("ReLU6", never_negative=True),
    "leaky_relu": Row("LeakyReLU", of_keras=True, of_output=True),
    "elu": Row("ELU", of_keras=True, of_output=True),
    "selu": Row("SELU"),
    "gelu": Row("GELU"),
    "silu": Row("SiLU"),
    "mish": Row("Mish"),
    "sigmoid": Row("Sigmoid", never_negative=True, of_output=True),
    "hardsigmoid": Row("Hardsigmoid", never_negative=True),
    "hardswish": Row("Hardswish"),
    "tanh": Row("Tanh", of_output=True),
    "softplus": Row("Softplus", never_negative=True),
}


def _class_names(row: Row) -> tuple[ClassNames, ...]:
    if not row.class_name:
        return ()
    names = (ClassNames(TORCH, {row.class_name: None}, ("dim",) if "dim" in row.limited else ()),)
    return (*names, ClassNames(KERAS, {row.class_name: None})) if row.of_keras else names


class _SharedAxes(tuple[Any, ...]):
    """The axes, as Keras counts them, along which values share a slope."""


class SlopePer(Per):
    """What has a slope of its own; under `shared_axes`, which axes share one, as Keras says it."""

    other_values = ("shared_axes",)

    def translate(self, alias: str, raw: Any) -> Any:
        return _SharedAxes(raw if isinstance(raw, list) else [raw]) if alias == "shared_axes" else raw

    def read(self, raw: Any, rank: int, layout: str) -> str:
        if type(raw) is not _SharedAxes:
            return super().read(raw, rank, layout)
        every = [*range(1, rank + 2)]
        spatial = every[1:] if layout == CHANNELS_FIRST else every[:-1]
        shared = sorted(axis for axis in map(whole, raw) if axis is not None)
        for axes, per in ((spatial, CHANNEL), (every, TENSOR), ([], ELEMENT)):
            if shared == axes and len(shared) == len(raw):
                return per
        raise BadValue(
            say(
                "{spatial} (a slope for each channel), {every} (one slope) or [] (one for each element)",
                spatial=spatial,
                every=every,
            )
        )

    def alias_schema(self, alias: str) -> dict[str, Any]:
        return {"type": ["array", "integer"], "items": {"type": "integer"}}


class PRelu(Activation):
    """A leaky relu whose slope is learned: one weight, or one per channel or element."""

    kind = "prelu"
    shorthand = "per"
    class_names = (
        ClassNames(TORCH, {"PReLU": None}, ("num_parameters",)),
        ClassNames(KERAS, {"PReLU": None}),
    )
    weight_names = ("slope",)
    example = "- prelu: channel\n"
    counts_axes = True
    excludes: ClassVar = {"num_parameters": ("per",)}
    per = SlopePer("what has a slope of its own", TENSOR, ("shared_axes",))
    num_parameters = Count("an assertion: 1, or the channels of the input, a slope for each", None)

    def prepare(self) -> None:
        if self.num_parameters is not None and self.num_parameters > 1:
            self.per = self.given.get("per", CHANNEL)

    def shape(self, *inputs: Shape) -> Shape:
        if self.num_parameters is not None and self.num_parameters > 1:
            need_channels(self.num_parameters, inputs[0], "num_parameters")
        return inputs[0]

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return (weights_per(self.per, inputs[0]),)


class Softmax(Activation):
    """The exponentials of the values along an axis, each over their sum; changes no shape."""

    kind = "softmax"
    class_names = (
        ClassNames(TORCH, {"Softmax": None}, ("dim",)),
        ClassNames(TORCH, {"Softmax2d": 2}),
        ClassNames(KERAS, {"Softmax": None}, ("axis",)),
    )
    example = "- softmax\n"
    never_negative = True
    gradient_needs_input = False
    gradient_needs_output = True
    counts_axes = True
    axis = Axis("the axis along which the values sum to 1", CHANNELS_AXIS)

    @property
    def treats_axes_apart(self) -> bool:
        return self.axis != CHANNELS_AXIS

    def shape(self, *inputs: Shape) -> Shape:
        axis_of(self.axis, inputs[0])
        return inputs[0]

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        axis = axis_of(self.axis, inputs[0])
        return tuple(None if number == axis else view for number, view in enumerate(views, 1))


def activation(name: str, row: Row) -> type[Layer]:
    """The kind of an activation that is a function of each value, or of each vector, without weights."""
    return type(
        name.title().replace("_", ""),
        (Activation,),
        {
            "kind": name,
            "class_names": _class_names(row),
            "example": f"- {name}\n",
            "never_negative": row.never_negative,
            "clips_negative": row.clips_negative,
            "gradient_needs_input": not row.of_output,
            "gradient_needs_output": row.of_output,
            "limited": row.limited,
            "without_effect": (*Activation.without_effect, *row.idle),
            "__doc__": f"{row.says or f'The activation {name}'}; changes no shape.",
            "__module__": __name__,
        },
    )


ALL: list[type[Layer]] = [PRelu, *(activation(name, row) for name, row in _ROWS.items()), Softmax]
