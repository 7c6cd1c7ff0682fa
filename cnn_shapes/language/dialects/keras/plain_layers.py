"""Keras' layers that are neither convolutions nor pools: dense, norms, activations, joins, other shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST
from cnn_shapes.language.dialects.keras.activations import activation_of, relu_of
from cnn_shapes.language.dialects.keras.call import KerasCall, SaidLayer, Unsayable, meant, one_or_each, shown
from cnn_shapes.language.dialects.keras.settings import need_known, need_value
from cnn_shapes.language.dialects.keras.windows import Reader, layout_of

_DENSE_WORDS = {"units": "units", "filters": "units", "bias": "use_bias", "activation": "activation"}
_GROUPS = 32  # of Keras' group normalisation, where it does not say


def dense(call: KerasCall) -> list[SaidLayer]:
    """Over the last axis: of a map the same as a convolution with a kernel of 1."""
    need_known(call.config, ("units", "use_bias", "activation"))
    fields: dict[str, Any] = {} if call.config.get("use_bias", True) else {"bias": False}
    kind = activation_of(call.config.get("activation"))
    if kind is not None:
        fields["activation"] = kind
    if not call.rank:
        return [SaidLayer("dense", {"units": call.config["units"], **fields}, words=_DENSE_WORDS)]
    if call.layout != CHANNELS_LAST:
        raise Unsayable("it is of the last axis, which are not the channels")
    stated = {"filters": call.config["units"], "kernel_size": 1}
    return [SaidLayer("conv", {**stated, **fields}, words=_DENSE_WORDS)]


def need_channels(call: KerasCall, word: str = "axis") -> None:
    """Raise Unsayable where a norm is of another axis than the channels."""
    axis = call.config.get(word, -1)
    if call.axis(axis) != call.channels_axis:
        raise Unsayable(f"its {word} is {shown(axis)}, which are not the channels")


def batch_norm(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis", "scale", "center", "renorm", "renorm_clipping", "renorm_momentum"))
    need_value(call.config, renorm=False)
    need_channels(call)
    fields = {name: False for name in ("scale", "center") if not call.config.get(name, True)}
    return [SaidLayer("batchnorm", fields, words={"scale": "scale", "center": "center"})]


def affine_norm(kind: str) -> Reader:
    """A norm that learns a scale and a shift, or neither."""

    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, ("axis", "scale", "center", "groups", "rms_scaling"))
        need_value(call.config, rms_scaling=False)
        need_channels(call)
        scale, center = (call.config.get(name, True) for name in ("scale", "center"))
        if scale != center:
            raise Unsayable(
                f"it learns a {'scale' if scale else 'shift'} alone, and the language both or none"
            )
        fields = {} if scale else {"affine": False}
        if kind != "groupnorm":
            return [SaidLayer(kind, fields)]
        groups = call.config.get("groups", _GROUPS)
        if groups == -1:
            return [SaidLayer("instancenorm", {"affine": True} if scale else {})]
        return [SaidLayer(kind, {"groups": groups, **fields}, words={"groups": "groups"})]

    return read


def rms_norm(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis",))
    need_channels(call)
    return [SaidLayer("rmsnorm")]


def unit_norm(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis", "order"))
    need_value(call.config, order=2)
    need_channels(call)
    return [SaidLayer("l2norm")]


def normalization(call: KerasCall) -> list[SaidLayer]:
    """By a mean and a variance that are stored and not learned, or given and neither."""
    need_known(call.config, ("axis", "invert", "mean", "variance"))
    if call.config.get("mean") is not None:
        return [SaidLayer("identity")]
    need_channels(call)
    return [SaidLayer("batchnorm", {"affine": False})]


def activation(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("activation",))
    kind = activation_of(call.config.get("activation"))
    return [SaidLayer(kind or "identity")]


def relu(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("max_value", "negative_slope", "threshold"))
    return [SaidLayer(relu_of(call.config))]


def prelu(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("shared_axes",))
    shared = call.config.get("shared_axes") or []
    axes = sorted(call.axis(one) for one in shared)
    every = list(range(call.rank + 1))
    spatial = [axis for axis in every if axis != call.channels_axis]
    per = {tuple(every): "tensor", tuple(spatial): "channel", (): "element"}.get(tuple(axes))
    if per is None or (not spatial and not axes):
        per = per and "channel"
    if per is None:
        raise Unsayable(f"its shared_axes are {shown(shared)}")
    return [SaidLayer("prelu", {"per": per})]


def softmax(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis",))
    name = call.axis_name(call.axis(call.config.get("axis", -1)))
    return [SaidLayer("softmax", {} if name == "channels" else {"axis": name})]


def fixed(kind: str, *known: str) -> Reader:
    """A layer whose settings change nothing that is computed here."""

    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, known)
        return [SaidLayer(kind)]

    return read


def dropout(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("rate", "noise_shape"))
    rate = call.config.get("rate", 0)
    if not isinstance(rate, int | float) or not 0 < rate < 1:
        return [SaidLayer("identity")]
    return [SaidLayer("dropout", {"rate": round(rate, 6)})]


def stochastic_depth(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("drop_path_rate",))
    rate = call.config.get("drop_path_rate", 0)
    return (
        [SaidLayer("stochastic_depth", {"rate": round(rate, 6)})] if 0 < rate < 1 else [SaidLayer("identity")]
    )


def layer_scale(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("init_values", "projection_dim"))
    return [SaidLayer("scale", {"per": "channel"})]


def join(kind: str) -> Reader:
    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, ())
        if len(call.inputs) < 2:
            return [SaidLayer("identity")]
        return [SaidLayer(kind)]

    return read


def concatenate(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("axis",))
    name = call.axis_name(call.axis(call.config.get("axis", -1)))
    return [SaidLayer("concat", {} if name == "channels" else {"axis": name})]


def flatten(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ())
    return [SaidLayer("flatten")]


def reshape(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("target_shape",))
    return [reshaped(call.config.get("target_shape"), "target_shape")]


def reshaped(target: Any, word: str) -> SaidLayer:
    """A layer of these sizes without the batch, which Keras calls `word`."""
    sizes = list(target) if isinstance(target, list | tuple) else [target]
    if not sizes or any(type(one) is not int or not (one > 0 or one == -1) for one in sizes):
        raise Unsayable(f"its {word} is {shown(target)}")
    if sizes == [-1]:
        return SaidLayer("flatten")
    return SaidLayer("reshape", {"shape": sizes}, words={"shape": word})


def permute(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("dims",))
    return [SaidLayer("permute", {"order": [int(axis) - 1 for axis in call.config["dims"]]})]


def repeat_vector(call: KerasCall) -> list[SaidLayer]:
    """A vector of C values n times: a map of one row, enlarged."""
    need_known(call.config, ("n",))
    if call.layout != CHANNELS_LAST:
        raise Unsayable("its channels come last, those of the model first")
    sizes = (1, call.inputs[0][0])
    row = SaidLayer("reshape", {"shape": [*sizes]}, sizes=sizes)
    count = call.config["n"]
    return [row] if count == 1 else [row, SaidLayer("upsample", {"scale": count})]


def upsampling(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("size", "interpolation"))
    layout_of(call)
    return [
        SaidLayer(
            "upsample", {"scale": one_or_each(call.config.get("size", 2)), **_interpolated(call, "nearest")}
        )
    ]


def _interpolated(call: KerasCall, default: str) -> dict[str, Any]:
    mode = call.config.get("interpolation", default)
    known = {"nearest": {}, "bilinear": {"mode": "linear"}, "bicubic": {"mode": "bicubic"}}
    if mode not in known:
        raise Unsayable(f"its interpolation is {meant(mode, known)}")
    return dict(known[mode])


def resizing(call: KerasCall) -> list[SaidLayer]:
    need_known(
        call.config,
        ("height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias",
         "fill_mode", "fill_value"),
    )  # fmt: skip
    need_value(call.config, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False)
    layout_of(call)
    size = one_or_each([call.config["height"], call.config["width"]])
    return [SaidLayer("upsample", {"size": size, **_interpolated(call, "bilinear")})]


def center_crop(call: KerasCall) -> list[SaidLayer]:
    """The middle; of what is left over, the larger half goes at the end."""
    need_known(call.config, ("height", "width"))
    layout_of(call)
    first = 1 if call.layout == CHANNELS_FIRST else 0
    lost = [
        size - call.config[word]
        for size, word in zip(call.inputs[0][first:], ("height", "width"), strict=False)
    ]
    if min(lost) < 0:
        raise Unsayable("it is larger than what comes in, which it then resizes")
    if not any(lost):
        return [SaidLayer("identity")]
    return [SaidLayer("crop", {"amount": [[one // 2, one - one // 2] for one in lost]})]


def margins(kind: str, word: str) -> Reader:
    def read(call: KerasCall) -> list[SaidLayer]:
        need_known(call.config, (word,))
        layout_of(call)
        amount = call.config[word]
        rank = call.class_rank
        pairs = [amount] if rank == 1 else list(amount)
        pairs = [[one, one] if isinstance(one, int) else list(one) for one in pairs]
        if not any(map(any, pairs)):
            return [SaidLayer("identity")]
        if all(pair == pairs[0] and pair[0] == pair[1] for pair in pairs):
            return [SaidLayer(kind, {"amount": pairs[0][0]}, words={"amount": word})]
        if all(pair[0] == pair[1] for pair in pairs):
            return [SaidLayer(kind, {"amount": [pair[0] for pair in pairs]}, words={"amount": word})]
        return [SaidLayer(kind, {"amount": pairs}, words={"amount": word})]

    return read


def embedding(call: KerasCall) -> list[SaidLayer]:
    need_known(call.config, ("input_dim", "output_dim", "mask_zero", "input_length", "weights"))
    return [SaidLayer("embedding", {"count": call.config["input_dim"], "units": call.config["output_dim"]},
                  words={"count": "input_dim", "units": "output_dim"})]  # fmt: skip


def refused(call: KerasCall) -> list[SaidLayer]:
    """A layer of Keras which the language has not."""
    raise Unsayable("it has no such layer")


def custom(call: KerasCall) -> list[SaidLayer]:
    """The user's own function: what comes out of it is what the built model says."""
    if call.outputs is None or len(call.outputs) != 1:
        raise Unsayable("what comes out of a function of Python is not said in a file")
    if len(call.inputs) != 1:
        raise Unsayable(f"it is a function of {len(call.inputs)} tensors")
    if call.outputs[0] == call.inputs[0]:
        return [SaidLayer("custom")]
    return [SaidLayer("custom", {"output": list(call.outputs[0])})]


