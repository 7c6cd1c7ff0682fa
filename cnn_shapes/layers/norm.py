"""Normalisations: they change no shape, but many have weights."""

from __future__ import annotations

from typing import ClassVar

from cnn_shapes.layers.base import Layer, need_feature_map, ranked
from cnn_shapes.layers.fields import Count, Flag
from cnn_shapes.shapes import Shape, ShapeError


class Norm(Layer):
    """What the normalisations share: with `affine`, a learned scale and shift per channel."""

    family = "normalisations"
    affine = Flag("a learned scale and shift per channel", True)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        return (2 * inputs[0][0] if self.affine else 0), 0


class BatchNorm(Norm):
    """Batch normalisation: 2C learned, and 2C running statistics that are stored but not learned."""

    kind = "batchnorm"
    aliases = ranked("BatchNorm{}d")
    refused: ClassVar = {
        "BatchNormalization": "write batchnorm: it counts 2C learned parameters and 2C running statistics "
        "apart, where Keras counts 4C together"
    }

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        channels = inputs[0][0]
        return 2 * channels if self.affine else 0, 2 * channels


class LayerNorm(Norm):
    """Layer normalisation over the channels (LayerNorm2d, Keras' LayerNormalization): 2C."""

    kind = "layernorm"
    aliases: ClassVar = {"LayerNormalization": None}
    refused: ClassVar = {
        "LayerNorm": "write layernorm, which normalises over the channels: PyTorch's LayerNorm takes a shape"
    }


class InstanceNorm(Norm):
    """Instance normalisation: no weights unless affine."""

    kind = "instancenorm"
    aliases = ranked("InstanceNorm{}d")
    affine = Flag("a learned scale and shift per channel", False)


class GroupNorm(Norm):
    """Group normalisation: 2C; the groups must divide the channels."""

    kind = "groupnorm"
    shorthand = "groups"
    aliases: ClassVar = {"GroupNorm": None, "GroupNormalization": None}
    groups = Count("groups of channels that are normalised together")

    def shape(self, *inputs: Shape) -> Shape:
        need_divisible(inputs[0].channels, self.groups)
        return inputs[0]


class LocalResponseNorm(Layer):
    """Local response normalisation (AlexNet): no weights."""

    kind = "lrn"
    family = "normalisations"
    aliases: ClassVar = {"LocalResponseNorm": None}

    def shape(self, *inputs: Shape) -> Shape:
        need_feature_map(self, inputs[0])
        return inputs[0]

    without_effect = ("size", "beta", "k")


def need_divisible(channels: int, groups: int) -> None:
    """Raise `groups-not-divisible` where the groups do not divide the channels."""
    if channels % groups:
        raise ShapeError(
            "groups-not-divisible",
            "{channels} channels cannot be shared out into {groups} equal groups: "
            "{channels} = {groups}*{whole} + {rest}",
            field="groups",
            channels=channels,
            groups=groups,
            whole=channels // groups,
            rest=channels % groups,
        )
