"""Caffe's prototxt files: parameters as published, sizes by hand."""

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.source import Source


def net(channels: int, size: int, *layers: str) -> str:
    dims = f"dim: 1 dim: {channels} dim: {size} dim: {size}"
    return f'input: "data"\ninput_shape {{ {dims} }}\n' + "".join(layers)


def layer(kind: str, name: str, bottoms: str, top: str = "", **params: str) -> str:
    reads = " ".join(f'bottom: "{bottom}"' for bottom in bottoms.split())
    said = " ".join(f"{word} {{ {text} }}" for word, text in params.items())
    return f'layer {{ name: "{name}" type: "{kind}" {reads} top: "{top or name}" {said} }}\n'


def conv(name: str, bottom: str, filters: int, size: int, more: str = "") -> str:
    params = f"num_output: {filters} kernel_size: {size} {more}"
    return layer("Convolution", name, bottom, convolution_param=params)


def pool(name: str, bottom: str, size: int, stride: int, how: str = "MAX", more: str = "") -> str:
    return layer(
        "Pooling", name, bottom, pooling_param=f"pool: {how} kernel_size: {size} stride: {stride} {more}"
    )


def dense(name: str, bottom: str, units: int) -> str:
    return layer("InnerProduct", name, bottom, inner_product_param=f"num_output: {units}")


def alexnet() -> str:
    """bvlc_alexnet: its groups of two, and pools that take the ceiling."""
    return net(
        3,
        227,
        conv("conv1", "data", 96, 11, "stride: 4"),
        layer("ReLU", "relu1", "conv1", "conv1"),
        layer("LRN", "norm1", "conv1"),
        pool("pool1", "norm1", 3, 2),
        conv("conv2", "pool1", 256, 5, "pad: 2 group: 2"),
        pool("pool2", "conv2", 3, 2),
        conv("conv3", "pool2", 384, 3, "pad: 1"),
        conv("conv4", "conv3", 384, 3, "pad: 1 group: 2"),
        conv("conv5", "conv4", 256, 3, "pad: 1 group: 2"),
        pool("pool5", "conv5", 3, 2),
        dense("fc6", "pool5", 4096),
        dense("fc7", "fc6", 4096),
        dense("fc8", "fc7", 1000),
        layer("Softmax", "prob", "fc8"),
    )


def squeezenet() -> str:
    """SqueezeNet 1.0: pools of three by two, whose ceiling adds a row, and a padded last convolution."""
    made = [conv("conv1", "data", 96, 7, "stride: 2"), pool("pool1", "conv1", 3, 2)]
    before = "pool1"
    for number, (squeezed, wide) in enumerate(
        [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)], 2
    ):
        fire = f"fire{number}"
        made += [
            conv(f"{fire}/squeeze", before, squeezed, 1),
            conv(f"{fire}/1x1", f"{fire}/squeeze", wide, 1),
            conv(f"{fire}/3x3", f"{fire}/squeeze", wide, 3, "pad: 1"),
            layer("Concat", fire, f"{fire}/1x1 {fire}/3x3"),
        ]
        before = fire
        if number in (4, 8):
            made.append(pool(f"pool{number}", before, 3, 2))
            before = f"pool{number}"
    last = layer("Pooling", "pool10", "conv10", pooling_param="pool: AVE global_pooling: true")
    made += [conv("conv10", before, 1000, 1), last]
    return net(3, 227, *made)


