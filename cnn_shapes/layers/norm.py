"""Normalisations: they change no shape, but many have weights."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, ClassVar

from cnn_shapes.layers.base import (
    KERAS,
    TORCH,
    ClassNames,
    Division,
    Layer,
    Limit,
    Weighted,
    need_feature_map,
    ranked,
)
from cnn_shapes.layers.fields import Count, Flag
from cnn_shapes.shapes import Shape, ShapeError, ending, listed

# what the arguments of frameworks' norms may be: the language has norms of the channels, affine or not
_OF_CHANNELS = {"axis": Limit(-1, "it is of the channels in every layout, leave it out")}
_BOTH_OR_NEITHER = "scale and shift are learned both, or with affine: false neither"
_BOTH = {name: Limit(True, _BOTH_OR_NEITHER) for name in ("center", "scale", "bias")}

_LARGEST_LISTED = 32  # of the numbers of groups that a message offers


class Norm(Layer):
    """What the normalisations share: with `affine`, a learned scale and shift per channel."""

    family = "normalisations"
    is_norm = True
    in_place = True
    gradient_needs_input = True
    weight_names = ("scale and shift",)
    affine: Any = Flag("a learned scale and shift per channel", True)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return (2 * inputs[0][0],) if self.affine else ()


class BatchNorm(Norm):
    """Batch normalisation: 2C learned, and 2C running statistics that are stored but not learned.

    Without its scale, or without its center, the shift, C are learned. Keras counts all 4C together.
    """

    kind = "batchnorm"
    class_names = (
        ClassNames(TORCH, {**ranked("BatchNorm{}d"), "SyncBatchNorm": None}),
        ClassNames(KERAS, {"BatchNormalization": None}, ("axis",)),
    )
    example = "- batchnorm\n"
    is_linear = True
    subtracts_mean = True
    uses_batch_statistics = True

    without_effect = ("process_group", "renorm_clipping", "renorm_momentum")
    limited: ClassVar = {**_OF_CHANNELS, "renorm": Limit(False, "the language has no batch renormalisation")}
    scale = Flag("a learned factor per channel, where affine is true", True)
    center = Flag("a learned shift per channel, where affine is true", True, ("bias",))

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        learned = (self.scale + self.center) * self.affine
        return (2 * inputs[0][0],) if learned == 2 else (inputs[0][0],) if learned else ()

    def statistics(self, inputs: tuple[Shape, ...]) -> int:
        return 2 * inputs[0][0]


class LayerNorm(Norm):
    """Layer normalisation over the channels (LayerNorm2d, Keras' LayerNormalization): 2C."""

    kind = "layernorm"
    class_names = (ClassNames(KERAS, {"LayerNormalization": None}, ("axis",)),)
    limited: ClassVar = {**_OF_CHANNELS, **_BOTH}
    example = "- layernorm\n"


class InstanceNorm(Norm):
    """Instance normalisation: no weights unless affine."""

    kind = "instancenorm"
    class_names = (ClassNames(TORCH, ranked("InstanceNorm{}d")),)
    example = "- instancenorm\n"
    subtracts_mean = True
    uses_map_statistics = True
    limited: ClassVar = _BOTH
    affine = Flag("a learned scale and shift per channel", False)


class GroupNorm(Norm):
    """Group normalisation: 2C; the groups must divide the channels."""

    kind = "groupnorm"
    shorthand = "groups"
    class_names = (ClassNames(TORCH, {"GroupNorm": None}, ("groups", "")),)
    example = "- groupnorm: 4\n"
    limited: ClassVar = {**_OF_CHANNELS, **_BOTH}
    groups = Count("groups of channels that are normalised together", aliases=("num_groups",))

    def written_on(self, owner: Weighted, stated: Container[str]) -> Layer:
        """With the layer's `norm_groups`; one that is not stated gives way to the file's default."""
        groups = (
            {} if "groups" in self.given and "norm_groups" not in stated else {"groups": owner.norm_groups}
        )
        made = WrittenGroupNorm(self.rank, {**self.given, **groups})
        made.is_stated_on_owner = "norm_groups" in stated
        return made

    def divides(self, x: Shape) -> tuple[Division, ...]:
        return (Division("groups", self.groups, x[0]),)

    def shape(self, *inputs: Shape) -> Shape:
        self.check_divisions(inputs[0])
        return inputs[0]


class RMSNorm(Norm):
    """Root mean square normalisation over the channels, with a learned scale: C.

    Source: Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467.
    """

    kind = "rmsnorm"
    class_names = (ClassNames(KERAS, {"RMSNormalization": None}, ("axis",)),)
    limited: ClassVar = _OF_CHANNELS
    example = "- rmsnorm: {expect: [28, 28, 8]}\n"
    weight_names = ("scale",)
    affine = Flag("a learned scale per channel", True)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return (inputs[0][0],) if self.affine else ()


class GlobalResponseNorm(Norm):
    """Global response normalisation: each channel by its norm over the map, scale and shift learned: 2C.

    Source: Woo et al. 2023 (ConvNeXt V2), https://arxiv.org/abs/2301.00808.
    """

    kind = "grn"
    example = "- grn: {expect: [28, 28, 8]}\n"
    needs_feature_map = True
    affine = None

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return (2 * inputs[0][0],)

    def shape(self, *inputs: Shape) -> Shape:
        need_feature_map(self, inputs[0])
        return inputs[0]


class L2Norm(Layer):
    """Divides the channels at each place by their Euclidean norm: no weights."""

    kind = "l2norm"
    family = "normalisations"
    class_names = (ClassNames(KERAS, {"UnitNormalization": None}),)
    example = "- l2norm: {expect: [28, 28, 8]}\n"
    is_norm = True
    in_place = True
    gradient_needs_input = True
    without_effect = ("axis",)


class WrittenGroupNorm(GroupNorm):
    """The group normalisation that `norm: group` writes after a layer, whose `norm_groups` it has."""

    family = ""
    is_stated_on_owner = True

    def divides(self, x: Shape) -> tuple[Division, ...]:
        return (Division("norm_groups", self.groups, x[0]),)

    def not_divisible(self, division: Division) -> ShapeError:
        error = super().not_divisible(division)
        error.template = (
            f"{{channels}} channel{ending(division.number)} cannot be shared out into the {{groups}} groups "
        )
        error.template += (
            "of norm_groups: write {divisors}"
            if self.is_stated_on_owner
            else "that norm: group makes: write norm_groups: {divisors}"
        )
        most = min(division.number, _LARGEST_LISTED)
        divisors = [number for number in range(1, most + 1) if not division.number % number]
        error.facts["divisors"] = listed(list(map(str, divisors)), "or")
        return error


class LocalResponseNorm(Layer):
    """Local response normalisation (AlexNet): no weights."""

    kind = "lrn"
    family = "normalisations"
    class_names = (ClassNames(TORCH, {"LocalResponseNorm": None}),)
    example = "- lrn\n"
    is_norm = True
    gradient_needs_input = True
    needs_feature_map = True
    without_effect = ("size", "beta", "k")

    def shape(self, *inputs: Shape) -> Shape:
        need_feature_map(self, inputs[0])
        return inputs[0]
