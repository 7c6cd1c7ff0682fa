"""The settings of Keras' layers that change neither a shape nor a count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.keras.call import UnknownSetting, Unsayable, shown
from cnn_shapes.layers import NO_SHAPE

IDLE = NO_SHAPE | frozenset(
    (
        *("name", "batch_size", "batch_shape", "batch_input_shape", "input_shape", "sparse", "ragged"),
        *("build_config", "compile_config", "registered_name", "supports_masking", "ragged_rank"),
        *("quantization_config", "lora_alpha", "quantization_mode", "gptq_unpacked_column_size"),
        *("embeddings_initializer", "embeddings_regularizer", "embeddings_constraint"),
        *("recurrent_initializer", "recurrent_regularizer", "recurrent_constraint", "unit_forget_bias"),
        *("alpha_initializer", "alpha_regularizer", "alpha_constraint"),
    )
)
# settings that must have this value: another one is another layer
FIXED: Mapping[str, Any] = {"lora_rank": None}


def need_known(config: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise UnknownSetting where a setting is neither read nor without an effect: nothing is guessed."""
    read = frozenset(known)
    for name, value in config.items():
        if name in read or name in IDLE or (name in FIXED and value == FIXED[name]):
            continue
        raise UnknownSetting(name, value, closest(name, sorted(read | IDLE)))


def need_value(config: Mapping[str, Any], **wanted: Any) -> None:
    """Raise Unsayable where a setting has another value than the one that can be said."""
    for name, value in wanted.items():
        if name in config and config[name] != value:
            raise Unsayable(f"its {name} is {shown(config[name])}")
