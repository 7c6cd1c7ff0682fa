"""Attention without its projections, and products of matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, Factor, Group, group_of, joined, size_of
from cnn_shapes.importing.building import LayerBuilder, Refused, Scores
from cnn_shapes.importing.operations.dense import of_last
from cnn_shapes.importing.operations.operation import TorchOperation, operation
from cnn_shapes.importing.recording import Constant, RecordedCall, Weights

Arguments = Mapping[str, Any]


def dot_product(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """softmax(q @ k) @ v in every head: what is before the last two dimensions, the batch aside."""
    if isinstance(a.get("attn_mask"), Weights) and a["attn_mask"].learned:
        raise Refused(f"an attention with the learned bias {a['attn_mask'].names[0]}")
    if a.get("attn_mask") is not None and not isinstance(a["attn_mask"], Weights | Constant):
        raise Refused("an attention with a mask that is computed")
    return _attention(b, call, *(b.tensor(a[name]) for name in ("query", "key", "value")))


def _attention(
    b: LayerBuilder, call: RecordedCall, query: Arranged, key: Arranged, value: Arranged
) -> Arranged:
    heads = size_of(_leading(query))
    if heads > 1 and size_of(_leading(key)) == size_of(_leading(value)) == 1:
        return _of_shared_keys(b, call, query, key, value)
    if size_of(_leading(key)) != heads or size_of(_leading(value)) != heads:
        raise Refused("an attention of which some heads share their keys")
    placed = [_by_heads(b, call, x) for x in (query, key, value)]
    channels = heads * size_of(value.dims[-1])
    q = placed[0]
    fields = {"heads": heads} if heads > 1 else {}
    made = b.layer(call, "attention", fields, [x.value for x in placed], (channels, *q.shape[1:]))
    last = group_of(size_of(value.dims[-1]))
    axes = ((*_leading(query), *last), *q.axes[1:])
    return Arranged(made, axes, (*q.dims[:-1], last), q.batch)


def _of_shared_keys(
    b: LayerBuilder, call: RecordedCall, query: Arranged, key: Arranged, value: Arranged
) -> Arranged:
    """An attention whose heads have the same keys: one head, whose places are those of all heads."""
    places = (*_leading(query), *query.dims[-2])
    q = b.in_groups(call, query, (query.dims[-1], places))
    k, v = (_by_heads(b, call, x) for x in (key, value))
    channels = size_of(value.dims[-1])
    made = b.layer(call, "attention", {}, [x.value for x in (q, k, v)], (channels, *q.shape[1:]))
    last = group_of(channels)
    return Arranged(made, (last, *q.axes[1:]), (*q.dims[:-1], last), q.batch)


def _leading(x: Arranged) -> Group:
    """The factors of all dimensions before the last two, without the batch."""
    return tuple(factor for factor in joined(x.dims[:-2]) if factor is not x.batch)


def _by_heads(b: LayerBuilder, call: RecordedCall, x: Arranged) -> Arranged:
    """A query, key or value as a map whose channels are its heads, in each what is multiplied."""
    channels = (*_leading(x), *x.dims[-1])
    places = x.dims[-2]
    if x.axes[0] == channels and joined(x.axes[1:]) == places and len(x.axes) > 1:
        return x
    return b.in_groups(call, x, (channels, places))


def product(b: LayerBuilder, call: RecordedCall, a: Arguments) -> Any:
    """A product over the last two dimensions. One with a learned matrix is a dense layer."""
    first, second = a["input"], a["other"]
    if isinstance(second, Weights) and second.learned and len(second.shape) == 2:
        features, units = second.shape
        return of_last(b, call, b.tensor(first), second, None, (units, features))
    x, y = b.tensor(first), b.tensor(second)
    if len(x.dims) < 3 or len(y.dims) != len(x.dims):
        raise Refused("a product with a vector, or of tensors of different numbers of dimensions")
    scores = b.scores.get(x.value)
    if scores is not None and scores.weighs:
        try:
            return _of_scores(b, call, x, scores, y)
        except Refused:  # the two products remain
            pass
    left = b.plain_groups(x)
    upright = b.plain_groups(y)
    turned = (*upright[:-2], upright[-1], upright[-2])
    left_turned = (*left[:-2], left[-1], left[-2])
    fields: dict[str, Any] = {}
    if b.effort(y, turned) < b.effort(y, upright):
        upright, fields = turned, {"transpose": "b"}
    elif b.effort(x, left_turned) < b.effort(x, left):
        left, fields = left_turned, {"transpose": "a"}
    a_value, b_value = b.in_groups(call, x, left), b.in_groups(call, y, upright)
    rows, columns = x.dims[-2], tuple(Factor(factor.size) for factor in y.dims[-1])
    before = b.plain_groups(x)[:-2]
    axes = (*before, rows, columns)
    shape = tuple(map(size_of, axes))
    value = b.layer(call, "matmul", fields, [a_value.value, b_value.value], shape)
    b.scores[value] = Scores(x, y)
    return Arranged(value, axes, (*x.dims[:-1], columns), x.batch)


def _of_scores(
    b: LayerBuilder, call: RecordedCall, weights: Arranged, scores: Scores, value: Arranged
) -> Arranged:
    """The attention that a product of queries and keys, a softmax and this product are together.

    The layers of the first two remain only where something else reads them.
    """
    count = len(value.dims)
    keys = scores.keys.permuted([*range(count - 2), count - 1, count - 2])
    made = _attention(b, call, scores.query, keys, value)
    number = weights.value
    while number in b.scores:
        draft = b.makers[number]
        draft.spare = True
        number = draft.inputs[0]
    return made


_PARAMETERS = "query key value attn_mask dropout_p is_causal scale enable_gqa"
_IGNORED = "dropout_p is_causal scale enable_gqa"
OPERATIONS: dict[str, TorchOperation] = {
    "scaled_dot_product_attention": operation(dot_product, _PARAMETERS, _IGNORED),
    **{name: operation(product, "input other", "out mat2") for name in ("matmul", "bmm", "mm")},
}
