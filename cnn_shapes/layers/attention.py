"""Attention over all places of a map, and the product of two matrices.

The arithmetic of attention is that of Vaswani et al., "Attention Is All You Need" (2017), section 3.2:
softmax(Q*K^T / sqrt(key size)) * V in each head.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_LAST, from_layout, in_layout
from cnn_shapes.layers.base import (
    KERAS,
    TORCH,
    ClassNames,
    Division,
    Layer,
    Limit,
    need_channels,
    need_feature_map,
)
from cnn_shapes.layers.fields import Count, Flag, Word
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import CHANNELS, SHAPE_MISMATCH, SIZES, UNKNOWN, Shape, ShapeError, ending
from cnn_shapes.words import say

_THREE = ("query", "key", "value")
_HEADS = "heads, which attend apart, each with its part of the channels"


def _counted(heads: int) -> str:
    return say("{count} head" if heads == 1 else "{count} heads", count=heads)


class Head(NamedTuple):
    """How many channels one head has of a query or key, and of a value."""

    key: int
    value: int


class Attending(Layer):
    """What both kinds of attention share: of one tensor, or of a query, a key and a value from `from`.

    The query decides at which places something comes out; key and value have their places in common.
    """

    family = "attention"
    gradient_needs_input = True
    takes = (1, 3)
    needs_feature_map = True
    example_input = "[14, 14, 48]"

    def check_places(self, inputs: tuple[Shape, ...]) -> None:
        """Raise where an input has no places, or a key has others than its value."""
        for x in inputs:
            need_feature_map(self, x)
        if len(inputs) > 1 and inputs[1].sizes != inputs[2].sizes:
            raise ShapeError(
                SHAPE_MISMATCH,
                "the key {key} and the value {value} must have the same places",
                field="from",
                about=(SIZES,),
                key=inputs[1],
                value=inputs[2],
            )

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None

    def seen(self, inputs: tuple[Shape, ...]) -> tuple[Shape, Shape, Shape]:
        """The query, the key and the value, which may be one tensor."""
        return (inputs[0], inputs[-2], inputs[-1]) if len(inputs) > 1 else (inputs[0],) * 3


class Attention(Attending):
    """Attention alone, without weights: heads*(2*key_size + value_size) channels become heads*value_size.

    Heads are outermost, in each query, key, value. With `from: [q, k, v]` these are three tensors.
    """

    kind = "attention"
    shorthand = "heads"
    product_names = ("scores", "weighted values")
    example = "- attention: {heads: 4, expect: [14, 14, 16]}\n"
    heads = Count(_HEADS, 1)
    key_size = Count("channels of each head's query and key; equal parts where it is not given", None)
    value_size = Count("channels of each head's value; what remains where it is not given", None)

    def divides(self, x: Shape) -> tuple[Division, ...]:
        given = [size for size in (self.key_size, self.value_size) if size is not None]
        if len(given) == 1:
            return (Division("heads", self.heads, x[0]),)
        if given:
            return ()
        if x[0] % 3:
            return (Division("", 3 * self.heads, x[0], power=0),)
        return (Division("heads", self.heads, x[0] // 3),)

    def not_divisible(self, division: Division) -> ShapeError:
        error = super().not_divisible(division)
        if not division.power:
            error.template = (
                f"{{channels}} channel{ending(division.number)} cannot be shared out into query, key and "
                "value of {heads}: {channels} = {groups}*{whole} + {rest}"
            )
            error.facts["heads"] = _counted(self.heads)
        return error

    def head(self, inputs: tuple[Shape, ...]) -> Head:
        """The sizes of a head. Raises ShapeError where the channels are not a multiple of them."""
        if len(inputs) > 1:
            size = self._part(inputs, 0, self.key_size)
            return Head(self._part(inputs, 1, size), self._part(inputs, 2, self.value_size))
        self.check_divisions(inputs[0])
        channels, key, value = inputs[0][0] // self.heads, self.key_size, self.value_size
        if key is None:
            key = channels // 3 if value is None else (channels - value) // 2
        if value is None:
            value = channels - 2 * key
        if key < 1 or value < 1 or 2 * key + value != channels:
            wanted = self.heads * (2 * max(key, 1) + max(value, 1))
            raise ShapeError(
                SHAPE_MISMATCH,
                "{heads}*(2*{key} + {value}) = {wanted} channels hold query, key and value, found {channels}",
                field="key_size" if self.key_size is not None else "value_size",
                about=(CHANNELS,),
                heads=self.heads,
                key=max(key, 1),
                value=max(value, 1),
                wanted=wanted,
                place=0,
                channels=inputs[0][0],
            )
        return Head(key, value)

    def _part(self, inputs: tuple[Shape, ...], place: int, size: int | None) -> int:
        """The channels that one head has of one of the three."""
        x = inputs[place]
        if size is None:
            if x[0] % self.heads:
                raise super().not_divisible(Division("heads", self.heads, x[0]))
            return x[0] // self.heads
        if x[0] != self.heads * size:
            raise ShapeError(
                SHAPE_MISMATCH,
                f"the {{part}} has {{channels}} channel{ending(x[0])}, "
                "but {heads} of {size} {are} {wanted}",
                field="from",
                about=(CHANNELS,),
                part=say(_THREE[place]),
                place=place,
                channels=x[0],
                heads=_counted(self.heads),
                are="is" if self.heads == 1 else "are",
                size=size,
                wanted=self.heads * size,
            )
        return size

    def shape(self, *inputs: Shape) -> Shape:
        self.check_places(inputs)
        return Shape((self.heads * self.head(inputs).value, *inputs[0].sizes))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        if x is None:
            return None
        channels = UNKNOWN if self.value_size is None else self.heads * self.value_size
        return Shape((channels, *x.sizes))

    def products(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        key, value = map(int, self.head(inputs))
        query, places, _ = self.seen(inputs)
        pairs = _product((*query.sizes, *places.sizes))
        return (pairs * self.heads * key, pairs * self.heads * value)

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        if output is None or not (output.rank and output.known):
            return ""
        key, value = self.head(inputs)
        if len(inputs) > 1:
            return f"{self.heads}*{value} = {self.heads * value} channels"
        return f"{inputs[0][0]} = {self.heads}*(2*{key} + {value}), of which {self.heads}*{value} remain"


class MultiheadAttention(Attending):
    """Attention between four dense layers at every place: of query, key and value, and of what comes out.

    As torch.nn.MultiheadAttention and Keras' MultiHeadAttention count it. Each head has key_size channels of
    query and key, and value_size of the value.
    """

    kind = "multihead_attention"
    shorthand = "heads"
    class_names = (
        ClassNames(TORCH, {"MultiheadAttention": None}, ("in_channels", "heads", "", "bias")),
        ClassNames(KERAS, {"MultiHeadAttention": None}, ("heads", "key_size", "value_size")),
    )
    without_effect = (
        *("dropout", "batch_first", "add_zero_attn", "attention_axes", "flash_attention"),
        "need_weights",
    )
    follows_input: ClassVar = {
        "kdim": "the channels of the key in from: [query, key, value]",
        "vdim": "the channels of the value in from: [query, key, value]",
    }
    limited: ClassVar = {
        "add_bias_kv": Limit(False, "the language counts no learned key and value, state it with custom"),
        "use_gate": Limit(False, "the language counts no weights of a gate, state it with custom"),
        "sliding_window": Limit(None, "it changes what is seen, and no shape: leave it out"),
    }
    example = "- multihead_attention: {heads: 4, expect: [14, 14, 48]}\n"
    weight_names = ("query weights", "key weights", "value weights", "output weights", "biases")
    product_names = ("query", "key", "value", "scores", "weighted values", "output")
    heads = Count(_HEADS, aliases=("num_heads",))
    key_size = Count("channels of each head's query and key; the input's by the heads", None, ("key_dim",))
    value_size = Count("channels of each head's value; key_size where it is not given", None, ("value_dim",))
    filters = Count("channels that come out; the input's where it is not given", None, ("output_shape",))
    bias = Flag("one learned constant per channel of each of the four", True, ("use_bias",))
    in_channels = Count("an assertion: the channels that the input must have", None, ("embed_dim",))

    def divides(self, x: Shape) -> tuple[Division, ...]:
        return (Division("heads", self.heads, x[0]),) if self.key_size is None else ()

    def head(self, x: Shape) -> Head:
        """The sizes of a head for a query of this shape."""
        key = int(x[0]) // int(self.heads) if self.key_size is None else self.key_size
        return Head(key, key if self.value_size is None else self.value_size)

    def shape(self, *inputs: Shape) -> Shape:
        self.check_places(inputs)
        need_channels(self.in_channels, inputs[0], "in_channels")
        self.check_divisions(inputs[0])
        return Shape((inputs[0][0] if self.filters is None else self.filters, *inputs[0].sizes))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return None if x is None else Shape((self.filters or x[0], *x.sizes))

    def _projections(self, inputs: tuple[Shape, ...]) -> tuple[int, int, int, int]:
        """The weights of the four dense layers."""
        query, key, value = self.seen(inputs)
        head = self.head(query)
        out = query[0] if self.filters is None else self.filters
        keys, values = head.key * self.heads, head.value * self.heads
        return (query[0] * keys, key[0] * keys, value[0] * values, values * out)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        found = self._projections(inputs)
        if not self.bias:
            return found
        head = self.head(inputs[0])
        out = inputs[0][0] if self.filters is None else self.filters
        return (*found, self.heads * (2 * head.key + head.value) + out)

    def products(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        query, key, _ = (_product(x.sizes) for x in self.seen(inputs))
        head = self.head(inputs[0])
        weights = self._projections(inputs)
        pairs = query * key * self.heads
        return (
            weights[0] * query,
            weights[1] * key,
            weights[2] * key,
            pairs * head.key,
            pairs * head.value,
            weights[3] * query,
        )


def _product(sizes: Sequence[int]) -> int:
    """The product of sizes, that of terms as they are: one multiplied by 1 would say so."""
    return prod(sizes[1:], start=sizes[0])


class Matmul(Layer):
    """The matrix product over the last two axes, in the file's layout: rows*inner by inner*columns.

    All other axes must be equal: there is a product for each of their places.
    """

    kind = "matmul"
    family = "attention"
    gradient_needs_input = True
    shorthand = "from"
    takes = (2,)
    needs_feature_map = True
    reads_layout = True
    mixes_axes = True
    example = (
        "- conv: {filters: 8, kernel_size: 1, activation: relu, name: a}\n"
        "- conv: {filters: 8, kernel_size: 1, activation: relu, from: input, name: b}\n"
        "- matmul: {from: [a, b], transpose: b, expect: [16, 16, 16]}\n"
    )
    example_input = "[16, 16, 16]"
    product_names = ("products",)
    transpose = Word("which of the two is turned over first", ("none", "a", "b"), "none")
    layout: str

    def prepare(self) -> None:
        self.layout = self.given.get("layout", CHANNELS_LAST)

    def shape(self, *inputs: Shape) -> Shape:
        for x in inputs:
            need_feature_map(self, x)
        first, second = self.turned(*inputs)
        if len(first) != len(second) or first[:-2] != second[:-2]:
            raise self._mismatch(inputs, "all but the last two axes must be equal")
        if first[-1] != second[-2]:
            raise self._mismatch(inputs, "rows of {inner} values need {inner} rows, found {rows}",
                                 inner=first[-1], rows=second[-2])  # fmt: skip
        return Shape(from_layout((*first[:-1], second[-1]), self.layout))

    def turned(self, first: Shape, second: Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The axes of both in the file's layout, the last two of one swapped where it is turned over."""
        a, b = in_layout(first, self.layout), in_layout(second, self.layout)
        if self.transpose == "a":
            a = (*a[:-2], a[-1], a[-2])
        if self.transpose == "b":
            b = (*b[:-2], b[-1], b[-2])
        return a, b

    def _mismatch(self, inputs: tuple[Shape, ...], why: str, **facts: Any) -> ShapeError:
        template = "cannot multiply {first} by {second}"
        if self.transpose != "none":
            template = "cannot multiply {first} by {second} with transpose: " + self.transpose
        return ShapeError(
            SHAPE_MISMATCH,
            f"{template}: {why}",
            field="from",
            about=(SIZES, CHANNELS),
            first=inputs[0],
            second=inputs[1],
            **facts,
        )

    def guess(self, *inputs: Shape | None) -> Shape | None:
        first, second = inputs[0], inputs[-1]
        if first is None or second is None or len(first) != len(second) or first.rank == 0:
            return None
        a, b = self.turned(first, second)
        return Shape(from_layout((*a[:-1], b[-1]), self.layout))

    def products(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        first, second = self.turned(*inputs)
        return (_product((*first, second[-1])),)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        if output is None or not output.known:
            return ""
        first, second = self.turned(*inputs)
        return f"{first[-2]}x{first[-1]} by {second[-2]}x{second[-1]} = {first[-2]}x{second[-1]}"
