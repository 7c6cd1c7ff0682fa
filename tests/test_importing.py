"""A recording becomes layers, and these a flat spec that the engine finds the same shapes in."""

from collections.abc import Callable

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Constant, OtherArgument, ResultOf, SizeOf
from cnn_shapes.source import Source
from tests.recordings import Calls, weight

ONE = (4, 8, 8)


def convolution(calls: Calls) -> None:
    calls.add(
        "conv2d", ResultOf(0), weight("c.weight", 6, 2, 3, 3), None, (2, 2), (1, 1), (1, 1), 2,
        shape=(6, 4, 4), module=("stem.0", "Conv2d"),
    )  # fmt: skip


def functional(calls: Calls) -> None:
    x = calls.add("conv2d", ResultOf(0), weight("w", 6, 4, 3, 3), weight("b", 6), shape=(6, 6, 6), padding=0)
    calls.add("relu_", x, shape=(6, 6, 6))


def gate(calls: Calls) -> None:
    x = calls.add("mean", ResultOf(0), (2, 3), shape=(4, 1, 1), keepdim=True)
    x = calls.add("conv2d", x, weight("w", 4, 4, 1, 1), weight("b", 4), shape=(4, 1, 1))
    calls.add("__rmul__", x, ResultOf(0), shape=ONE)


def channels_last(calls: Calls) -> None:
    x = calls.add("permute", ResultOf(0), 0, 2, 3, 1, shape=(8, 8, 4))
    x = calls.add("layer_norm", x, (4,), weight("n", 4), weight("m", 4), 1e-6, shape=(8, 8, 4))
    x = calls.add("linear", x, weight("w", 9, 4), weight("b", 9), shape=(8, 8, 9))
    x = calls.add("mul", x, weight("gamma", 9), shape=(8, 8, 9))
    calls.add("permute", x, (0, 3, 1, 2), shape=(9, 8, 8))


def tokens(calls: Calls) -> None:
    x = calls.add("flatten", ResultOf(0), 2, shape=(4, 64))
    x = calls.add("transpose", x, 1, 2, shape=(64, 4))
    qkv = calls.add("linear", x, weight("w", 24, 4), weight("b", 24), shape=(64, 24))
    x = calls.add("reshape", qkv, 2, 64, 3, 2, 4, shape=(64, 3, 2, 4))
    x = calls.add("permute", x, 0, 2, 3, 1, 4, shape=(3, 2, 64, 4))
    parts = calls.add("unbind", x, 1, shape=[(2, 64, 4)] * 3)
    q, k, v = (ResultOf(parts.call, place) for place in range(3))
    x = calls.add("scaled_dot_product_attention", q, k, v, shape=(2, 64, 4), dropout_p=0.0)
    x = calls.add("transpose", x, 1, 2, shape=(64, 2, 4))
    x = calls.add("reshape", x, (2, 64, 8), shape=(64, 8))
    x = calls.add("transpose", x, 1, 2, shape=(8, 64))
    calls.add("conv2d", calls.add("view", x, 2, 8, 8, 8, shape=(8, 8, 8)), weight("p", 4, 8, 1, 1), shape=ONE)


def shuffle(calls: Calls) -> None:
    x = calls.add("view", ResultOf(0), 2, 2, 2, 8, 8, shape=(2, 2, 8, 8))
    x = calls.add("transpose", x, 1, 2, shape=(2, 2, 8, 8))
    x = calls.add("reshape", x, 2, 4, 8, 8, shape=ONE)
    calls.add("conv2d", x, weight("w", 4, 4, 1, 1), shape=ONE)


def slices(calls: Calls) -> None:
    every = slice(None)
    top = calls.add("__getitem__", ResultOf(0), (every, slice(0, 1)), shape=(1, 8, 8))
    rest = calls.add("__getitem__", ResultOf(0), (every, slice(1, None)), shape=(3, 8, 8))
    half = calls.add("__getitem__", rest, (Ellipsis, slice(None, None, 2), slice(1, 8, 2)), shape=(3, 4, 4))
    top = calls.add("__getitem__", top, (every, every, slice(2, -2), slice(4, None)), shape=(1, 4, 4))
    calls.add("cat", (half, top), shape=(4, 4, 4), dim=1)


