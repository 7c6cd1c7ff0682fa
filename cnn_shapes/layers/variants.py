"""Classes of frameworks that take other arguments than the kind that they are: how each is written.

`made` gives the layer of the kind, so that nothing else knows of them. Sources: the signatures of PyTorch
2.14, torchvision and Keras 3.15.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from cnn_shapes.layers.base import KERAS, TORCH, TORCHVISION, ClassNames, Layer, Limit, ranked
from cnn_shapes.layers.conv import ConvTranspose
from cnn_shapes.layers.dense import Identity
from cnn_shapes.layers.fields import BadValue, Count
from cnn_shapes.layers.list_fields import Padding, Pairs, PerAxis, Scale, as_written
from cnn_shapes.layers.norm import BatchNorm, GroupNorm
from cnn_shapes.layers.resize import Interpolation, Upsample


class KerasPadding(Padding):
    """Keras' two words: what the output is, not what is taken away."""

    words = ("valid", "same")

    def initial(self, rank: int) -> str:
        return "valid"

    def read(self, raw: object, rank: int, layout: str) -> Pairs | str:
        if raw in self.words:
            return str(raw)
        raise BadValue(self.expected(rank))

    def expected(self, rank: int) -> str:
        return "valid or same, write conv_transpose for numbers"

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> Any:
        return None


