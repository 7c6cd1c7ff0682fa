"""Writes tests/data/keras_rows.txt: what Keras 3 makes of layers with `same` and `valid`, in both layouts.

Run by hand, never by the tests: `python -m tests.tools.make_keras_rows`, with the extra `oracle`. A row is
the layout, the input in it, a layer as a spec writes it, the output, the parameters and the values that are
stored but not learned; or `error` after the layer. Of a transposed convolution the spec has to write as
numbers what Keras calls `same` (size*stride) and `valid` ((size - 1)*stride + max(extent, stride)).
"""

import os
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"
import keras
from keras import layers

from tests.golden import ROOT

FILE = ROOT / "tests" / "data" / "keras_rows.txt"
CHANNELS = 4
SIZES = (11, 8, 6)
LAYOUTS = ("channels_last", "channels_first")
PADDINGS = ("valid", "same")
WINDOWS = [*product((1, 2, 3, 5), (1, 2, 3), (1,)), *product((2, 3), (1,), (2, 3)), (12, 1, 1)]  # k, s, d


def row(
    layout: str, layer: Any, written: str, sizes: tuple[int, ...] = SIZES, channels: int = CHANNELS
) -> str:
    shape = (*sizes, channels) if layout == "channels_last" else (channels, *sizes)
    head = f"{layout} | {'x'.join(map(str, shape))} | {written}"
    inputs = keras.Input(shape)
    try:
        model = keras.Model(inputs, layer(inputs))
    except ValueError as error:
        if "output" not in str(error).lower():  # no verdict on a size
            raise
        return f"{head} | error"
    learned, stored = map(count, (model.trainable_variables, model.non_trainable_variables))
    return f"{head} | {'x'.join(map(str, model.output_shape[1:]))} | {learned} | {stored}"


def count(weights: list[Any]) -> int:
    return sum(prod(weight.shape) for weight in weights)


def fields(**values: Any) -> str:
    return "{" + ", ".join(f"{name}: {text(value)}" for name, value in values.items()) + "}"


def text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def ranked(name: str, rank: int, ending: str = "") -> Any:
    return getattr(layers, f"{name}{rank}D{ending}")


def convolutions() -> Iterator[str]:
    for rank, layout, padding, (k, s, d) in product((1, 2, 3), LAYOUTS, PADDINGS, WINDOWS):
        options = {"strides": s, "padding": padding, "dilation_rate": d, "data_format": layout}
        window = {"kernel_size": k, "stride": s, "padding": padding, "dilation": d}
        bias = k != 2
        conv = ranked("Conv", rank)(6, k, use_bias=bias, groups=2 if s == 2 else 1, **options)
        written = fields(filters=6, **window, bias=bias, groups=2 if s == 2 else 1)
        yield row(layout, conv, f"conv: {written}", SIZES[:rank])
        if rank == 3:
            continue
        depthwise = ranked("DepthwiseConv", rank)(k, depth_multiplier=2, use_bias=bias, **options)
        yield row(
            layout, depthwise, f"depthwise_conv: {fields(**window, multiplier=2, bias=bias)}", SIZES[:rank]
        )
        separable = ranked("SeparableConv", rank)(6, k, depth_multiplier=3, use_bias=bias, **options)
        written = fields(filters=6, **window, multiplier=3, bias=bias)
        yield row(layout, separable, f"separable_conv: {written}", SIZES[:rank])