def resnet50() -> str:
    """ResNet-50 as its authors gave it out: a bias in the first convolution, BatchNorm and Scale in turn."""
    made: list[str] = []

    def normed(name: str, bottom: str, filters: int, size: int, more: str, act: bool = True) -> str:
        bias = "" if name == "conv1" else "bias_term: false"
        made.append(conv(name, bottom, filters, size, f"{more} {bias}"))
        made.append(layer("BatchNorm", f"bn_{name}", name, name, batch_norm_param="use_global_stats: true"))
        made.append(layer("Scale", f"scale_{name}", name, name, scale_param="bias_term: true"))
        if act:
            made.append(layer("ReLU", f"{name}_relu", name, name))
        return name

    normed("conv1", "data", 64, 7, "pad: 3 stride: 2")
    made.append(pool("pool1", "conv1", 3, 2))
    before = "pool1"
    for stage, (width, count) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)], 2):
        for block in range(count):
            name, stride = f"res{stage}{'abcdef'[block]}", 2 if stage > 2 and block == 0 else 1
            short = before
            if block == 0:
                short = normed(f"{name}_branch1", before, 4 * width, 1, f"stride: {stride}", act=False)
            inner = normed(f"{name}_branch2a", before, width, 1, f"stride: {stride}")
            inner = normed(f"{name}_branch2b", inner, width, 3, "pad: 1")
            inner = normed(f"{name}_branch2c", inner, 4 * width, 1, "", act=False)
            made.append(layer("Eltwise", name, f"{short} {inner}"))
            made.append(layer("ReLU", f"{name}_relu", name, name))
            before = name
    made += [pool("pool5", before, 7, 1, "AVE"), dense("fc1000", "pool5", 1000)]
    return net(3, 224, *made)


# the parameters that are published, and some sizes by hand
PUBLISHED = [
    (alexnet, 60_965_224, {"pool1": (96, 27, 27), "pool2": (256, 13, 13), "pool5": (256, 6, 6)}),
    # ceil((111 - 3)/2) + 1 = 55, ceil((55 - 3)/2) + 1 = 27, ceil((27 - 3)/2) + 1 = 13
    (squeezenet, 1_248_424, {"pool1": (96, 55, 55), "pool4": (256, 27, 27), "pool8": (512, 13, 13)}),
    # ceil((112 - 3)/2) + 1 = 56
    (resnet50, 25_557_096, {"pool1": (64, 56, 56), "res5c": (2048, 7, 7), "pool5": (2048, 1, 1)}),
]


@pytest.mark.parametrize(("text", "params", "sizes"), PUBLISHED)
def test_networks_are_as_published(text: object, params: int, sizes: dict[str, tuple[int, ...]]) -> None:
    assert callable(text)
    report = check_source(Source("net.prototxt", text()))
    assert report.ok
    assert report.trace is not None
    assert report.trace.totals.params == params
    found = {node.name: tuple(node.output or ()) for node in report.trace.network.layers}
    assert {name: found[name] for name in sizes} == sizes


@pytest.mark.parametrize(
    ("length", "size", "stride", "pad", "expected"),
    [
        (6, 3, 2, 0, 3),  # ceil(3/2) + 1
        (7, 3, 2, 0, 3),
        (7, 2, 2, 1, 4),  # ceil(7/2) + 1 = 5 begins at 8 = 7 + 1, after the map: taken off
        (6, 1, 2, 0, None),  # ceil(5/2) + 1 = 4 begins at 6, and stays where nothing is padded
    ],
)
def test_pools_take_the_ceiling(length: int, size: int, stride: int, pad: int, expected: int | None) -> None:
    # pooling_layer.cpp: the last window is taken off where it begins after the map, if there is padding
    report = check_source(
        Source("net.prototxt", net(4, length, pool("p", "data", size, stride, "MAX", f"pad: {pad}")))
    )
    assert report.ok is (expected is not None)
    assert report.trace is not None
    if expected is not None:
        assert report.trace.network.outputs[0].output == (4, expected, expected)