ROWS: Mapping[str, Reader] = {
    "Dense": dense,
    "BatchNormalization": batch_norm,
    "LayerNormalization": affine_norm("layernorm"),
    "GroupNormalization": affine_norm("groupnorm"),
    "RMSNormalization": rms_norm,
    "UnitNormalization": unit_norm,
    "Normalization": normalization,
    "Rescaling": fixed("identity", "scale", "offset"),
    "Activation": activation,
    "ReLU": relu,
    "LeakyReLU": fixed("leaky_relu"),
    "ELU": fixed("elu"),
    "PReLU": prelu,
    "Softmax": softmax,
    "Identity": fixed("identity"),
    "Masking": fixed("identity", "mask_value"),
    "ActivityRegularization": fixed("identity", "l1", "l2"),
    "Dropout": dropout,
    "SpatialDropout1D": dropout,
    "SpatialDropout2D": dropout,
    "SpatialDropout3D": dropout,
    "AlphaDropout": dropout,
    "GaussianDropout": dropout,
    "GaussianNoise": fixed("identity", "stddev"),
    **dict.fromkeys(
        ("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
         "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomErasing",
         "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective",
         "RandomPosterization", "RandomSaturation", "RandomSharpness", "RandomShear", "AutoContrast",
         "Equalization", "Solarization"),
        fixed(
            "identity", "mode", "factor", "fill_mode", "fill_value", "interpolation", "value_range",
            "height_factor", "width_factor", "data_format", "x_factor", "y_factor", "scale", "kernel_size",
            "sigma", "contrast_factor", "saturation_factor", "hue_factor", "brightness_factor", "bins",
            "addition_factor", "threshold_factor",
        ),
    ),
    "Add": join("add"),
    "Subtract": join("subtract"),
    "Average": join("average"),
    "Maximum": join("maximum"),
    "Minimum": join("minimum"),
    "Multiply": join("multiply"),
    "Concatenate": concatenate,
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "RepeatVector": repeat_vector,
    "UpSampling1D": upsampling,
    "UpSampling2D": upsampling,
    "UpSampling3D": upsampling,
    "Resizing": resizing,
    "ZeroPadding1D": margins("pad", "padding"),
    "ZeroPadding2D": margins("pad", "padding"),
    "ZeroPadding3D": margins("pad", "padding"),
    "Cropping1D": margins("crop", "cropping"),
    "Cropping2D": margins("crop", "cropping"),
    "Cropping3D": margins("crop", "cropping"),
    "CenterCrop": center_crop,
    "Embedding": embedding,
    "Lambda": custom,
    **dict.fromkeys(
        ("AdditiveAttention", "AugMix", "CategoryEncoding", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
         "CutMix", "Discretization", "Dot", "EinsumDense", "GroupQueryAttention", "HashedCrossing", "Hashing",
         "IntegerLookup", "LocallyConnected1D", "LocallyConnected2D", "MelSpectrogram", "MixUp", "RNN",
         "RandAugment", "RandomCrop", "RandomElasticTransform", "SpectralNormalization", "STFTSpectrogram",
         "StringLookup", "TFSMLayer", "TextVectorization", "TorchModuleWrapper"),
        refused,
    ),
    # of keras.applications
    "LayerScale": layer_scale,
    "StochasticDepth": stochastic_depth,
}  # fmt: skip
