"""The lookup of vectors by number."""

from __future__ import annotations

from typing import ClassVar

from cnn_shapes.layers.base import KERAS, TORCH, ClassNames, Layer
from cnn_shapes.layers.dense import LORA
from cnn_shapes.layers.fields import Count
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import UNKNOWN, WRONG_RANK, Shape, ShapeError


class Embedding(Layer):
    """A learned vector for each of `count` numbers: [length] of these becomes [length, units]: count*units.

    Nothing is multiplied. Sources: torch.nn.Embedding and keras.layers.Embedding.
    """

    kind = "embedding"
    family = "sequences"
    gradient_needs_input = True
    shorthand = "count"
    class_names = (
        ClassNames(TORCH, {"Embedding": None}, ("count", "units")),
        ClassNames(KERAS, {"Embedding": None}, ("count", "units")),
    )
    example = "- embedding: {count: 1000, units: 16, expect: [50, 16]}\n"
    example_input = "[50]"
    keeps_axes = False
    limited: ClassVar = LORA
    without_effect: ClassVar = (
        *("weights", "_weight", "_freeze", "lora_alpha", "quantization_config"),
        *("padding_idx", "max_norm", "scale_grad_by_freq", "sparse", "mask_zero", "embeddings_initializer"),
        *("embeddings_regularizer", "embeddings_constraint"),
    )
    weight_names = ("vectors",)
    count = Count("how many different numbers come in, from 0 on", aliases=("num_embeddings", "input_dim"))
    units = Count("the length of each vector, and so the channels", aliases=("embedding_dim", "output_dim"))

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if x.rank:
            raise ShapeError(
                WRONG_RANK,
                "embedding needs a list of numbers [length], found a {input} map",
                pointer="gets a {input} map",
                input=x,
            )
        return Shape((self.units, x[0]))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return Shape((self.units, UNKNOWN if x is None or x.rank else x[0]))

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return (self.count * self.units,)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None
