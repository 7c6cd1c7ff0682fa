"""The spec language: both vocabularies, names, defaults, conditions, expectations, layouts and values."""

import pytest

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import format_shape
from cnn_shapes.language.spec import Overrides
from cnn_shapes.layers import ALIASES, KINDS, NO_SHAPE, VARIANTS
from cnn_shapes.layers.reserved import RESERVED
from cnn_shapes.source import Source

INPUTS = {0: "[4]", 1: "[8, 4]", 2: "[8, 8, 4]", 3: "[8, 8, 8, 4]"}


def check(text: str, *overrides: object) -> CheckResult:
    return check_source(Source("x.yaml", text), *overrides)  # type: ignore[arg-type]


def errors(text: str) -> list[str]:
    report = check(text)
    return [f"{found.rule}: {found.message(report.layout)}" for found in report.errors]


def layers(text: str, overrides: Overrides | None = None) -> dict[str, str]:
    """Every layer of a text without errors, with its shape in the file's layout."""
    report = check(text) if overrides is None else check(text, overrides)
    assert report.errors == []
    assert report.trace is not None
    return {step.node.name: format_shape(step.node.output, report.layout) for step in report.trace.steps}


def last(text: str) -> str:
    return list(layers(text).values())[-1]


# torch.nn and keras.layers, by their documentation: the classes that mean the same as a kind, by spatial rank
SAME = {
    "conv": "Conv1d Conv2d Conv3d Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D conv2d",
    "depthwise_conv": "DepthwiseConv1D DepthwiseConv2D",
    "separable_conv": "SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D",
    "conv_transpose": "ConvTranspose1d ConvTranspose2d ConvTranspose3d",
    "maxpool": "MaxPool1d MaxPool2d MaxPool3d MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D"
    " MaxPool3D pool",
    "avgpool": "AvgPool1d AvgPool2d AvgPool3d AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D"
    " AvgPool2D AvgPool3D",
    "lppool": "LPPool1d LPPool2d LPPool3d",
    "adaptive_avgpool": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveAveragePooling1D"
    " AdaptiveAveragePooling2D AdaptiveAveragePooling3D",
    "adaptive_maxpool": "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AdaptiveMaxPooling1D"
    " AdaptiveMaxPooling2D AdaptiveMaxPooling3D",
    "dense": "Linear Dense fc",
    "flatten": "Flatten",
    "identity": "Identity",
    "dropout": "Dropout Dropout1d Dropout2d Dropout3d SpatialDropout1D SpatialDropout2D SpatialDropout3D",
    "batchnorm": "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm BatchNormalization",
    "global_avgpool": "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D"
    " GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D",
    "global_maxpool": "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D"
    " GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D",
    "layernorm": "LayerNormalization",
    "instancenorm": "InstanceNorm1d InstanceNorm2d InstanceNorm3d",
    "groupnorm": "GroupNorm",
    "lrn": "LocalResponseNorm",
    "add": "Add",
    "multiply": "Multiply",
    "concat": "Concatenate",
    "pad": "ZeroPadding1D ZeroPadding2D ZeroPadding3D",
    "crop": "Cropping1D Cropping2D Cropping3D",
    "upsample": "Upsample",
    "pixel_shuffle": "PixelShuffle",
    "space_to_depth": "PixelUnshuffle",
    "channel_shuffle": "ChannelShuffle",
    "reshape": "Reshape",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "sigmoid": "Sigmoid",
    "hardsigmoid": "Hardsigmoid",
    "hardswish": "Hardswish",
    "tanh": "Tanh",
    "softmax": "Softmax Softmax2d",
    "softplus": "Softplus",
    "lstm": "LSTM",
    "gru": "GRU",
    "rnn": "RNN SimpleRNN",
    "embedding": "Embedding",
    "multihead_attention": "MultiheadAttention MultiHeadAttention",
    "hardtanh": "Hardtanh",
    "softsign": "Softsign",
    "logsigmoid": "LogSigmoid",
    "celu": "CELU",
    "hardshrink": "Hardshrink",
    "softshrink": "Softshrink",
    "tanhshrink": "Tanhshrink",
    "softmin": "Softmin",
    "log_softmax": "LogSoftmax",
    "rrelu": "RReLU",
    "threshold": "Threshold",
    "stochastic_depth": "StochasticDepth",
    "subtract": "Subtract",
    "average": "Average",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "rmsnorm": "RMSNormalization",
    "l2norm": "UnitNormalization",
}
# what fills a kind's required fields
FILLED = {
    **dict.fromkeys(("conv", "conv_transpose", "separable_conv"), "filters: 4"),
    **dict.fromkeys(("maxpool", "avgpool", "lppool", "depthwise_conv"), "kernel_size: 1"),
    **dict.fromkeys(("adaptive_avgpool", "adaptive_maxpool"), "output_size: 2"),
    **dict.fromkeys(("groupnorm", "channel_shuffle"), "groups: 2"),
    **dict.fromkeys(("pixel_shuffle", "space_to_depth"), "factor: 2"),
    **dict.fromkeys(("add", "multiply", "concat", "subtract", "average"), "from: [prev, input]"),
    **dict.fromkeys(("maximum", "minimum"), "from: [prev, input]"),
    **dict.fromkeys(("pad", "crop"), "amount: 1"),
    "dense": "units: 3",
    "upsample": "scale: 2",
    "reshape": "shape: [-1]",
    **dict.fromkeys(("lstm", "gru", "rnn"), "units: 3"),
    "RNN": "hidden_size: 3",  # PyTorch's alone
    "embedding": "count: 9, units: 3",
    "multihead_attention": "heads: 2",
}
# the ranks of the kinds that do not take a map of each
RANKS = {**dict.fromkeys(("dense", "embedding"), (0,)), **dict.fromkeys(("lstm", "gru", "rnn"), (1,))}