CONV_PARAM = "convolution_param { num_output: 4 kernel_size: 3 }"
CONV = f'layer {{ name: "c" type: "Convolution" bottom: "data" top: "c" {CONV_PARAM} }}\n'
# what Caffe or protobuf's text format refuses, at what it is about. Source: caffe.proto, net.cpp, *_layer.cpp
REFUSED = [
    (CONV.replace("num_output: 4", "num_output: 4 num_output: 4"), "num_output is already given on line 3"),
    (CONV.replace("top:", 'type: "ReLU" top:'), "type is already given on line 3"),
    (CONV.replace(CONV_PARAM, f"{CONV_PARAM} {CONV_PARAM}"), "convolution_param is already given on line 3"),
    (CONV + CONV.replace('"c" type', '"d" type'), "the blob c is made by c on line 3 already"),
    (
        CONV.replace("}\n", "include { phase: TSET } }\n"),
        "phase must be TRAIN or TEST, found TSET: did you mean TEST?",
    ),
    (CONV.replace("}\n", "include { phse: TEST } }\n"), "unknown field phse of include: did you mean phase?"),
    (CONV.replace("}\n", "param { lr_mul: 1 } }\n"), "unknown field lr_mul of param: did you mean lr_mult?"),
    (
        CONV.replace("num_output: 4", "num_output { }"),
        "num_output is a value, as in num_output: 3, found a message",
    ),
    (
        CONV.replace("num_output: 4", 'num_output: "4"'),
        'num_output must be a whole number, found the text "4"',
    ),
    (
        CONV.replace("kernel_size: 3", "kernel_size: 3 kernel_h: 3 kernel_w: 3"),
        "kernel_size is given, and kernel_h",
    ),
    (CONV.replace("kernel_size: 3", "kernel_h: 3"), "kernel_w is missing beside kernel_h: write both"),
    (CONV.replace('type: "Convolution"', ""), "a layer needs its type"),
    (CONV.replace("type:", "tpe:"), "unknown field tpe of a layer: did you mean type?"),
    (
        layer("ReLU", "r", "data").replace("}", "relu_param: 3 }"),
        "relu_param is a message, relu_param { ... }, found 3",
    ),
    (
        layer("Softmax", "s", "data", softmax_param="axis: 7"),
        "Softmax takes an axis from 1 to 3 of this blob, found 7",
    ),
    (layer("Concat", "s", "data data", concat_param="axis: 0"), "Concat along the batch cannot be said"),
    (
        layer("Eltwise", "s", "data data", eltwise_param="operation: SUB"),
        "operation must be SUM, PROD or MAX, found SUB",
    ),
    (
        layer("Pooling", "p", "data", pooling_param="pool: MIN kernel_size: 2"),
        "pool must be MAX, AVE or STOCHASTIC, found MIN",
    ),
    (
        layer("Pooling", "p", "data", pooling_param="kernel_size: 2 round_mode: FLOR"),
        "round_mode must be CEIL or FLOOR, found FLOR",
    ),
    (
        layer("Pooling", "p", "data", pooling_param="kernel_size: 2 global_pooling: true"),
        "kernel_size has no place beside global_pooling",
    ),
    (
        layer("Permute", "p", "data", permute_param="order: 0 order: 2 order: 2 order: 1"),
        "an order names each axis of 4 once, the batch, 0, first: found 0 2 2 1",
    ),
]


@pytest.mark.parametrize(("layers", "message"), REFUSED)
def test_what_caffe_refuses_is_told(layers: str, message: str) -> None:
    (found, *_) = check_source(Source("net.prototxt", net(4, 8, layers))).errors
    assert found.message().startswith(message)


def test_an_input_has_four_dims() -> None:
    """net.cpp of old: CHECK_EQ(param.input_size() * 4, param.input_dim_size())."""
    dims = "input_dim: 1\ninput_dim: 1\ninput_dim: 3\ninput_dim: 8\ninput_dim: 8\n"
    for text, count in (
        (dims, 5),
        (dims.replace("input_dim: 1\ninput_dim: 1\n", "input_dim: 1\n", 1)[13:], 3),
    ):
        (found,) = check_source(Source("net.prototxt", f'input: "data"\n{text}{CONV}')).errors
        assert found.message().startswith(
            f"input_dim is given {count} times, and the net has 1 input: each has four"
        )


def test_a_layer_in_place_makes_its_blob_again() -> None:
    relu = layer("ReLU", "r", "c").replace('top: "r"', 'top: "c"')
    assert check_source(Source("net.prototxt", net(4, 8, CONV, relu))).ok


@pytest.mark.parametrize(
    ("bias", "params"),
    [("bias_term: true", 8), ("", 4)],  # of 4 channels a factor each, and a shift where there is a bias
)
def test_a_norm_and_the_scale_after_it_are_one(bias: str, params: int) -> None:
    scale = layer("Scale", "s", "n", scale_param=bias)
    report = check_source(Source("net.prototxt", net(4, 8, layer("BatchNorm", "n", "data"), scale)))
    assert report.trace is not None
    assert [node.kind for node in report.trace.network.layers] == ["batchnorm"]
    assert report.trace.totals.params == params
