"""Keras' convolutions and pools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cnn_shapes.language.dialects.keras.activations import activation_of
from cnn_shapes.language.dialects.keras.call import KerasCall, SaidLayer, Unsayable, meant, one_or_each, shown
from cnn_shapes.language.dialects.keras.settings import need_known
from cnn_shapes.layers import VARIANTS
from cnn_shapes.layers.fields import CAUSAL

Reader = Callable[[KerasCall], list[SaidLayer]]
# Keras' arguments and the language's fields, in the order of Keras' signatures
_WINDOW = {
    "filters": "filters",
    "kernel_size": "kernel_size",
    "pool_size": "kernel_size",
    "strides": "stride",
    "padding": "padding",
    "dilation_rate": "dilation",
    "groups": "groups",
    "depth_multiplier": "multiplier",
    "use_bias": "bias",
    "activation": "activation",
}
_WORDS = {ours: theirs for theirs, ours in _WINDOW.items() if theirs != "pool_size"}
_POOL_WORDS = {**_WORDS, "kernel_size": "pool_size"}
_DEFAULTS = {"stride": 1, "dilation": 1, "groups": 1, "multiplier": 1, "bias": True}


def layout_of(call: KerasCall) -> None:
    """Raise Unsayable where a layer has its channels elsewhere than the model."""
    said = call.config.get("data_format")
    if said is not None and said != call.layout:
        raise Unsayable(f"its data_format is {shown(said)}, that of the layers before it is {call.layout}")


def window_fields(call: KerasCall, default_stride: Any = 1) -> dict[str, Any]:
    """The fields of a window, without those that say what holds anyway."""
    layout_of(call)
    fields: dict[str, Any] = {}
    for theirs, ours in _WINDOW.items():
        if theirs not in call.config:
            continue
        value = one_or_each(call.config[theirs])
        if ours == "padding":
            if value not in ("valid", "same", CAUSAL):
                raise Unsayable(f"its padding is {meant(value, ('valid', 'same', CAUSAL))}")
            if value != "valid":
                fields[ours] = value
        elif ours == "activation":
            kind = activation_of(value)
            if kind is not None:
                fields[ours] = kind
        elif value != (default_stride if ours == "stride" else _DEFAULTS.get(ours)):
            fields[ours] = value
    return fields


def conv(kind: str) -> Reader:
    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, _WINDOW)
        return [SaidLayer(kind, window_fields(call), words=_WORDS)]

    return read


def conv_transpose(call: KerasCall) -> list[SaidLayer]:
    """Its padding and output_padding in numbers, as Keras works them out."""
    need_known(call.config, (*_WINDOW, "output_padding"))
    fields = window_fields(call)
    rank = call.class_rank

    def each(name: str, default: Any) -> Any:
        value = fields.get(name, default)
        return tuple(value) if isinstance(value, list) else (value,) * rank

    added = call.config.get("output_padding")
    if added is not None:
        added = tuple(added) if isinstance(added, list | tuple) else (added,) * rank
    made: Any = VARIANTS[call.class_name].made(
        rank,
        {
            "filters": fields["filters"],
            "kernel_size": each("kernel_size", 1),
            "stride": each("stride", 1),
            "dilation": each("dilation", 1),
            "padding": fields.get("padding", "valid"),
            **({"output_padding": added} if added is not None else {}),
        },
    )
    fields.pop("padding", None)
    if any(map(any, made.padding)):
        pairs = [before if before == after else [before, after] for before, after in made.padding]
        plain = all(not isinstance(one, list) for one in pairs)
        fields["padding"] = one_or_each(pairs) if plain else [list(pair) for pair in made.padding]
    if any(made.output_padding):
        fields["output_padding"] = one_or_each(made.output_padding)
    order = ("filters", "kernel_size", "stride", "padding", "output_padding")
    ordered = {name: fields.pop(name) for name in order if name in fields}
    return [SaidLayer("conv_transpose", ordered | fields, words=_WORDS)]


def pool(kind: str) -> Reader:
    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, ("pool_size", "strides", "padding"))
        size = one_or_each(call.config.get("pool_size"))
        config = dict(call.config)
        if config.get("strides") is None:
            config.pop("strides", None)
        plain = KerasCall(call.class_name, config, call.inputs, layout=call.layout)
        return [SaidLayer(kind, window_fields(plain, size), words=_POOL_WORDS)]

    return read


def global_pool(kind: str) -> Reader:
    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, ("keepdims",))
        layout_of(call)
        return [SaidLayer(kind, {"keepdims": True} if call.config.get("keepdims") else {})]

    return read


def adaptive_pool(kind: str) -> Reader:
    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, ("output_size",))
        layout_of(call)
        return [SaidLayer(kind, {"output_size": one_or_each(call.config["output_size"])})]

    return read


def _ranked(pattern: str, reader: Reader, ranks: tuple[int, ...] = (1, 2, 3)) -> dict[str, Reader]:
    return {pattern.format(rank): reader for rank in ranks}


ROWS: Mapping[str, Reader] = {
    **_ranked("Conv{}D", conv("conv")),
    **_ranked("DepthwiseConv{}D", conv("depthwise_conv"), (1, 2)),
    **_ranked("SeparableConv{}D", conv("separable_conv"), (1, 2)),
    **_ranked("Conv{}DTranspose", conv_transpose),
    **_ranked("MaxPooling{}D", pool("maxpool")),
    **_ranked("AveragePooling{}D", pool("avgpool")),
    **_ranked("GlobalAveragePooling{}D", global_pool("global_avgpool")),
    **_ranked("GlobalMaxPooling{}D", global_pool("global_maxpool")),
    **_ranked("AdaptiveAveragePooling{}D", adaptive_pool("adaptive_avgpool")),
    **_ranked("AdaptiveMaxPooling{}D", adaptive_pool("adaptive_maxpool")),
}