def rank_in(name: str) -> int | None:
    if name in ("PixelShuffle", "PixelUnshuffle", "conv2d"):
        return 2
    return int(name[-2]) if name[-1] in "dD" and name[-2].isdigit() else None


ALIAS_ROWS = [(name, kind) for kind, names in SAME.items() for name in names.split()]


def test_no_alias_is_without_a_row() -> None:
    """Those that take other arguments than their kind have rows in test_class_arguments.py."""
    assert dict(ALIAS_ROWS) == {name: kind for name, (kind, _) in ALIASES.items() if name not in VARIANTS}


@pytest.mark.parametrize(("alias", "kind"), ALIAS_ROWS)
def test_alias(alias: str, kind: str) -> None:
    """It means the kind, in the rank of its name and in no other."""
    named = rank_in(alias)
    for rank in RANKS.get(kind, (1, 2, 3)):
        text = f"input: {INPUTS[rank]}\nlayers:\n  - {alias}: {{{FILLED.get(alias, FILLED.get(kind, ''))}}}\n"
        if named in (None, rank):
            assert list(layers(text)) == [f"{kind}1"]
        else:
            found = {1: "8x4", 2: "8x8x4", 3: "8x8x8x4"}[rank]
            axes = "1 spatial axis" if named == 1 else f"{named} spatial axes"
            same = alias.replace(str(named), str(rank))
            right = same if same != alias and same in SAME[kind].split() else kind
            said = f"{alias} is for {axes}, but its input {found} has {rank}: write {right}"
            assert errors(text) == [f"wrong-rank: {said}"]


def test_a_batchnorm_of_a_vector_is_batchnorm1d() -> None:
    assert last("input: [4]\nlayers: [BatchNorm1d]") == "4"


