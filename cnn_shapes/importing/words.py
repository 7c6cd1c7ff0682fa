"""What torch.nn calls the fields of a layer: its arguments, by the class of the module that makes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cnn_shapes.importing.recording import ModuleCall, RecordedCall, SizeOf

_CONV = {"filters": "out_channels"}
_NORM = {"expect": "num_features"}
_POOL = {"rounding": "ceil_mode"}
_STEPS = {"units": "hidden_size", "layers": "num_layers", "in_channels": "input_size"}
# arguments that have our name are not here: kernel_size, stride, padding, groups, bias, ...
_WORDS: Mapping[str, Mapping[str, str]] = {
    "Conv": _CONV,
    "ConvTranspose": _CONV,
    "Linear": {"units": "out_features", "filters": "out_features", "in_channels": "in_features"},
    "BatchNorm": _NORM,
    "SyncBatchNorm": _NORM,
    "InstanceNorm": _NORM,
    "GroupNorm": {"groups": "num_groups", "expect": "num_channels"},
    "LayerNorm": {"expect": "normalized_shape"},
    "RMSNorm": {"expect": "normalized_shape"},
    "MaxPool": _POOL,
    "AvgPool": _POOL,
    "LPPool": _POOL,
    "Dropout": {"rate": "p"},
    "PReLU": {"per": "num_parameters"},
    "Upsample": {"scale": "scale_factor"},
    "PixelShuffle": {"factor": "upscale_factor"},
    "PixelUnshuffle": {"factor": "downscale_factor"},
    "Embedding": {"count": "num_embeddings", "units": "embedding_dim"},
    "LSTM": _STEPS,
    "GRU": _STEPS,
    "RNN": _STEPS,
    "MultiheadAttention": {"heads": "num_heads", "in_channels": "embed_dim"},
}


def how_asked(call: RecordedCall) -> str:
    """A view or reshape as the user writes it, with {} for its sizes after the batch."""
    sizes = call.arguments[1:]
    if len(sizes) == 1 and isinstance(sizes[0], tuple):
        sizes = sizes[0]
    if call.operation not in ("view", "reshape") or len(sizes) < 2:
        return "a shape of {}"
    batch = "x.size(0)" if isinstance(sizes[0], SizeOf) else str(sizes[0])
    return f"{call.operation}({batch}, {{}})"


def words_of(module: ModuleCall | None, fields: Iterable[str]) -> dict[str, str]:
    """The user's word for each field; none where no module of torch.nn has arguments for them."""
    if module is None or not module.of_torch:
        return {}
    words = _WORDS.get(re.sub(r"[123]d$", "", module.class_name), {})
    return {name: words.get(name, name) for name in fields}
