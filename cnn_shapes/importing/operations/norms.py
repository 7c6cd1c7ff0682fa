"""Normalisations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.importing.arrangement import Arranged
from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.operations.operation import TorchOperation, operation, whole
from cnn_shapes.importing.operations.windows import kind_for
from cnn_shapes.importing.recording import RecordedCall, Weights

Arguments = Mapping[str, Any]


def learned(value: Any) -> bool:
    if value is not None and not isinstance(value, Weights):
        raise Refused("a scale or shift that is computed")
    return isinstance(value, Weights) and value.learned


def affine(a: Arguments) -> tuple[bool, bool]:
    """Whether a scale and a shift are learned."""
    return learned(a.get("weight")), learned(a.get("bias"))


def _expect(channels: int, x: Arranged) -> dict[str, Any]:
    return {"expect": [channels, *(None for _ in x.axes[1:])]}


def batch_norm(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    x = b.with_channels_at(call, b.tensor(a["input"]), 1)
    scale, shift = affine(a)
    fields: dict[str, Any] = {}
    if not scale and not shift:
        fields["affine"] = False
    elif not scale or not shift:
        fields["scale" if not scale else "center"] = False
    sized = next((a[name] for name in ("weight", "running_mean") if isinstance(a.get(name), Weights)), None)
    beliefs = {} if sized is None else _expect(sized.shape[0], x)
    kind = "batchnorm"
    if call.error is not None and call.modules and call.modules[-1].class_name[-2:] in ("1d", "2d", "3d"):
        kind = kind_for(call, kind, x, int(call.modules[-1].class_name[-2]))
    value = b.layer(
        call,
        kind,
        fields,
        [x.value],
        x.shape,
        weights=[a.get("weight"), a.get("bias")],
        beliefs=beliefs,
    )
    return x.holding(value)


def instance_norm(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    x = b.with_channels_at(call, b.tensor(a["input"]), 1)
    fields = {"affine": True} if both(a) else {}
    weights = [a.get("weight"), a.get("bias")]
    beliefs = _expect(weights[0].shape[0], x) if isinstance(weights[0], Weights) else {}
    return x.holding(
        b.layer(
            call, "instancenorm", fields, [x.value], x.shape, weights=weights, beliefs=beliefs,
        )
    )  # fmt: skip


def both(a: Arguments) -> bool:
    scale, shift = affine(a)
    if scale != shift:
        raise Refused("a scale without a shift, or a shift without a scale")
    return scale


def group_norm(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    x = b.with_channels_at(call, b.tensor(a["input"]), 1)
    fields = {"groups": whole(a["num_groups"])} | ({} if both(a) else {"affine": False})
    weights = [a.get("weight"), a.get("bias")]
    beliefs = _expect(weights[0].shape[0], x) if isinstance(weights[0], Weights) else {}
    return x.holding(b.layer(call, "groupnorm", fields, [x.value], x.shape, weights=weights, beliefs=beliefs))


def last_norm(kind: str) -> Any:
    """A reader of normalisations over the last dimension, or over all of them: the channels."""

    def read(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
        shape = tuple(map(whole, a["normalized_shape"]))
        if len(shape) > 1:
            raise Refused(f"a normalisation over {len(shape)} dimensions with weights for each element")
        x = b.tensor(a["input"])
        x = b.with_channels_at(call, x, -1)
        if kind == "layernorm":
            fields = {} if both(a) else {"affine": False}
        else:
            fields = {} if learned(a.get("weight")) else {"affine": False}
        value = b.layer(
            call,
            kind,
            fields,
            [x.value],
            x.shape,
            weights=[a.get("weight"), a.get("bias")],
            beliefs=_expect(shape[0], x),
        )
        return x.holding(value)

    return read


def l2norm(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    x = b.tensor(a["input"])
    dim = whole(a.get("dim", 1))
    x = b.with_channels_at(call, x, dim)
    return x.holding(b.layer(call, "l2norm", {}, [x.value], x.shape))


def local_response(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    x = b.as_plain(call, b.tensor(a["input"]))
    return x.holding(b.layer(call, "lrn", {}, [x.value], x.shape))


OPERATIONS: dict[str, TorchOperation] = {
    "batch_norm": operation(
        batch_norm, "input running_mean running_var weight bias training momentum eps",
        "training momentum eps cudnn_enabled",
    ),
    "instance_norm": operation(
        instance_norm, "input running_mean running_var weight bias use_input_stats momentum eps",
        "use_input_stats momentum eps cudnn_enabled",
    ),
    "group_norm": operation(
        group_norm, "input num_groups weight bias eps cudnn_enabled", "eps cudnn_enabled"
    ),
    "layer_norm": operation(
        last_norm("layernorm"), "input normalized_shape weight bias eps cudnn_enable", "eps cudnn_enable"
    ),
    "rms_norm": operation(last_norm("rmsnorm"), "input normalized_shape weight eps", "eps"),
    "normalize": operation(l2norm, "input p dim eps out", "p eps out"),
    "local_response_norm": operation(local_response, "input size alpha beta k", "size alpha beta k"),
}  # fmt: skip