# PyTorch's and Keras' names of arguments, by their documentation
@pytest.mark.parametrize(
    ("layer", "plain"),
    [
        ("Conv2d: {out_channels: 5, kernel_size: 3}", "conv: {filters: 5, kernel_size: 3}"),
        (
            "Conv2D: {filters: 5, kernel_size: 3, strides: 2, padding: same}",
            "conv: {filters: 5, kernel_size: 3, stride: 2, padding: same}",
        ),
        (
            "Conv2D: {filters: 5, kernel_size: 3, dilation_rate: 2, use_bias: false}",
            "conv: {filters: 5, kernel_size: 3, dilation: 2, bias: false}",
        ),
        (
            "DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2}",
            "depthwise_conv: {kernel_size: 3, multiplier: 2}",
        ),
        ("MaxPooling2D: {pool_size: 2, strides: 1}", "maxpool: {kernel_size: 2, stride: 1}"),
        ("MaxPool2d: {kernel_size: 3, ceil_mode: true}", "maxpool: {kernel_size: 3, rounding: ceil}"),
        ("MaxPool2d: {kernel_size: 3, ceil_mode: false}", "maxpool: {kernel_size: 3, rounding: floor}"),
        ("Upsample: {scale: 2, mode: bilinear}", "upsample: {scale: 2, mode: linear}"),
        ("Conv2d: {filters: 4, in_channels: 4}", "conv: 4"),
        ("pool: 2", "maxpool: {kernel_size: 2}"),
        ("Reshape: {target_shape: [16, 16]}", "reshape: [16, 16]"),
    ],
)  # fmt: skip
def test_argument(layer: str, plain: str) -> None:
    found, wanted = (check(f"input: [8, 8, 4]\nlayers:\n  - {row}\n") for row in (layer, plain))
    assert found.errors == wanted.errors == []
    assert found.trace is not None
    assert wanted.trace is not None
    assert found.trace.steps[0].node.output == wanted.trace.steps[0].node.output
    assert found.trace.totals == wanted.trace.totals


def test_vector_arguments() -> None:
    assert last("input: [4]\nlayers: [Linear: {out_features: 3, in_features: 4}]") == "3"


CASES = ["Relu", "relU", "Conv", "lInear", "Maxpool2d", "BatchNorm", "Fc", "ConvTranspose"]


@pytest.mark.parametrize("word", CASES)
def test_class_names_are_case_sensitive(word: str) -> None:
    assert word not in ALIASES
    assert errors(f"input: [8, 8, 4]\nlayers: [{word}]")[0].startswith(
        f"unknown-layer: unknown layer {word}: did"
    )


@pytest.mark.parametrize("argument", sorted(NO_SHAPE))
def test_an_argument_that_changes_no_shape(argument: str) -> None:
    for kind in ("conv: {filters: 3, kernel_size: 1", "layernorm: {affine: true", "maxpool: {kernel_size: 1"):
        message = f"unknown-key: {argument} changes no shape: leave it out"
        assert errors(f"input: [8, 8, 4]\nlayers:\n  - {kind}, {argument}: 1}}\n") == [message]


@pytest.mark.parametrize(
    "layer", ["lrn: {size: 5, alpha: 1, beta: 1, k: 2}", "elu: {alpha: 1}", "gelu: {approximate: a}"]
)
def test_an_argument_that_changes_no_shape_of_one_kind(layer: str) -> None:
    found = errors(f"input: [8, 8, 4]\nlayers:\n  - {layer}\n")
    assert len(found) == layer.count(":") - 1
    assert all(message.endswith(" changes no shape: leave it out") for message in found)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            "filters: 3, out_channels: 3",
            "out_channels is given twice: filters on line 3 means the same, keep one",
        ),
        (
            "strides: 1, stride: 1, filters: 1",
            "stride is given twice: strides on line 3 means the same, keep one",
        ),
        ("filters: 1, filters: 2", "`filters` is already given on line 3: remove one of the two"),
    ],
)
def test_a_field_under_two_names(fields: str, message: str) -> None:
    assert errors(f"input: [8, 8, 4]\nlayers:\n  - conv: {{{fields}}}\n") == [f"duplicate-key: {message}"]