def transposed() -> Iterator[str]:
    for rank, layout, padding, (k, s, d) in product((1, 2, 3), LAYOUTS, PADDINGS, WINDOWS):
        if padding == "same" and d > 1:
            continue  # Keras does not keep to size*stride there
        extent = d * (k - 1) + 1
        options = {"strides": s, "padding": padding, "dilation_rate": d, "data_format": layout}
        numbers: dict[str, Any] = {"output_padding": max(0, s - extent)}
        if padding == "same":
            cut = max(0, extent - s)
            numbers["padding"] = [[cut // 2, cut - cut // 2]] * rank
        conv = ranked("Conv", rank, "Transpose")(6, k, **options)
        written = fields(filters=6, kernel_size=k, stride=s, dilation=d, **numbers)
        yield row(layout, conv, f"conv_transpose: {written}", SIZES[:rank])


def transposed_classes() -> Iterator[str]:
    """Transposed convolutions under their class name, with Keras' words and its own output_padding."""
    for rank, layout, padding, (k, s, d) in product((1, 2, 3), LAYOUTS, PADDINGS, WINDOWS):
        if padding == "same" and d > 1:
            continue  # Keras does not keep to size*stride there
        for added in (None, *range(s)):
            options = {"strides": s, "padding": padding, "output_padding": added, "dilation_rate": d}
            name = f"Conv{rank}DTranspose"
            conv = getattr(layers, name)(6, k, data_format=layout, **options)
            said = {one: value for one, value in options.items() if value is not None}
            yield row(layout, conv, f"{name}: {fields(filters=6, kernel_size=k, **said)}", SIZES[:rank])


def pools() -> Iterator[str]:
    for rank, layout, padding, (k, s, d) in product((1, 2, 3), LAYOUTS, PADDINGS, WINDOWS):
        if d > 1:
            continue
        for kind, name in (("maxpool", "MaxPooling"), ("avgpool", "AveragePooling")):
            pool = ranked(name, rank)(k, strides=s, padding=padding, data_format=layout)
            written = fields(kernel_size=k, stride=s, padding=padding)
            yield row(layout, pool, f"{kind}: {written}", SIZES[:rank])
    for rank, layout, keepdims in product((1, 2, 3), LAYOUTS, (False, True)):
        for kind, name in (
            ("global_avgpool", "GlobalAveragePooling"),
            ("global_maxpool", "GlobalMaxPooling"),
        ):
            whole = ranked(name, rank)(keepdims=keepdims, data_format=layout)
            yield row(layout, whole, f"{kind}: {fields(keepdims=keepdims)}", SIZES[:rank])


def others() -> Iterator[str]:
    """Norms (Keras' totals are the learned and the stored together), dense, and what changes sizes."""
    for rank in (0, 1, 2, 3):
        sizes = SIZES[:rank]
        last = "channels_last"
        yield row(last, layers.BatchNormalization(), "batchnorm", sizes)
        yield row(
            last, layers.BatchNormalization(center=False, scale=False), "batchnorm: {affine: false}", sizes
        )
        yield row(last, layers.BatchNormalization(center=False), "BatchNormalization: {center: false}", sizes)
        yield row(last, layers.LayerNormalization(), "layernorm", sizes)
        yield row(last, layers.GroupNormalization(2), "groupnorm: 2", sizes)
        yield row(last, layers.RMSNormalization(), "rmsnorm", sizes)
        yield row(last, layers.UnitNormalization(), "l2norm", sizes)
        yield row(last, layers.Flatten(), "flatten", sizes)
        yield row(last, layers.PReLU(shared_axes=tuple(range(1, rank + 2))), "prelu", sizes)
    for word in ("exponential", "squareplus", "sparse_plus", "sparse_sigmoid", "sparsemax"):
        yield row("channels_last", layers.Activation(word), word, SIZES[:2])
    for bias in (True, False):
        yield row("channels_last", layers.Dense(7, use_bias=bias), f"dense: {fields(units=7, bias=bias)}", ())
    for rank, layout in product((1, 2, 3), LAYOUTS):
        pairs = [[1, 2], [0, 3], [2, 0]][:rank]
        ends = tuple(map(tuple, pairs)) if rank > 1 else (1, 2)
        options = {"data_format": layout} if rank > 1 else {}
        if rank == 1 and layout == "channels_first":
            continue  # Keras' 1-D layers that move values know channels_last only
        pad, crop = ranked("ZeroPadding", rank)(ends, **options), ranked("Cropping", rank)(ends, **options)
        yield row(layout, pad, f"pad: {pairs}", SIZES[:rank])
        yield row(layout, crop, f"crop: {pairs}", SIZES[:rank])
        up = ranked("UpSampling", rank)
        yield row(layout, up(3, **options), "upsample: 3", SIZES[:rank])
        yield row(layout, up(**options), f"UpSampling{rank}D", SIZES[:rank])
        yield row(layout, up(3, **options), f"UpSampling{rank}D: {{size: 3}}", SIZES[:rank])
    yield row("channels_last", layers.Resizing(5, 9), "Resizing: {height: 5, width: 9}", SIZES[:2])
    yield row("channels_last", layers.GroupNormalization(), "GroupNormalization", SIZES[:2], 64)
    for order in ((1, 0, 2), (2, 0, 1)):
        permute = layers.Permute(tuple(axis + 1 for axis in order))
        yield row("channels_last", permute, f"permute: {list(order)}", SIZES[:2])
    yield row("channels_last", layers.Reshape((8, -1)), "reshape: [8, -1]", SIZES[:2])


def main() -> None:
    rows = [*convolutions(), *transposed(), *transposed_classes(), *pools(), *others()]
    head = f"# made by tests/tools/make_keras_rows.py with Keras {keras.__version__} on PyTorch"
    FILE.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    print(f"{len(rows)} rows in {FILE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