def like(calls: Calls) -> None:
    x = calls.add("max_pool2d", ResultOf(0), 2, shape=(4, 4, 4), stride=None, ceil_mode=True)
    size = (SizeOf(8, ResultOf(0), 2), SizeOf(8, ResultOf(0), 3))
    x = calls.add("interpolate", x, size, shape=ONE, mode="bilinear", align_corners=False)
    calls.add("interpolate", x, shape=(4, 12, 12), scale_factor=1.5, size=None)


def shared(calls: Calls) -> None:
    module = ("conv", "Conv2d")
    x = calls.add("conv2d", ResultOf(0), weight("conv.weight", 4, 4, 1, 1), shape=ONE, module=module)
    calls.add("conv2d", x, weight("conv.weight", 4, 4, 1, 1), shape=ONE, module=module)


def errors(calls: Calls) -> None:
    x = calls.add(
        "conv2d", ResultOf(0), weight("c.weight", 8, 3, 3, 3), None, shape=(8, 6, 6), module=("c", "Conv2d"),
        error="RuntimeError: expected 3 channels",
    )  # fmt: skip
    x = calls.add(
        "batch_norm", x, None, None, weight("n", 9), weight("m", 9), shape=(8, 6, 6), error="9, not 8"
    )
    x = calls.add("view", x, -1, 200, shape=(200,), error="RuntimeError: shape '[-1, 200]' is invalid")
    calls.add("linear", x, weight("f.weight", 5, 100), weight("f.bias", 5), shape=(5,), error="200 and 100")


def no_layer(calls: Calls) -> None:
    x = calls.add("conv2d", ResultOf(0), weight("w", 4, 4, 1, 1), shape=ONE)
    y = calls.add("grid_sample", x, Constant((2, 8, 8, 2), seen=True), shape=ONE)
    calls.add("relu", calls.add("add", x, y, shape=ONE), shape=ONE)


def no_argument(calls: Calls) -> None:
    calls.add("relu", ResultOf(0), shape=ONE, inplace=False, flavour=OtherArgument("Flavour"))


def no_reshape(calls: Calls) -> None:
    calls.add("view", ResultOf(0), 2, 2, 2, 4, 2, 8, shape=(2, 2, 4, 2, 8))
    x = calls.add("permute", ResultOf(1), 0, 5, 1, 3, 2, 4, shape=(8, 2, 4, 2, 2))
    calls.add("softmax", x, 2, shape=(8, 2, 4, 2, 2))


def another_shape(calls: Calls) -> None:
    calls.add("relu", ResultOf(0), shape=(4, 9, 8))