# defaults: a layer's own field beats them, under any alias; conv's do not reach depthwise_conv
DEFAULTS = """\
input: [8, 8, 4]
params: {p: 5}
defaults:
  conv: {kernel_size: 3, padding: half, bias: false}
  MaxPool2d: {kernel_size: 4}
  dense: {units: p}
"""


@pytest.mark.parametrize(
    ("rows", "output", "params"),
    [
        ("[conv: 2]", "8x8x2", 72),
        ("[Conv2d: {out_channels: 2, padding: 0}]", "6x6x2", 72),
        ("[conv: {filters: 2, use_bias: true}]", "8x8x2", 74),
        ("[depthwise_conv: 3]", "6x6x4", 40),
        ("[maxpool]", "2x2x4", 0),
        ("[MaxPooling2D: {pool_size: 2}]", "4x4x4", 0),
        ("[maxpool: 2]", "4x4x4", 0),
        ("[flatten, dense]", "5", 256 * 5 + 5),
        ("[repeat: {times: 1, layers: [conv: 2]}]", "8x8x2", 72),
    ],
)
def test_defaults(rows: str, output: str, params: int) -> None:
    text = f"{DEFAULTS}layers: {rows}"
    assert last(text) == output
    trace = check(text).trace
    assert trace is not None
    assert trace.totals.params == params


@pytest.mark.parametrize(
    ("defaults", "message"),
    [
        ("{conv: {if: a}}", "unknown-key: defaults hold layer fields only, not if: write it on the layer"),
        ("{conv: {filter: 3}}", "unknown-key: conv has no filter: did you mean filters?"),
        ("{gate: {}}", "unknown-key: defaults has no gate: it takes kinds of layers only"),
        ("{conv: 3}", "bad-value: defaults of conv must be a mapping from field to value, found 3"),
        ("{conv: {stride: q}}", "unknown-name: unknown name q: no param or let declares it"),
        ("[conv]", "bad-value: defaults must be a mapping from kind to fields, found a list"),
    ],
)  # fmt: skip
def test_bad_defaults(defaults: str, message: str) -> None:
    assert errors(f"input: [8, 8, 4]\ndefaults: {defaults}\nlayers: [conv: 3]") == [message]


# norm and activation are layers of their own; the layer's name, its readers and expect mean the last of them
def test_norm_and_activation() -> None:
    text = """\
input: [8, 8, 4]
defaults: {batchnorm: {affine: false}}
layers:
  - conv: {filters: 2, norm: batch, activation: relu, name: a, expect: [8, 8, 2]}
  - depthwise_conv: {kernel_size: 1, norm: instance, activation: prelu}
  - separable_conv: {filters: 3, norm: layer}
  - conv_transpose: {filters: 3, norm: none, activation: none}
  - flatten
  - dense: {units: 2, norm: batch, activation: softmax}
  - conv: {filters: 1, from: a}
"""
    assert list(layers(text)) == [
        *("a", "a.norm", "a.activation"),
        *("depthwise_conv1", "depthwise_conv1.norm", "depthwise_conv1.activation"),
        *("separable_conv1", "separable_conv1.norm", "conv_transpose1", "flatten1"),
        *("dense1", "dense1.norm", "dense1.activation", "conv2"),
    ]
    trace = check(text).trace
    assert trace is not None
    reader = trace.steps[-1].node
    assert [node.name for node in reader.inputs] == ["a.activation"]
    figures = {step.node.name: (step.params, step.non_trainable_params) for step in trace.steps}
    assert figures["a.norm"] == (0, 4)  # the file's default for batchnorm reaches it
    assert figures["depthwise_conv1.activation"] == (1, 0)
    assert figures["separable_conv1.norm"] == (6, 0)


