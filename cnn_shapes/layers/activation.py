"""Activations: they change no shape; only prelu has a weight."""

from __future__ import annotations

from typing import ClassVar

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import ACTIVATIONS
from cnn_shapes.shapes import Shape


class Activation(Layer):
    """A function of each value by itself (softmax: of each vector); changes no shape."""

    family = "activations"
    without_effect = ("dim", "axis", "approximate", "beta", "threshold", "init")


# torch.nn and keras.layers agree on the spelling where both have the layer
_CLASS_NAMES = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "sigmoid": "Sigmoid",
    "hardsigmoid": "Hardsigmoid",
    "hardswish": "Hardswish",
    "tanh": "Tanh",
    "softmax": "Softmax",
    "softplus": "Softplus",
}


class PRelu(Activation):
    """A leaky relu whose slope is learned: one weight (PyTorch's default)."""

    kind = "prelu"
    aliases: ClassVar = {_CLASS_NAMES["prelu"]: None}

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        return 1, 0


ALL: list[type[Layer]] = [PRelu] + [
    type(
        name.title().replace("_", ""),
        (Activation,),
        {
            "kind": name,
            "aliases": {_CLASS_NAMES[name]: None},
            "__doc__": f"The activation {name}; changes no shape.",
            "__module__": __name__,
        },
    )
    for name in ACTIVATIONS
    if name != "prelu"
]
