"""Each layer of Keras, as its config says it, as a layer of the language: what is not known is refused.

The settings are Keras 3.15's; what comes out and the counts are compared with Keras in the oracle tests.
"""

import re
from typing import Any

import pytest

from cnn_shapes.language.dialects.keras.call import KerasCall, SaidLayer, Tensor, Unsayable, Variable
from cnn_shapes.language.dialects.keras.table import LAYERS, OPERATIONS, said_layers
from cnn_shapes.layers import ALIASES, KINDS, layer_of
from cnn_shapes.layers.base import KERAS

IMAGE = (32, 32, 8)
WINDOW = {"strides": [1, 1], "padding": "valid", "data_format": "channels_last", "dilation_rate": [1, 1]}
CONV = {"filters": 4, "kernel_size": [3, 3], **WINDOW, "groups": 1, "activation": "linear", "use_bias": True}
LSTM = {"units": 4, "return_sequences": True, "return_state": False, "use_bias": True}
RELU6 = {"class_name": "ReLU", "config": {"max_value": 6.0, "negative_slope": 0.0}}
FUNCTION = {"module": "builtins", "class_name": "function", "config": "silu", "registered_name": "function"}


def said(
    name: str, config: dict[str, Any], *inputs: tuple[int, ...], is_layer: bool = True, **others: Any
) -> str:
    """What a layer is, in short."""
    try:
        found = said_layers(KerasCall(name, config, inputs or (IMAGE,), **others), is_layer)
    except Unsayable as refusal:
        return f"! {refusal}"
    return "; ".join(map(_text, found))