CASES: list[tuple[Callable[[Calls], None], str]] = [
    (
        convolution,
        "- conv: {filters: 6, kernel_size: 3, stride: 2, padding: 1, groups: 2, bias: false, in_channels: 4,"
        " name: stem-0}\n",
    ),
    (
        functional,
        "- conv: {filters: 6, kernel_size: 3, in_channels: 4, name: conv}\n"
        "- relu: {name: relu}\n",
    ),
    (
        gate,
        "- global_avgpool: {keepdims: true, name: global_avgpool}\n"
        "- conv: {filters: 4, kernel_size: 1, in_channels: 4, name: conv}\n"
        "- multiply: {from: [input, conv], name: multiply}\n",
    ),
    (
        channels_last,
        "- layernorm: {expect: [4, null, null], name: layernorm}\n"
        "- conv: {filters: 9, kernel_size: 1, in_channels: 4, name: conv}\n"
        "- scale: {per: channel, name: scale}\n",
    ),
    (
        tokens,
        "- conv: {filters: 24, kernel_size: 1, in_channels: 4, name: conv}\n"
        "- split: [split-0, split-1, split-2]\n"
        "- attention: {heads: 2, from: [split-0, split-1, split-2], name: attention}\n"
        "- conv: {filters: 4, kernel_size: 1, bias: false, in_channels: 8, name: conv-2}\n",
    ),
    (
        shuffle,
        "- channel_shuffle: {groups: 2, name: channel_shuffle}\n"
        "- conv: {filters: 4, kernel_size: 1, bias: false, in_channels: 4, name: conv}\n",
    ),
    (
        slices,
        "- split: {into: {split-0: 1, split-1: 3}}\n"
        "- crop: {amount: [[0, 1], [1, 0]], name: crop}\n"
        "- maxpool: {kernel_size: 1, stride: 2, name: maxpool}\n"
        "- crop: {amount: [[2, 2], [4, 0]], from: split-0, name: crop-2}\n"
        "- concat: {from: [maxpool, crop-2], name: concat}\n",
    ),
    (
        like,
        "- maxpool: {kernel_size: 2, rounding: ceil, name: maxpool}\n"
        "- upsample: {like: input, mode: linear, name: upsample}\n"
        "- upsample: {scale: 1.5, rounding: floor, name: upsample-2}\n",
    ),
    (
        shared,
        "- conv: {filters: 4, kernel_size: 1, bias: false, in_channels: 4, name: conv}\n"
        "- conv: {filters: 4, kernel_size: 1, bias: false, share: conv, in_channels: 4,"
        " name: conv-2}\n",
    ),
    (
        errors,
        "- conv: {filters: 8, kernel_size: 3, bias: false, in_channels: 3, name: c}\n"
        "- batchnorm: {expect: [9, null, null], name: batchnorm}\n"
        "- reshape: {shape: [200], name: reshape}\n"
        "- dense: {units: 5, in_features: 100, name: dense}\n",
    ),
    (
        no_layer,
        "- conv: {filters: 4, kernel_size: 1, bias: false, in_channels: 4, name: conv}\n"
        "/net.py:102: it has no such layer\n"
        "2 not reached\n",
    ),
    (no_argument, "/net.py:101: its argument flavour\n"),
    (no_reshape, "/net.py:103: 5 axes beside the batch: the language has 4\n"),
    (another_shape, "/net.py:101: it gives (2, 4, 9, 8), which would be (2, 4, 8, 8)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "expected"), CASES, ids=[make.__name__ for make, _ in CASES])
def test_layers(make: Callable[[Calls], None], expected: str) -> None:
    calls = Calls(x=ONE)
    make(calls)
    model = layers_of(calls.recording())
    spec = flat_spec(model)
    body = spec.text.partition("layers:\n")[2]
    written = "".join(f"{line.strip()}\n" for line in body.splitlines() if line != "  - identity")
    for one in model.unsupported:
        assert one.called is not None
        written += f"{one.called.path}:{one.called.line}: {one.why}\n"
    written += f"{model.not_reached} not reached\n" if model.not_reached else ""
    assert written == expected
    assert [spec.text.splitlines()[line - 1][:4] for line in spec.lines] == ["  - "] * len(model.layers)
    if make is not errors:
        report = check_source(Source("<text>", spec.text))
        assert not report.errors
        assert report.trace is not None
        # the parts of a split are named after it
        shapes = {node.name.rpartition(".")[2]: node.output for node in report.trace.network.layers}
        assert all(
            shapes[name] == shape
            for layer in model.layers
            for name, shape in zip(layer.outputs, layer.shapes, strict=True)
        )


def test_several_inputs_and_outputs_have_names() -> None:
    calls = Calls(image=(3, 8, 8), depth=(1, 8, 8))
    both = calls.add("cat", (ResultOf(0), ResultOf(1)), 1, shape=(4, 8, 8))
    calls.add("relu", ResultOf(1), shape=(1, 8, 8))
    spec = flat_spec(layers_of(calls.recording(both, ResultOf(3))))
    assert spec.text == (
        "name: Net\n"
        "input: {image: [3, 8, 8], depth: [1, 8, 8]}\n"
        "layout: channels_first\n"
        "rounding: floor\n"
        "layers:\n"
        "  - concat: {from: [image, depth], name: concat}\n"
        "  - relu: {from: depth, name: relu}\n"
        "outputs: [concat, relu]\n"
    )


def test_a_layer_knows_its_places_and_the_words_of_its_user() -> None:
    calls = Calls(x=ONE)
    convolution(calls)
    (layer,) = layers_of(calls.recording()).layers
    assert layer.called is not None
    assert layer.constructed is not None
    assert (layer.called.line, layer.constructed.line) == (101, 2)
    assert layer.written == {name: name for name in (*layer.fields, *layer.beliefs)} | {
        "filters": "out_channels"
    }
