"""What each type of layer of Caffe is in our language. Source: caffe.proto and src/caffe/layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnn_shapes.language.dialects.caffe.axes import (
    concat,
    crop,
    eltwise,
    flatten,
    join,
    permute,
    reshape,
    slice_,
    softmax,
    split,
)
from cnn_shapes.language.dialects.caffe.so_far import BlobsSoFar, LayerText
from cnn_shapes.language.dialects.caffe.windows import convolution, pooling
from cnn_shapes.language.dialects.writing import Given, Told, told

_FILLERS = "weight_filler bias_filler engine"
_WINDOW = "pad pad_h pad_w kernel_size kernel_h kernel_w stride stride_h stride_w"


class LayerType(NamedTuple):
    """How a type is read: the message of its parameters, their names, and what writes it."""

    params: str
    known: str
    make: Callable[[BlobsSoFar, LayerText], None]


def _alike(kind: str, **fields: Told) -> Callable[[BlobsSoFar, LayerText], None]:
    """A layer that is one of our kinds and keeps the shape."""

    def make(here: BlobsSoFar, layer: LayerText) -> None:
        here.keep(layer, kind, fields)

    return make


def _inner_product(here: BlobsSoFar, layer: LayerText) -> None:
    found = here.bottoms(layer, 1)
    units = here.number(layer.params, "num_output")
    if units is None:
        here.needs(layer, "num_output")
    if found is None or units is None:
        here.broken(layer)
        return
    if here.number(layer.params, "axis", 1) not in (1, -1):
        here.refuse(layer, "axis of InnerProduct must be 1")
        return
    sources = [here.source_of(layer.bottoms[0])]
    shape = found[0].shape
    if shape is None or len(shape) > 1:
        flat = here.writer.name_for(f"{layer.name}_flat", f"{layer.name} (flattened)")
        here.entry("flatten", layer, flat, {}, sources)
        sources = [Told(flat)]
    fields: dict[str, Given] = {"units": here.told(layer.params, "num_output", units)}
    if not here.is_true(layer.params, "bias_term", True):
        fields["bias"] = told(False)
    name = here.writer.name_for(layer.name)
    here.entry("dense", layer, name, fields, sources)
    here.make(layer, name, (units,))


def _relu(here: BlobsSoFar, layer: LayerText) -> None:
    slope = layer.params.text("negative_slope", "0") if layer.params is not None else "0"
    here.keep(layer, "leaky_relu" if slope.strip("0.") else "relu", {})


def _prelu(here: BlobsSoFar, layer: LayerText) -> None:
    shared = here.is_true(layer.params, "channel_shared", False)
    here.keep(layer, "prelu", {"per": told("tensor" if shared else "channel")})


def _dropout(here: BlobsSoFar, layer: LayerText) -> None:
    literal = layer.params.literal("dropout_ratio") if layer.params is not None else None
    rate = "0.5" if literal is None else literal.text.rstrip("f")
    rate = f"0{rate}" if rate.startswith(".") else rate
    here.keep(layer, "dropout", {"rate": Told(rate, None if literal is None else literal.place)})


def _scale(here: BlobsSoFar, layer: LayerText) -> None:
    """Of one blob a learned factor for each channel; of two their product."""
    found = here.bottoms(layer, len(layer.bottoms))
    if found is None or len(found) not in (1, 2):
        if found is not None:
            here.bottoms(layer, 1)
        here.broken(layer)
        return
    bias = here.is_true(layer.params, "bias_term", False)
    if len(found) == 2:
        if bias:
            here.refuse(layer, "a Scale of two blobs with a bias cannot be said in the language")
            return
        join(here, layer, "multiply", {})
        return
    if here.number(layer.params, "axis", 1) != 1 or here.number(layer.params, "num_axes", 1) != 1:
        here.refuse(layer, "a Scale along other axes than the channels cannot be said in the language")
        return
    here.keep(layer, "scale", {"bias": told(True)} if bias else {})


def _axpy(here: BlobsSoFar, layer: LayerText) -> None:
    """scale*x + y, of three blobs in this order."""
    found = here.bottoms(layer, 3)
    if found is None:
        here.broken(layer)
        return
    scale, x, y = (here.source_of(bottom) for bottom in layer.bottoms)
    product = here.writer.name_for(f"{layer.name}_product", f"{layer.name} (the product)")
    here.entry("multiply", layer, product, {}, [x, scale])
    name = here.writer.name_for(layer.name)
    here.entry("add", layer, name, {}, [Told(product), y])
    here.make(layer, name, found[1].shape)


def _normalize(here: BlobsSoFar, layer: LayerText) -> None:
    """SSD's: the values of each place to length one, times a learned factor."""
    if here.is_true(layer.params, "across_spatial", True):
        here.refuse(layer, "a Normalize across_spatial cannot be said in the language")
        return
    found = here.bottoms(layer, 1)
    if found is None:
        here.broken(layer)
        return
    name = here.writer.name_for(layer.name)
    norm = here.writer.name_for(f"{layer.name}_norm", f"{layer.name} (before its scale)")
    here.entry("l2norm", layer, norm, {}, [here.source_of(layer.bottoms[0])])
    shared = here.is_true(layer.params, "channel_shared", True)
    here.entry("scale", layer, name, {"per": told("tensor" if shared else "channel")}, [Told(norm)])
    here.make(layer, name, found[0].shape)


