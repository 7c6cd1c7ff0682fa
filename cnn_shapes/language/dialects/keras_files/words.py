"""Keras' words for the language's fields and kinds, and what its layers need."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnn_shapes.language.dialects.keras_files.graph import GraphCall
from cnn_shapes.language.dialects.writing import speller

_FIELDS = {
    "stride": "strides",
    "dilation": "dilation_rate",
    "multiplier": "depth_multiplier",
    "bias": "use_bias",
    "heads": "num_heads",
    "key_size": "key_dim",
    "value_size": "value_dim",
    "shape": "target_shape",
}
ADDED = frozenset(("filters", "units", "kernel_size", "padding", "groups", "amount", "scale", *_FIELDS))
_KINDS = {
    "conv": "Conv{}D",
    "depthwise_conv": "DepthwiseConv{}D",
    "separable_conv": "SeparableConv{}D",
    "conv_transpose": "Conv{}DTranspose",
    "maxpool": "MaxPooling{}D",
    "avgpool": "AveragePooling{}D",
    "global_avgpool": "GlobalAveragePooling{}D",
    "global_maxpool": "GlobalMaxPooling{}D",
    "batchnorm": "BatchNormalization",
    "dense": "Dense",
    "concat": "Concatenate",
    "add": "Add",
    "multiply": "Multiply",
    "flatten": "Flatten",
    "reshape": "Reshape",
}
_OF_CLASSES = {"UpSampling": {"scale": "size"}}  # fields of single classes
_NEEDED = {
    "Conv": ("filters", "kernel_size"),
    "Separable": ("filters", "kernel_size"),
    "Depthwise": ("kernel_size",),
    "Dense": ("units",),
    "Max": ("pool_size",),
    "Average": ("pool_size",),
    "Embedding": ("input_dim", "output_dim"),
    "Reshape": ("target_shape",),
    "ZeroPadding": ("padding",),
    "Cropping": ("cropping",),
    "LSTM": ("units",),
    "GRU": ("units",),
    "SimpleRNN": ("units",),
    "MultiHeadAttention": ("num_heads", "key_dim"),
}
_WITHOUT = ("Maximum", "Average")  # joins, which only begin so


def speller_of(rank: int) -> Callable[[str], str]:
    """Puts our words into Keras' for a model of this many spatial axes."""
    return speller({kind: name.format(rank) for kind, name in _KINDS.items()}, _FIELDS)


def words_of(class_name: str, known: Mapping[str, str]) -> Mapping[str, str]:
    """Keras' words for the fields of a layer."""
    for begin, words in _OF_CLASSES.items():
        if class_name.startswith(begin):
            return {**known, **words}
    return known


def missing_words(call: GraphCall) -> list[str]:
    """The settings that a layer cannot do without, and that are not there."""
    name, config = call.class_name, call.config
    if name in _WITHOUT or call.layer.get("class_name") is None:
        return []
    needed = next((words for begin, words in _NEEDED.items() if name.startswith(begin)), ())
    return [word for word in needed if config is None or config.get(word) is None]
