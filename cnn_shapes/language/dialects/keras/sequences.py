"""Keras' recurrent layers, attention, and the layers that wrap another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.diagnostics import CHANNELS_LAST
from cnn_shapes.language.dialects.keras.call import KerasCall, SaidLayer, Tensor, Unsayable, shown
from cnn_shapes.language.dialects.keras.plain_layers import ROWS as PLAIN
from cnn_shapes.language.dialects.keras.settings import need_known, need_value
from cnn_shapes.language.dialects.keras.windows import ROWS as WINDOWS
from cnn_shapes.language.dialects.keras.windows import Reader

_RECURRENT = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn"}
_OF_RECURRENT = (
    *("units", "activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout"),
    *("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "reset_after", "use_cudnn"),
    *("zero_output_for_mask", "implementation", "time_major"),
)
_WORDS = {"units": "units", "sequences": "return_sequences", "biases": "use_bias"}
# of each step by itself: a layer over one axis more, along which its window is 1
_ONE_AXIS_MORE = ("Conv1D", "Conv2D", "MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D")
_SAME = (
    *("Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Dropout", "LayerNormalization"),
    *("BatchNormalization", "Identity", "Rescaling"),
)


def recurrent(call: KerasCall) -> list[SaidLayer]:
    if len(call.inputs) > 1:
        raise Unsayable("its first state is another tensor")
    return [_recurrent(call.class_name, call.config)]


def _recurrent(class_name: str, config: Mapping[str, Any], both: bool = False) -> SaidLayer:
    need_known(config, _OF_RECURRENT)
    need_value(config, return_state=False)
    biases = 0 if not config.get("use_bias", True) else 1
    if class_name == "GRU" and biases and config.get("reset_after", True):
        biases = 2
    fields: dict[str, Any] = {"units": config["units"]}
    if both:
        fields["bidirectional"] = True
    if not config.get("return_sequences"):
        fields["sequences"] = False
    if biases != 1:
        fields["biases"] = biases
    return SaidLayer(_RECURRENT[class_name], fields, words=_WORDS)


def bidirectional(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("layer", "merge_mode", "backward_layer"))
    if len(call.inputs) > 1:
        raise Unsayable("its first state is another tensor")
    need_value(call.config, merge_mode="concat")
    name, config = _wrapped(call)
    if name not in _RECURRENT:
        raise Unsayable(f"it wraps {name}")
    entry = _recurrent(name, config, both=True)
    other = call.config.get("backward_layer")
    if other is None:
        return [entry]
    if _class_of(other) != name or _recurrent(name, other["config"], both=True) != entry:
        raise Unsayable("its backward_layer is another one than its layer")
    return [entry]


def _wrapped(call: KerasCall) -> tuple[str, Mapping[str, Any]]:
    """The class and the settings of the layer that another one wraps."""
    inner = call.config.get("layer")
    config = inner.get("config") if isinstance(inner, Mapping) else None
    if not isinstance(config, Mapping):
        raise Unsayable(f"it wraps {shown(inner)}")
    return _class_of(inner), config


def _class_of(inner: Any) -> str:
    name = inner.get("class_name") if isinstance(inner, Mapping) else None
    registered = inner.get("registered_name") if isinstance(inner, Mapping) else None
    if not isinstance(name, str) or (isinstance(registered, str) and ">" in registered):
        raise Unsayable(f"it wraps {shown(registered or name)}")
    return name


def time_distributed(call: KerasCall) -> list[SaidLayer]:
    """A layer at each step: of dense and what keeps shapes the same layer, of a window one axis more."""
    need_known(call.config, ("layer",))
    name, config = _wrapped(call)
    if call.layout != CHANNELS_LAST:
        raise Unsayable("it is known with channels_last only")
    if name in _SAME:
        return PLAIN[name](KerasCall(name, config, call.inputs, layout=call.layout))
    if name == "Flatten" and call.rank:
        from math import prod

        return [SaidLayer("reshape", {"shape": [call.inputs[0][0], prod(call.inputs[0][1:])]})]
    if name not in _ONE_AXIS_MORE:
        raise Unsayable(f"it wraps {name}")
    rank = int(name[-2])
    need_value(config, data_format=call.layout)
    if config.get("padding") not in (None, "valid", "same"):
        raise Unsayable(f"it wraps {name} with padding {shown(config.get('padding'))}")
    more = dict(config)
    for word in ("kernel_size", "strides", "dilation_rate", "pool_size"):
        if more.get(word) is not None:
            value = more[word]
            more[word] = [1, *(value if isinstance(value, list | tuple) else [value] * rank)]
    if "pool_size" in more and more.get("strides") is None:
        more["strides"] = more["pool_size"]
    longer = name.replace(str(rank), str(rank + 1))
    return WINDOWS[longer](KerasCall(longer, more, call.inputs, layout=call.layout))


def multihead_attention(call: KerasCall) -> list[SaidLayer]:
    """Its arguments are the query, the value and, where that is another one, the key."""
    need_known(
        call.config,
        ("num_heads", "key_dim", "value_dim", "dropout", "use_bias", "output_shape", "attention_axes",
         "flash_attention", "use_gate", "sliding_window", "query_shape", "key_shape", "value_shape"),
    )  # fmt: skip
    need_value(call.config, use_gate=False, sliding_window=None)
    given = dict(zip(("query", "value", "key"), call.arguments, strict=False)) | dict(call.named)
    for name, value in given.items():
        if name not in ("query", "value", "key") and isinstance(value, Tensor):
            raise Unsayable(f"its {name} is another tensor")
    if given.get("return_attention_scores") is True:
        raise Unsayable("its scores come out too")
    query, value = given.get("query"), given.get("value")
    key = given.get("key")
    key = value if key is None else key
    if not (isinstance(query, Tensor) and isinstance(value, Tensor) and isinstance(key, Tensor)):
        raise Unsayable("its arguments are of a form that is not known")
    if call.layout != CHANNELS_LAST:
        raise Unsayable("it is known with channels_last only")
    axes = call.config.get("attention_axes")
    if axes is not None:
        every = list(range(1, call.rank + 1))
        found = [axes] if isinstance(axes, int) else list(axes)
        if sorted(one % (call.rank + 2) for one in found) != every:
            raise Unsayable(f"its attention_axes are {shown(axes)}")
    fields: dict[str, Any] = {"heads": call.config["num_heads"]}
    key_size, value_size = call.config["key_dim"], call.config.get("value_dim")
    fields["key_size"] = key_size
    if value_size not in (None, key_size):
        fields["value_size"] = value_size
    output = call.config.get("output_shape")
    if isinstance(output, list | tuple):
        if len(output) != 1:
            raise Unsayable(f"its output_shape is {shown(output)}")
        output = output[0]
    if output is not None:
        fields["filters"] = output
    if not call.config.get("use_bias", True):
        fields["bias"] = False
    places = (query.place, key.place, value.place)
    takes = places[:1] if len({*places}) == 1 else places
    words = {"heads": "num_heads", "key_size": "key_dim", "value_size": "value_dim", "bias": "use_bias"}
    return [SaidLayer("multihead_attention", fields, takes, words)]


def attention(call: KerasCall) -> list[SaidLayer]:
    """Keras' attention of one head without weights; its inputs are query, value and key."""
    need_known(call.config, ("use_scale", "score_mode", "dropout"))
    need_value(call.config, use_scale=False, score_mode="dot")
    if call.layout != CHANNELS_LAST or len(call.inputs) not in (2, 3):
        raise Unsayable("its arguments are of a form that is not known")
    return [SaidLayer("attention", {"heads": 1}, (0, len(call.inputs) - 1, 1))]


ROWS: Mapping[str, Reader] = {
    **dict.fromkeys(_RECURRENT, recurrent),
    "Bidirectional": bidirectional,
    "TimeDistributed": time_distributed,
    "MultiHeadAttention": multihead_attention,
    "Attention": attention,
}