def _shuffle(here: BlobsSoFar, layer: LayerText) -> None:
    groups = here.number(layer.params, "group", 1)
    here.keep(layer, "channel_shuffle", {"groups": here.told(layer.params, "group", groups)})


def _upsample(here: BlobsSoFar, layer: LayerText) -> None:
    """Of one blob its values repeated; of two they go where a pool took them, in the size it had."""
    found = here.bottoms(layer, max(1, min(len(layer.bottoms), 2)))
    if found is None:
        here.broken(layer)
        return
    shape = found[0].shape
    factor = here.number(layer.params, "scale", 2) or 2
    out = None if shape is None else (shape[0], *(size * factor for size in shape[1:]))
    sources = [here.source_of(bottom) for bottom in layer.bottoms]
    if len(found) == 2 and found[1].mask:
        name = here.writer.name_for(layer.name)
        here.read.add(sources[1].text)
        here.entry("max_unpool", layer, name, {"like": sources[1]}, sources[:1])
        here.make(layer, name, found[1].shape)
        return
    given = [key for key in ("scale_h", "scale_w", "upsample_h", "upsample_w") if _is_given(layer, key)]
    if len(found) == 2 or given:
        here.refuse(layer, "an Upsample with {what} cannot be said", what=", ".join(given) or "two bottoms")
        return
    name = here.writer.name_for(layer.name)
    here.entry("upsample", layer, name, {"scale": here.told(layer.params, "scale", factor)}, sources)
    here.make(layer, name, out)


def _is_given(layer: LayerText, key: str) -> bool:
    return layer.params is not None and bool(layer.params.all(key))


def _interp(here: BlobsSoFar, layer: LayerText) -> None:
    """Bilinear, to a size or by a zoom: size + (size - 1)*(zoom - 1). Source: DeepLab's interp_layer.cpp."""
    found = here.bottoms(layer, 1)
    if found is None:
        here.broken(layer)
        return
    shape, zoom = found[0].shape, here.number(layer.params, "zoom_factor", 1) or 1
    height, width = here.number(layer.params, "height"), here.number(layer.params, "width")
    others = [key for key in ("shrink_factor", "pad_beg", "pad_end") if here.number(layer.params, key, 0)]
    if shape is None:
        here.broken(layer)  # what it reads is not known, which is told
        return
    if others or (height is None) != (width is None):
        here.refuse(layer, "an Interp with {what} cannot be said", what=", ".join(others) or "one size alone")
        return
    sizes = [size + (size - 1) * (zoom - 1) for size in shape[1:]]
    said = [told(size, layer.place) for size in sizes]
    if height is not None and width is not None:
        sizes = [height, width]
        said = [here.told(layer.params, key, size) for key, size in (("height", height), ("width", width))]
    name = here.writer.name_for(layer.name)
    fields: dict[str, Given] = {"size": said, "mode": told("linear")}
    here.entry("upsample", layer, name, fields, [here.source_of(layer.bottoms[0])])
    here.make(layer, name, (shape[0], *sizes))