def _text(layer: SaidLayer) -> str:
    return " ".join([layer.kind, *(f"{name}={value}" for name, value in layer.fields.items())])


ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("Conv2D", CONV, "conv filters=4 kernel_size=3"),
    (
        "Conv2D",
        {**CONV, "kernel_size": [3, 5], "strides": [2, 2]},
        "conv filters=4 kernel_size=[3, 5] stride=2",
    ),
    (
        "Conv2D",
        {**CONV, "padding": "same", "use_bias": False},
        "conv filters=4 kernel_size=3 padding=same bias=False",
    ),
    ("Conv2D", {**CONV, "activation": RELU6}, "conv filters=4 kernel_size=3 activation=relu6"),
    ("Conv2D", {**CONV, "activation": FUNCTION}, "conv filters=4 kernel_size=3 activation=silu"),
    ("Conv2D", {**CONV, "activation": "hard_silu"}, "conv filters=4 kernel_size=3 activation=hardswish"),
    ("Conv2D", {**CONV, "activation": "my>snake"}, "! its activation is my>snake"),
    ("Conv2D", {**CONV, "padding": "full"}, "! its padding is full"),
    ("Conv2D", {**CONV, "spectral": 3}, "! its spectral is 3, which is not known"),
    ("Conv2D", {**CONV, "lora_rank": 4}, "! its lora_rank is 4, which is not known"),
    (
        "Conv2D",
        {**CONV, "data_format": "channels_first"},
        "! its data_format is channels_first, that of the layers before it is channels_last",
    ),
    (
        "Conv2DTranspose",
        {**CONV, "strides": [2, 2], "padding": "same", "output_padding": None},
        "conv_transpose filters=4 kernel_size=3 stride=2 padding=[[0, 1], [0, 1]]",
    ),
    ("MaxPooling2D", {"pool_size": [2, 2], "strides": [2, 2], "padding": "valid"}, "maxpool kernel_size=2"),
    ("MaxPooling2D", {"pool_size": [3, 3], "strides": [2, 2]}, "maxpool kernel_size=3 stride=2"),
    ("MaxPooling2D", {"pool_size": [3, 3], "strides": None}, "maxpool kernel_size=3"),
    ("GlobalAveragePooling2D", {"keepdims": True}, "global_avgpool keepdims=True"),
    (
        "Dense",
        {"units": 3, "use_bias": True, "activation": "softmax"},
        "conv filters=3 kernel_size=1 activation=softmax",
    ),
    ("BatchNormalization", {"axis": -1, "scale": False, "center": True}, "batchnorm scale=False"),
    ("BatchNormalization", {"axis": 3}, "batchnorm"),
    ("BatchNormalization", {"axis": [3]}, "batchnorm"),
    ("BatchNormalization", {"axis": 1}, "! its axis is 1, which are not the channels"),
    ("BatchNormalization", {"renorm": True}, "! its renorm is true"),
    (
        "LayerNormalization",
        {"axis": -1, "scale": False},
        "! it learns a shift alone, and the language both or none",
    ),
    ("LayerNormalization", {"axis": [1, 2, 3]}, "! its axis is [1, 2, 3]"),
    ("GroupNormalization", {"groups": -1, "axis": -1}, "instancenorm affine=True"),
    (
        "Normalization",
        {"axis": [-1], "mean": None, "variance": None, "invert": False},
        "batchnorm affine=False",
    ),
    ("Normalization", {"axis": [-1], "mean": [0.5], "variance": [0.2]}, "identity"),
    ("ReLU", {"max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0}, "relu6"),
    ("ReLU", {"max_value": None, "negative_slope": 0.1, "threshold": 0.0}, "leaky_relu"),
    ("PReLU", {"shared_axes": [1, 2]}, "prelu per=channel"),
    ("PReLU", {"shared_axes": None}, "prelu per=element"),
    ("PReLU", {"shared_axes": [3]}, "! its shared_axes are [3]"),
    ("Softmax", {"axis": 1}, "softmax axis=height"),
    ("Dropout", {"rate": 0.0, "seed": None}, "identity"),
    ("Concatenate", {"axis": -1}, "concat"),
    ("Concatenate", {"axis": 2}, "concat axis=width"),
    ("Reshape", {"target_shape": [64, -1]}, "reshape shape=[64, -1]"),
    ("Reshape", {"target_shape": [-1]}, "flatten"),
    ("Reshape", {"target_shape": [0, 3]}, "! its target_shape is [0, 3]"),
    ("Permute", {"dims": [3, 1, 2]}, "permute order=[2, 0, 1]"),
    ("ZeroPadding2D", {"padding": [[1, 1], [1, 1]]}, "pad amount=1"),
    ("ZeroPadding2D", {"padding": [[0, 1], [1, 1]]}, "pad amount=[[0, 1], [1, 1]]"),
    ("Cropping2D", {"cropping": [[0, 0], [0, 0]]}, "identity"),
    ("UpSampling2D", {"size": [2, 2], "interpolation": "lanczos3"}, "! its interpolation is lanczos3"),
    (
        "Lambda",
        {"function": {"class_name": "__lambda__", "config": {"code": "4wEAAA=="}}},
        "custom output=[4, 4]",
    ),
    ("TimeDistributed", {"layer": {"class_name": "Masking", "config": {}}}, "! it wraps Masking"),
    ("ConvLSTM2D", {"filters": 3}, "! it has no such layer"),
]


@pytest.mark.parametrize(("name", "config", "expected"), ROWS, ids=lambda value: str(value)[:40])
def test_a_layer(name: str, config: dict[str, Any], expected: str) -> None:
    idle = {"name": "x", "trainable": True, "dtype": "float32", "kernel_initializer": {"class_name": "Zeros"}}
    assert said(name, config | idle, outputs=((4, 4),)) == expected


SEQUENCES: list[tuple[str, dict[str, Any], str]] = [
    ("LSTM", LSTM, "lstm units=4"),
    ("LSTM", {**LSTM, "return_state": True}, "! its return_state is true"),
    ("GRU", {**LSTM, "reset_after": True, "return_sequences": False}, "gru units=4 sequences=False biases=2"),
    ("GRU", {**LSTM, "reset_after": True, "use_bias": False}, "gru units=4 biases=0"),
    (
        "Bidirectional",
        {"merge_mode": "concat", "layer": {"class_name": "LSTM", "config": LSTM}},
        "lstm units=4 bidirectional=True",
    ),
    (
        "Bidirectional",
        {"merge_mode": "sum", "layer": {"class_name": "LSTM", "config": LSTM}},
        "! its merge_mode is sum",
    ),
    (
        "TimeDistributed",
        {"layer": {"class_name": "Dense", "config": {"units": 3}}},
        "conv filters=3 kernel_size=1",
    ),
    (
        "TimeDistributed",
        {"layer": {"class_name": "Dense", "config": {"units": 3}, "registered_name": "mine>Dense"}},
        "! it wraps mine>Dense",
    ),
    ("Embedding", {"input_dim": 9, "output_dim": 3}, "embedding count=9 units=3"),
]


@pytest.mark.parametrize(("name", "config", "expected"), SEQUENCES, ids=lambda value: str(value)[:40])
def test_a_layer_of_sequences(name: str, config: dict[str, Any], expected: str) -> None:
    assert said(name, config, (50, 8)) == expected


X, Y = Tensor(0), Tensor(1)
GAMMA, NUMBERS = Variable((8,), True), Variable((8,), False)
OPERATIONS_SAID: list[tuple[str, dict[str, Any], tuple[Any, ...], str]] = [
    ("Add", {}, (X, Y), "add"),
    ("Add", {}, (X, 2.0), ""),
    ("Add", {}, (X, X), ""),
    ("Add", {}, (X, GAMMA), "! a variable that is learned is no factor"),
    ("Multiply", {}, (X, GAMMA), "scale per=channel"),
    ("Multiply", {}, (X, Variable((), True)), "scale per=tensor"),
    ("Multiply", {}, (X, NUMBERS), ""),
    ("Divide", {}, (X, Y), "! it is of two tensors"),
    ("Concatenate", {"axis": -1}, ((X, GAMMA),), "! a variable or a constant goes into it"),
    ("Mean", {"axis": [1, 2], "keepdims": False}, (X,), "global_avgpool"),
    ("Max", {"axis": -1, "keepdims": True}, (X,), "reduce by=max axis=channels"),
    ("Sum", {"axis": 1}, (X,), "reduce by=sum axis=height; reshape shape=[32, 8]"),
    ("Mean", {"axis": None}, (X,), "! it is over all axes, the batch too"),
    ("Mean", {"axis": [0, 1]}, (X,), "! its axis is 0"),
    ("Reshape", {"newshape": [-1, 1024, 8]}, (X,), "reshape shape=[1024, 8]"),
    ("Reshape", {"newshape": [2, 8192]}, (X,), "reshape shape=[8192]"),
    (
        "Reshape",
        {"newshape": [-1, 32, 8]},
        (X,),
        "! its newshape is [-1, 32, 8], which puts other axes together with the batch",
    ),
    ("Transpose", {"axes": [0, 3, 1, 2]}, (X,), "permute order=[2, 0, 1]"),
    ("Transpose", {"axes": [1, 0, 2, 3]}, (X,), "! the batch is not its first axis"),
    ("GetItem", {}, (X, (slice(None), slice(1, -1))), "crop amount=[[1, 1], [0, 0]]"),
    ("GetItem", {}, (X, (slice(None), slice(None, None, 2))), "! its slice has a step"),
    ("GetItem", {}, (X, (0,)), "! it takes a part of the batch"),
    ("GetItem", {}, (X, (Ellipsis, slice(0, 3))), "! it takes a part of the channels"),
    ("Relu6", {}, (X,), "relu6"),
    ("Sqrt", {}, (X,), ""),
    ("Cumsum", {"axis": 1}, (X,), "! it has no such layer"),
]


@pytest.mark.parametrize(("name", "config", "arguments", "expected"), OPERATIONS_SAID)
def test_an_operation(name: str, config: dict[str, Any], arguments: tuple[Any, ...], expected: str) -> None:
    count = 2 if Y in arguments else 1
    assert said(name, config, *(IMAGE,) * count, arguments=arguments, batch=2, is_layer=False) == expected


def test_every_class_that_the_language_reads_is_in_the_table() -> None:
    """A class that a spec may name is read in a model too; Keras has other names for some."""
    named = [names for name in ALIASES for names in layer_of(name).class_names if names.framework == KERAS]
    ours = {name for names in named for name in names.names}
    others = {name for name in ours if name.startswith(("Convolution", "SeparableConvolution"))}
    others |= {name for name in ours if re.fullmatch(r"(Global)?(Avg|Max)Pool[123]D", name)}
    assert ours - others - set(LAYERS) == set()


def test_every_kind_that_the_tables_name_exists() -> None:
    names = [row[2] for row in ROWS] + [row[2] for row in SEQUENCES] + [row[3] for row in OPERATIONS_SAID]
    kinds = {part.split()[0] for name in names if name and name[0] != "!" for part in name.split("; ")}
    assert kinds <= set(KINDS)
    assert len(LAYERS) > 70
    assert len(OPERATIONS) > 60