def test_kinds_and_aliases_never_meet_blocks() -> None:
    for name in (*RESERVED, *KINDS):
        text = f"input: [8, 8, 4]\nblocks: {{{name}: {{layers: [relu]}}}}\nlayers: [relu]"
        assert errors(text) == [
            f"duplicate-name: {name} is a layer already: choose another name for the block"
        ]


def test_a_block_wins_over_a_class_that_was_added() -> None:
    """What a file said before the class was read keeps its meaning."""
    assert set(ALIASES) >= RESERVED
    for name in ALIASES.keys() - RESERVED:
        text = f"input: [8, 8, 4]\nblocks: {{{name}: {{layers: [conv: 3]}}}}\nlayers: [{name}]"
        trace = check(text).trace
        assert trace is not None
        assert trace.network.nodes[-1].output == (3, 8, 8)


@pytest.mark.parametrize(
    ("word", "value", "field", "kind"),
    [
        ("hardtanh", "relu", "activation: hardtanh", "relu"),
        ("linear", "relu", "activation: linear", "relu"),
        ("group", "batch", "norm: group", "batchnorm"),
        ("softsign", "tanh", "activation: silu if 1 > 2 else softsign", "tanh"),
    ],
)
def test_a_name_of_the_file_wins_over_a_word_that_was_added(
    word: str, value: str, field: str, kind: str
) -> None:
    """What a file said before the word had a meaning keeps it."""
    layers = f"layers: [conv: {{filters: 64, {field}}}]"
    assert last_kind(f"input: [8, 8, 4]\nparams: {{{word}: {value}}}\n{layers}") == kind
    called = f"blocks: {{B: {{params: {{{word}: {value}}}, {layers}}}}}\nlayers: [B]"
    assert last_kind(f"input: [8, 8, 4]\n{called}") == kind
    assert last_kind(f"input: [8, 8, 4]\n{layers}") != kind


def last_kind(text: str) -> str:
    trace = check(text).trace
    assert trace is not None
    return trace.network.nodes[-1].kind


# by hand: what a layer says itself wins over a default that cannot go with it
@pytest.mark.parametrize(
    ("defaults", "layer", "size", "params"),
    [
        ("upsample: {scale: 3}", "upsample: {like: big}", "8x8x4", 0),
        ("upsample: {scale: 3}", "upsample: {size: 5}", "5x5x4", 0),
        ("upsample: {scale: 3}", "upsample: {}", "12x12x4", 0),
        ("upsample: {size: 5}", "upsample: 2", "8x8x4", 0),
        ("pad: {amount: 3}", "pad: {like: big}", "8x8x4", 0),
        ("pad: {like: big}", "pad: 1", "6x6x4", 0),
        ("adaptive_avgpool: {output_size: 3}", "adaptive_avgpool: {like: big}", "8x8x4", 0),
        ("crop: {like: small, offset: 0}", "crop: 1", "2x2x4", 0),
        ("crop: {like: small, offset: 0}", "crop: {}", "2x2x4", 0),
        ("prelu: {per: element}", "PReLU: {num_parameters: 4}", "4x4x4", 4),
        (
            "conv: {norm_groups: 3}",
            "conv: {filters: 4, kernel_size: 1, norm: batch}",
            "4x4x4",
            4 * 4 + 4 + 2 * 4,
        ),
    ],
)
def test_a_default_that_a_layer_excludes(defaults: str, layer: str, size: str, params: int) -> None:
    text = f"input: [8, 8, 4]\ndefaults: {{{defaults}}}\nlayers:\n  - identity: {{name: big}}\n"
    text += "  - maxpool: {kernel_size: 2, name: half}\n  - maxpool: {kernel_size: 2, name: small}\n"
    report = check(f"{text}  - identity: {{from: half}}\n  - {layer}\n")
    assert report.errors == []
    assert report.trace is not None
    assert format_shape(report.trace.steps[-1].node.output, report.layout) == size
    assert sum(step.params or 0 for step in report.trace.steps) == params
