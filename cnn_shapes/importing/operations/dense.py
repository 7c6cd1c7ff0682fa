"""Linear, embedding and recurrent layers, and attention with its projections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, Group, group_of, joined
from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.operations.operation import TorchOperation, operation, whole
from cnn_shapes.importing.operations.windows import weights_of, with_bias
from cnn_shapes.importing.recording import RecordedCall, ResultOf, Weights
from cnn_shapes.importing.wording.faults import wrong_state

Arguments = Mapping[str, Any]
LAST = -1


def linear(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    weight = weights_of(a["weight"])
    if not weight.learned or len(weight.shape) != 2:
        raise Refused("a linear layer whose weights are not learned")
    return of_last(b, call, b.tensor(a["input"]), weight, a.get("bias"), weight.shape)


def of_last(
    b: LayerBuilder, call: RecordedCall, x: Arranged, weight: Weights, bias: Any, sizes: tuple[int, ...]
) -> Arranged:
    """A dense layer over the last dimension, `sizes` being units and features.

    On a map that has places beside it is a convolution with a kernel of 1.
    """
    units, features = sizes
    biased = {} if with_bias(bias) else {"bias": False}
    if call.error is not None and x.order is not None and x.axis_of(LAST) != 0:
        x = b.as_plain(call, x)  # a flatten is missing: our dense says so
        places: tuple[int, ...] = ()
    else:
        x = b.with_channels_at(call, x, LAST)
        if len(x.dims) == 2 and len(x.axes) > 1:
            x = b.in_groups(call, x, x.axes[:1])  # its places are of size 1, and gone for the framework
        places = x.shape[1:]
    kind, count, belief = ("conv", "filters", "in_channels") if places else ("dense", "units", "in_features")
    window = {"kernel_size": 1} if places else {}
    value = b.layer(
        call,
        kind,
        {count: units, **window, **biased},
        [x.value],
        (units, *places),
        weights=[weight, bias],
        beliefs={belief: features},
    )
    if not places and len(x.dims) > 2 and call.error is not None:
        return b.fresh(value)
    group = group_of(units)
    return Arranged(value, (group, *x.axes[1:]), (*x.dims[:LAST], group), x.batch)


def embedding(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Arranged:
    x, weight = b.as_plain(call, b.tensor(a["input"])), weights_of(a["weight"])
    if len(x.axes) != 1:
        raise Refused("an embedding of more than a sequence of numbers")
    count, units = weight.shape
    shape = (units, x.shape[0])
    value = b.layer(call, "embedding", {"count": count, "units": units}, [x.value], shape, weights=[weight])
    group = group_of(units)
    return Arranged(value, (group, x.axes[0]), (*x.dims, group), x.batch)


def recurrent(kind: str, gates: int) -> Any:
    """A reader of recurrent layers. Their other results are the states after the last step."""

    def read(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
        arguments = list(call.arguments)
        weights = next(
            [one for one in value if isinstance(one, Weights)]
            for value in arguments
            if isinstance(value, tuple) and value and isinstance(value[0], Weights)
        )
        flags = [one for one in arguments if isinstance(one, bool)]
        layers = next((one for one in arguments if type(one) is int), 1)
        x = b.with_channels_at(call, b.tensor(arguments[0]), LAST)
        if len(x.dims) == 3 and len(x.axes) != 2:  # axes of size 1 are gone for the framework
            x = b.in_groups(call, x, (x.axes[0], joined(x.axes[1:])))
        if len(x.axes) != 2:
            raise Refused("a recurrent layer on more than a sequence")
        units = weights[1].shape[-1]
        both = flags[2] if len(flags) > 2 else call.shapes[0][-1] == 2 * units
        biases = 2 if any(len(one.shape) == 1 for one in weights) else 0
        fields: dict[str, Any] = {"units": units, "biases": biases}
        if both:
            fields["bidirectional"] = True
        if layers > 1:
            fields["layers"] = layers
        if any(one.shape[-2:] != (gates * units, units) for one in weights[1:2]):
            raise Refused("a recurrent layer with a projection")
        size = units * (2 if both else 1)
        value = b.layer(
            call,
            kind,
            fields,
            [x.value],
            (size, *x.shape[1:]),
            weights=weights,
            beliefs={"in_channels": weights[0].shape[-1]},
        )
        group = group_of(size)
        made = Arranged(value, (group, *x.axes[1:]), (*x.dims[:LAST], group), x.batch)
        b.drafts[-1].fault = wrong_state(call, b.recording.batch)
        if len(x.dims) != 3:
            return [made, *(None for _ in call.shapes[1:])]
        state = _last_step(b, call, value, group_of(2 if both else 1), group_of(units))
        if layers == 1:
            return [made, *(state for _ in call.shapes[1:])]
        for place in range(1, len(call.shapes)):
            b.states[ResultOf(call.index, place)] = state, layers * (2 if both else 1)
        return [made, *(None for _ in call.shapes[1:])]

    return read


def _last_step(
    b: LayerBuilder, call: RecordedCall, sequence: int, directions: Group, units: Group
) -> Arranged:
    """The state after the last step: of each direction, of each sample, its units."""
    size, steps = b.shapes[sequence]
    value = b.layer(call, "crop", {"amount": [[steps - 1, 0]]}, [sequence], (size, 1))
    b.drafts[-1].helps = b.drafts[-1].spare = True
    return Arranged(value, ((*directions, *units), ()), (directions, (b.batch,), units), b.batch)


def multihead(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    given = [b.tensor(a[name]) for name in ("query", "key", "value")]
    xs = given[:1] if given[0] == given[1] == given[2] else given
    if a.get("bias_k") is not None or a.get("add_zero_attn"):
        raise Refused("an attention with a learned key and value")
    placed = [b.with_channels_at(call, x, LAST) for x in xs]
    weights = [a.get(name) for name in ("in_proj_weight", "in_proj_bias", "out_proj_weight", "out_proj_bias")]
    weights += [call.named.get(f"{part}_proj_weight") for part in "qkv"]
    fields: dict[str, Any] = {"heads": whole(a["num_heads"])}
    if not with_bias(a.get("out_proj_bias")):
        fields["bias"] = False
    x = placed[0]
    value = b.layer(
        call,
        "multihead_attention",
        fields,
        [one.value for one in placed],
        x.shape,
        weights=weights,
        beliefs={"in_channels": whole(a["embed_dim_to_check"])},
    )
    return [x.holding(value), *(None for _ in call.shapes[1:])]


_HEADS = (
    "query key value embed_dim_to_check num_heads in_proj_weight in_proj_bias bias_k bias_v add_zero_attn "
    "dropout_p out_proj_weight out_proj_bias"
)
_HEADS_IGNORED = (
    "training key_padding_mask need_weights attn_mask use_separate_proj_weight q_proj_weight k_proj_weight "
    "v_proj_weight average_attn_weights is_causal dropout_p static_k static_v"
)
OPERATIONS: dict[str, TorchOperation] = {
    "linear": operation(linear, "input weight bias"),
    "embedding": operation(
        embedding, "input weight", "padding_idx max_norm norm_type scale_grad_by_freq sparse"
    ),
    "lstm": operation(recurrent("lstm", 4), "*given"),
    "gru": operation(recurrent("gru", 3), "*given"),
    "rnn_tanh": operation(recurrent("rnn", 1), "*given"),
    "rnn_relu": operation(recurrent("rnn", 1), "*given"),
    "multi_head_attention_forward": operation(multihead, _HEADS, _HEADS_IGNORED),
}
