"""The layer kinds, one family a file. The folder is its own registry: nothing lists the kinds again."""

from __future__ import annotations

from importlib import import_module

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import ACTIVATIONS, ADDED_ACTIVATIONS, ADDED_NORMS, CAUSAL, LINEAR, NORMS
from cnn_shapes.registry import modules

_WITHOUT_KINDS = (
    *("axes", "base", "class_answers", "class_names", "division", "fields", "framework_classes"),
    *("list_fields", "reserved", "shared_weights", "sharing", "short_text", "structure", "synonyms"),
    *("terms", "window"),
)


def _kinds() -> tuple[dict[str, type[Layer]], list[type[Layer]]]:
    """The kinds by name, and the variants in which classes of frameworks are written."""
    kinds: dict[str, type[Layer]] = {}
    variants: list[type[Layer]] = []
    for module in modules(__path__):
        if module in _WITHOUT_KINDS:
            continue
        namespace = vars(import_module(f"{__name__}.{module}"))
        for value in [*namespace.values(), *namespace.get("ALL", ())]:
            if not isinstance(value, type) or not issubclass(value, Layer):
                continue
            if value.__dict__.get("is_variant") and value not in variants:
                variants.append(value)
            elif value.__dict__.get("kind") and value.family:
                kinds.setdefault(value.kind, value)
    return kinds, variants


KINDS, _variants = _kinds()
# class names -> how they are written, where that is not as their kind is
VARIANTS = {name: layer for layer in _variants for name in layer.aliases}
# class names of torch.nn and keras.layers -> the kind, and the spatial rank in the name
ALIASES: dict[str, tuple[str, int | None]] = {
    name: (layer.kind, rank)
    for layer in (*KINDS.values(), *_variants)
    for name, rank in layer.aliases.items()
}


def layer_of(word: str) -> type[Layer]:
    """The layer that a kind or a class name is written as. Raises KeyError for another word."""
    return VARIANTS.get(word) or KINDS[ALIASES[word][0] if word in ALIASES else word]


def with_rank(name: str, rank: int) -> str:
    """The class name that means the same for another spatial rank: Conv1d for Conv2d; else the kind."""
    kind, own = ALIASES[name]
    other = name.replace(str(own), str(rank))
    return other if ALIASES.get(other) == (kind, rank) else kind


def arguments_of(name: str) -> tuple[str, ...]:
    """The fields that the arguments of a class name set by place; empty where one changes no shape."""
    return next(names.arguments for names in layer_of(name).class_names if name in names.names)


NORM_KINDS = dict(
    zip(NORMS, ("batchnorm", "layernorm", "instancenorm", "groupnorm", "rmsnorm"), strict=False)
)
# words of fields that were added after the first version: a name of the file wins over them
ADDED_WORDS = frozenset((*ADDED_ACTIVATIONS, LINEAR, *ADDED_NORMS, CAUSAL))
WORDS = ADDED_WORDS | {*NORMS, *ACTIVATIONS, "valid", "half", "same", "exact", "floor", "ceil"}
# arguments of torch.nn and keras.layers that say again what comes in
FROM_INPUT = frozenset(
    (
        *("num_features", "num_channels", "normalized_shape"),
        *("input_shape", "batch_input_shape", "batch_shape", "input_dim", "input_length"),
    )
)
# arguments of torch.nn and keras.layers that change no shape
NO_SHAPE = frozenset(
    (
        *("eps", "epsilon", "momentum", "inplace", "count_include_pad", "track_running_stats"),
        *("padding_mode", "device", "dtype", "p", "alpha", "negative_slope", "return_indices"),
        *("divisor_override", "align_corners", "norm_type", "data_format", "trainable"),
        *("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer"),
        *("activity_regularizer", "kernel_constraint", "bias_constraint", "depthwise_initializer"),
        *("pointwise_initializer", "seed", "recompute_scale_factor", "elementwise_affine"),
        *("scale_initializer", "gamma_initializer", "beta_initializer", "moving_mean_initializer"),
        *("moving_variance_initializer", "gamma_regularizer", "beta_regularizer", "gamma_constraint"),
        *("beta_constraint", "synchronized", "depthwise_regularizer", "depthwise_constraint"),
        *("pointwise_regularizer", "pointwise_constraint", "dynamic", "autocast", "generator"),
    )
)
