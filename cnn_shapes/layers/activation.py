"""Activations: they change no shape; only prelu has a weight."""

from __future__ import annotations

from cnn_shapes.layers.base import KERAS, TORCH, ClassNames, Layer
from cnn_shapes.layers.fields import ACTIVATIONS
from cnn_shapes.shapes import Shape


class Activation(Layer):
    """A function of each value by itself (softmax: of each vector); changes no shape."""

    family = "activations"
    is_activation = True
    in_place = True
    without_effect = ("dim", "axis", "approximate", "beta", "threshold", "init")


_NEVER_NEGATIVE = ("relu", "relu6", "sigmoid", "hardsigmoid", "softmax", "softplus")
_LAYERS_OF_KERAS = ("relu", "leaky_relu", "prelu", "elu", "softmax")  # the others are functions there
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


def _class_names(kind: str) -> tuple[ClassNames, ...]:
    frameworks = (TORCH, KERAS) if kind in _LAYERS_OF_KERAS else (TORCH,)
    return tuple([ClassNames(framework, {_CLASS_NAMES[kind]: None}) for framework in frameworks])


class PRelu(Activation):
    """A leaky relu whose slope is learned: one weight (PyTorch's default)."""

    kind = "prelu"
    class_names = _class_names("prelu")
    weight_names = ("slope",)
    example = "- prelu\n"

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return (1,)


ALL: list[type[Layer]] = [PRelu] + [
    type(
        name.title().replace("_", ""),
        (Activation,),
        {
            "kind": name,
            "class_names": _class_names(name),
            "example": f"- {name}\n",
            "never_negative": name in _NEVER_NEGATIVE,
            "clips_negative": name == "relu",
            "__doc__": f"The activation {name}; changes no shape.",
            "__module__": __name__,
        },
    )
    for name in ACTIVATIONS
    if name != "prelu"
]
