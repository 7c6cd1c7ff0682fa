"""TensorFlow's functions in a model of Keras 2, as the operations of Keras 3 that do the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.language.dialects.keras.call import Tensor, Unsayable

LAYERS_OF_FUNCTIONS = ("TFOpLambda", "SlicingOpLambda")
_Named = Mapping[str, Any]
# the arguments of functions, by the settings of the operations
_SETTINGS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    **dict.fromkeys(("math.add", "__operators__.add", "add"), ("Add", {})),
    **dict.fromkeys(("math.subtract", "subtract"), ("Subtract", {})),
    **dict.fromkeys(("math.multiply", "multiply"), ("Multiply", {})),
    **dict.fromkeys(("math.divide", "math.truediv", "truediv"), ("TrueDivide", {})),
    **dict.fromkeys(("math.maximum", "maximum"), ("Maximum", {})),
    **dict.fromkeys(("math.minimum", "minimum"), ("Minimum", {})),
    "math.pow": ("Power", {}),
    "nn.relu": ("Relu", {}),
    "nn.relu6": ("Relu6", {}),
    "nn.elu": ("Elu", {}),
    "nn.selu": ("Selu", {}),
    "nn.gelu": ("Gelu", {"approximate": "approximate"}),
    **dict.fromkeys(("nn.silu", "nn.swish"), ("Silu", {})),
    "nn.leaky_relu": ("LeakyRelu", {"alpha": "negative_slope"}),
    **dict.fromkeys(("nn.softplus", "math.softplus"), ("Softplus", {})),
    **dict.fromkeys(("nn.softsign", "math.softsign"), ("Softsign", {})),
    **dict.fromkeys(("nn.sigmoid", "math.sigmoid"), ("Sigmoid", {})),
    **dict.fromkeys(("nn.tanh", "math.tanh"), ("Tanh", {})),
    "nn.softmax": ("Softmax", {"axis": "axis"}),
    "math.exp": ("Exp", {}),
    "math.square": ("Square", {}),
    "math.sqrt": ("Sqrt", {}),
    "math.rsqrt": ("Rsqrt", {}),
    "math.abs": ("Abs", {}),
    "math.negative": ("Negative", {}),
    "math.log": ("Log", {}),
    "cast": ("Cast", {"dtype": "dtype"}),
    "identity": ("Identity", {}),
    "stop_gradient": ("StopGradient", {}),
    "clip_by_value": ("Clip", {"clip_value_min": "x_min", "clip_value_max": "x_max"}),
    **{
        f"math.reduce_{name.lower()}": (name, {"axis": "axis", "keepdims": "keepdims"})
        for name in ("Mean", "Max", "Sum")
    },
    "concat": ("Concatenate", {"axis": "axis"}),
    "reshape": ("Reshape", {"shape": "newshape"}),
    "transpose": ("Transpose", {"perm": "axes"}),
    "expand_dims": ("ExpandDims", {"axis": "axis"}),
    "squeeze": ("Squeeze", {"axis": "axis"}),
    "linalg.matmul": ("Matmul", {}),
    "nn.depth_to_space": ("DepthToSpace", {"block_size": "block_size"}),
    "nn.space_to_depth": ("SpaceToDepth", {"block_size": "block_size"}),
    "image.resize": ("Resize", {"size": "size", "method": "interpolation"}),
    "__operators__.getitem": ("GetItem", {}),
}
_OF_TENSORS = ("y", "x", "value", "b", "slice_spec")  # arguments that stay those of the call
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "Softmax": {"axis": -1},
    "Resize": {"interpolation": "bilinear"},
    "Squeeze": {"axis": None},
}


def operation_of(
    function: str, arguments: tuple[Any, ...], named: _Named
) -> tuple[str, dict[str, Any], tuple[Any, ...]]:
    """The operation that a function is: its class, settings and arguments. Raises Unsayable."""
    function = function.removeprefix("tf.").removeprefix("compat.v1.")
    if function not in _SETTINGS:
        raise Unsayable(f"it calls {function}, which is not known")
    class_name, words = _SETTINGS[function]
    settings = dict(_DEFAULTS.get(class_name, {}))
    given = list(arguments)
    for word, value in named.items():
        if word in words:
            settings[words[word]] = value
        elif word == "slice_spec":
            given.append(_index(value))
        elif word in _OF_TENSORS:
            given.append(value)
        elif value not in (None, False) and word != "dtype":
            raise Unsayable(f"{function} is called with {word}, which is not known")
    if class_name == "Concatenate" and len(given) == 1 and isinstance(given[0], Tensor):
        raise Unsayable("one tensor alone is put together")
    return class_name, settings, tuple(given)


def _index(value: Any) -> Any:
    """What is taken of each axis: a number, or where it starts, stops and steps."""
    if isinstance(value, list | tuple):
        return tuple(map(_index, value))
    if isinstance(value, Mapping):
        ends = [value.get(word) for word in ("start", "stop", "step")]
        if all(one is None or type(one) is int for one in ends):
            return slice(*ends)
        return None
    return Ellipsis if value == "..." else value