class KerasConvTranspose(ConvTranspose):
    """Keras' transposed convolution: with `same` size*stride, else (size - 1)*stride + max(extent, stride).

    With an output_padding of its own it is (size - 1)*stride + extent + output_padding, less the even part of
    the extent with `same`. Source: Keras 3.15, `_get_output_shape_given_tf_padding` of backend_utils. Of an
    odd number of pixels that are taken away the end loses one more, as in TensorFlow.
    """

    is_variant = True
    family = ""
    class_names: ClassVar[Any] = (
        ClassNames(
            KERAS,
            ranked("Conv{}DTranspose", "Convolution{}DTranspose", ranks=(1, 2)),
            ("filters", "kernel_size", "stride", "padding", "output_padding", "", "dilation", "activation"),
        ),
        ClassNames(
            KERAS,
            ranked("Conv{}DTranspose", "Convolution{}DTranspose", ranks=(3,)),
            ("filters", "kernel_size", "stride", "padding", "", "output_padding", "dilation", "activation"),
        ),
    )
    lacks = ("groups",)
    example = "- Conv2DTranspose: {filters: 16, kernel_size: 3, strides: 2, padding: same}\n"
    padding = KerasPadding("valid, or same: then size*stride comes out", "valid")
    output_padding = PerAxis("what is added at the end; worked out where it is not given", None, minimum=0)

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        plain = ConvTranspose(rank, {**values, "padding": ((0, 0),) * rank})
        keeps = values.get("padding") == "same"
        given = values.get("output_padding") or (None,) * rank
        windows = zip(plain.fixed_windows or (), given, strict=True)
        cuts = [_pixels_cut(window.extent, window.stride, added, keeps) for window, added in windows]
        ends = tuple((cut // 2, cut - cut // 2) if cut > 0 else (0, 0) for cut in cuts)
        extra = tuple(max(-cut, 0) for cut in cuts)
        return ConvTranspose(rank, {**values, "padding": as_written(ends), "output_padding": extra})


def _pixels_cut(extent: int, stride: int, added: int | None, keeps: bool) -> int:
    """How many pixels of (size - 1)*stride + extent Keras takes away; negative where it adds some.

    `keeps`: the padding is `same`; `added` is the output_padding.
    """
    if added is not None:
        return extent - extent % 2 - added if keeps else -added
    return extent - stride if keeps else min(extent - stride, 0)


class UpSampling(Upsample):
    """Keras' upsampling, whose size is a factor, 2 where it is not given."""

    is_variant = True
    family = ""
    class_names: ClassVar[Any] = (
        ClassNames(KERAS, ranked("UpSampling{}D", ranks=(1, 3)), ("scale",)),
        ClassNames(KERAS, {"UpSampling2D": 2}, ("scale", "", "mode")),
    )
    example = "- UpSampling2D: {size: 2, interpolation: bilinear}\n"
    one_of: ClassVar[Any] = ()
    reference = ""
    scale = Scale("factor, one number or one per axis", None, ("size",))
    mode = Interpolation("nearest", ("interpolation",))
    lacks = ("size", "like")

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        return Upsample(rank, {"scale": cls.fields["scale"].read(2, rank, ""), **values})


class UpsamplingNearest(Upsample):
    """PyTorch's upsampling of images whose mode is in its name."""

    is_variant = True
    family = ""
    class_names: ClassVar[Any] = (ClassNames(TORCH, {"UpsamplingNearest2d": 2}, ("size", "scale")),)
    example = "- UpsamplingNearest2d: {scale_factor: 2}\n"
    lacks = ("mode",)

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        return Upsample(rank, values)


class UpsamplingBilinear(UpsamplingNearest):
    """The same with values in between."""

    is_variant = True
    class_names: ClassVar[Any] = (ClassNames(TORCH, {"UpsamplingBilinear2d": 2}, ("size", "scale")),)
    example = "- UpsamplingBilinear2d: {scale_factor: 2}\n"

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        return Upsample(rank, {**values, "mode": "linear"})


class Resizing(Upsample):
    """Keras' layer that makes an image as high and wide as it says, larger or smaller."""

    is_variant = True
    family = ""
    shorthand: ClassVar[Any] = None
    class_names: ClassVar[Any] = (ClassNames(KERAS, {"Resizing": 2}, ("height", "width", "mode")),)
    example = "- Resizing: {height: 224, width: 224}\n"
    one_of: ClassVar[Any] = ()
    reference = ""
    without_effect = ("fill_mode", "fill_value", "antialias")
    limited: ClassVar[Any] = {
        "crop_to_aspect_ratio": Limit(False, "write crop before it"),
        "pad_to_aspect_ratio": Limit(False, "write pad before it"),
    }
    height = Count("the height that comes out")
    width = Count("the width that comes out")
    mode = Interpolation("linear", ("interpolation",))
    lacks = ("scale", "size", "like")

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        size = values["height"], values["width"]
        return Upsample(rank, {"mode": "linear", **values, "size": size})


class Rescaling(Identity):
    """Keras' layer that multiplies its input with a number and adds one, neither of them learned."""

    is_variant = True
    family = ""
    class_names: ClassVar[Any] = (ClassNames(KERAS, {"Rescaling": None}),)
    example = "- Rescaling\n"
    without_effect = ("scale", "offset")

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        return Identity(rank, values)


class WithFixedNumbers(BatchNorm):
    """A batch normalisation whose statistics never follow the data: a bias before it is not taken away."""

    family = ""
    subtracts_mean = False
    uses_batch_statistics = False


class FrozenBatchNorm(BatchNorm):
    """Batch normalisation of which nothing is learned: torchvision's class, without affine."""

    is_variant = True
    family = ""
    class_names: ClassVar[Any] = (ClassNames(TORCHVISION, {"FrozenBatchNorm2d": 2}),)
    example = "- FrozenBatchNorm2d\n"
    lacks = ("affine", "scale", "center")

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        return WithFixedNumbers(rank, {**values, "affine": False})


class KerasGroupNorm(GroupNorm):
    """Keras' group normalisation, which has 32 groups where they are not given."""

    is_variant = True
    family = ""
    class_names: ClassVar[Any] = (ClassNames(KERAS, {"GroupNormalization": None}, ("groups",)),)
    example = "- GroupNormalization: {groups: 4}\n"
    groups = Count("groups of channels that are normalised together", 32)

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        return GroupNorm(rank, {"groups": 32, **values})