def _elementwise(params: str = "", known: str = "") -> LayerType:
    """A function of each value that has no kind of its own: it keeps the shape and learns nothing."""
    return LayerType(params, known, _alike("custom"))


_CONVOLUTION = f"num_output bias_term group axis force_nd_im2col dilation {_WINDOW} {_FILLERS}"
LAYERS: dict[str, LayerType] = {
    **{
        name: LayerType("convolution_param", _CONVOLUTION, convolution)
        for name in ("Convolution", "ConvolutionDepthwise", "DepthwiseConvolution", "Deconvolution")
    },
    "Pooling": LayerType(
        "pooling_param", f"pool global_pooling round_mode ceil_mode engine {_WINDOW}", pooling
    ),
    "InnerProduct": LayerType(
        "inner_product_param", f"num_output bias_term axis transpose {_FILLERS}", _inner_product
    ),
    "ReLU": LayerType("relu_param", "negative_slope engine", _relu),
    "PReLU": LayerType("prelu_param", "channel_shared filler", _prelu),
    "ELU": LayerType("elu_param", "alpha", _alike("elu")),
    "Sigmoid": LayerType("sigmoid_param", "engine", _alike("sigmoid")),
    "TanH": LayerType("tanh_param", "engine", _alike("tanh")),
    "ReLU6": LayerType("", "", _alike("relu6")),
    "Swish": LayerType("swish_param", "beta", _alike("silu")),
    "Mish": LayerType("", "", _alike("mish")),
    "AbsVal": _elementwise(),
    "BNLL": _elementwise(),
    "Exp": _elementwise("exp_param", "base scale shift"),
    "Log": _elementwise("log_param", "base scale shift"),
    "Power": _elementwise("power_param", "power scale shift"),
    "Threshold": _elementwise("threshold_param", "threshold"),
    "Clip": _elementwise("clip_param", "min max"),
    "MVN": _elementwise("mvn_param", "normalize_variance across_channels eps"),
    "BN": LayerType("bn_param", "slope_filler bias_filler momentum eps frozen engine", _alike("batchnorm")),
    "BatchNorm": LayerType(
        "batch_norm_param",
        "use_global_stats eps moving_average_fraction engine",
        _alike("batchnorm", affine=told(False)),
    ),
    "Scale": LayerType("scale_param", "axis num_axes bias_term filler bias_filler", _scale),
    "LRN": LayerType("lrn_param", "local_size alpha beta norm_region k engine", _alike("lrn")),
    "Dropout": LayerType("dropout_param", "dropout_ratio scale_train", _dropout),
    "Softmax": LayerType("softmax_param", "axis engine", softmax),
    "Eltwise": LayerType("eltwise_param", "operation coeff stable_prod_grad", eltwise),
    "Concat": LayerType("concat_param", "axis concat_dim", concat),
    "Slice": LayerType("slice_param", "axis slice_dim slice_point", slice_),
    "Split": LayerType("", "", split),
    "Flatten": LayerType("flatten_param", "axis end_axis", flatten),
    "Reshape": LayerType("reshape_param", "shape axis num_axes", reshape),
    "Permute": LayerType("permute_param", "order", permute),
    "Crop": LayerType("crop_param", "axis offset", crop),
    "Axpy": LayerType("", "", _axpy),
    "Normalize": LayerType("norm_param", "across_spatial channel_shared scale_filler eps", _normalize),
    "ShuffleChannel": LayerType("shuffle_channel_param", "group", _shuffle),
    "Interp": LayerType("interp_param", "height width zoom_factor shrink_factor pad_beg pad_end", _interp),
    "Upsample": LayerType("upsample_param", "scale scale_h scale_w upsample_h upsample_w", _upsample),
}
