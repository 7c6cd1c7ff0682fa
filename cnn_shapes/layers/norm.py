"""Normalisations: they change no shape, but many have weights."""

from __future__ import annotations

from typing import ClassVar

from cnn_shapes.layers.base import (
    KERAS,
    TORCH,
    ClassNames,
    Division,
    Layer,
    need_feature_map,
    ranked,
)
from cnn_shapes.layers.fields import Count, Flag
from cnn_shapes.shapes import Shape


class Norm(Layer):
    """What the normalisations share: with `affine`, a learned scale and shift per channel."""

    family = "normalisations"
    is_norm = True
    in_place = True
    weight_names = ("scale and shift",)
    affine = Flag("a learned scale and shift per channel", True)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return (2 * inputs[0][0],) if self.affine else ()


class BatchNorm(Norm):
    """Batch normalisation: 2C learned, and 2C running statistics that are stored but not learned."""

    kind = "batchnorm"
    class_names = (ClassNames(TORCH, ranked("BatchNorm{}d")),)
    example = "- batchnorm\n"
    is_linear = True
    subtracts_mean = True
    uses_batch_statistics = True
    refused: ClassVar = {
        "BatchNormalization": "write batchnorm: it counts 2C learned parameters and 2C running statistics "
        "apart, where Keras counts 4C together"
    }

    def statistics(self, inputs: tuple[Shape, ...]) -> int:
        return 2 * inputs[0][0]


class LayerNorm(Norm):
    """Layer normalisation over the channels (LayerNorm2d, Keras' LayerNormalization): 2C."""

    kind = "layernorm"
    class_names = (ClassNames(KERAS, {"LayerNormalization": None}),)
    example = "- layernorm\n"
    refused: ClassVar = {
        "LayerNorm": "write layernorm, which normalises over the channels: PyTorch's LayerNorm takes a shape"
    }


class InstanceNorm(Norm):
    """Instance normalisation: no weights unless affine."""

    kind = "instancenorm"
    class_names = (ClassNames(TORCH, ranked("InstanceNorm{}d")),)
    example = "- instancenorm\n"
    subtracts_mean = True
    uses_map_statistics = True
    affine = Flag("a learned scale and shift per channel", False)


class GroupNorm(Norm):
    """Group normalisation: 2C; the groups must divide the channels."""

    kind = "groupnorm"
    shorthand = "groups"
    class_names = (
        ClassNames(TORCH, {"GroupNorm": None}, ("groups",)),
        ClassNames(KERAS, {"GroupNormalization": None}, ("groups",)),
    )
    example = "- groupnorm: 4\n"
    groups = Count("groups of channels that are normalised together")

    def divides(self, x: Shape) -> tuple[Division, ...]:
        return (Division("groups", self.groups, x[0]),)

    def shape(self, *inputs: Shape) -> Shape:
        self.check_divisions(inputs[0])
        return inputs[0]


class LocalResponseNorm(Layer):
    """Local response normalisation (AlexNet): no weights."""

    kind = "lrn"
    family = "normalisations"
    class_names = (ClassNames(TORCH, {"LocalResponseNorm": None}),)
    example = "- lrn\n"
    is_norm = True
    needs_feature_map = True
    without_effect = ("size", "beta", "k")

    def shape(self, *inputs: Shape) -> Shape:
        need_feature_map(self, inputs[0])
        return inputs[0]
