"""Every layer kind in every rank, padding form and rounding, against PyTorch, Keras and TensorFlow."""

from typing import NamedTuple

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.layers import KINDS, layer_of
from cnn_shapes.source import Source
from tests.golden import ROOT
from tests.test_keras_rows import ROWS as KERAS
from tests.test_language import errors

TORCH = (ROOT / "tests" / "data" / "torch_rows.txt").read_text(encoding="utf-8").splitlines()[1:]


class Result(NamedTuple):
    """What came out: a shape or the rules of the errors, then the figures of the last layer."""

    output: str
    params: int | None = None
    stored: int | None = None
    macs: int | None = None


def result(size: str, layer: str, layout: str) -> Result:
    report = check_source(Source("x.yaml", f"input: {size}\nlayout: {layout}\nlayers:\n  - {layer}\n"))
    if report.errors:
        return Result(" ".join(found.rule for found in report.errors))
    assert report.trace is not None
    node, params, stored, macs = report.trace.steps[-1][:4]
    assert node.output is not None
    shape = node.output if layout == "channels_first" else (*node.output[1:], node.output[0])
    return Result("x".join(map(str, shape)), params, stored, macs)


# tests/tools/make_torch_rows.py says how the rows were made
@pytest.mark.parametrize("row", TORCH, ids=lambda row: row)
def test_as_in_pytorch(row: str) -> None:
    size, layer, output, *figures = row.split(" | ")
    assert result(size, layer, "channels_first") == Result(output, *map(int, figures))


# TensorFlow's documentation of tf.nn.convolution, "padding": `same` gives ceil(size/stride)
@pytest.mark.parametrize(
    ("size", "fields", "output"),
    [
        ("28x1", "kernel_size: 3, stride: 2", "14x4"),
        ("27x1", "kernel_size: 3, stride: 2", "14x4"),
        ("5x1", "kernel_size: 1, stride: 3", "2x4"),  # a kernel shorter than its stride
        ("28x28x1", "kernel_size: 5, stride: 3", "10x10x4"),
        ("30x27x1", "kernel_size: [3, 5], stride: [2, 4]", "15x7x4"),
        ("7x7x1", "kernel_size: 9, stride: 2", "4x4x4"),  # a kernel larger than the input
        ("1x1x1", "kernel_size: 7, stride: 2", "1x1x4"),
        ("9x10x11x1", "kernel_size: 2, stride: 2", "5x5x6x4"),
        ("9x10x11x1", "kernel_size: 3, stride: 1, dilation: 2", "9x10x11x4"),
        ("9x10x11x1", "kernel_size: 3, stride: [1, 2, 3]", "9x5x4x4"),
    ],
)
@pytest.mark.parametrize("rounding", ["exact", "floor"])
def test_same_padding(size: str, fields: str, output: str, rounding: str) -> None:
    for kind in ("conv: {filters: 4,", "separable_conv: {filters: 4,", "depthwise_conv: {multiplier: 4,"):
        layer = f"{kind} {fields}, padding: same, rounding: {rounding}}}"
        assert result(size, layer, "channels_last").output == output
    if "dilation" not in fields:
        pool = f"maxpool: {{{fields}, padding: same, rounding: {rounding}}}"
        assert (
            result(size.replace("x1", "x4", 1)[:0] + size[:-1] + "4", pool, "channels_last").output == output
        )


# Where PyTorch has no such layer. Keras' documentation gives the shapes of the weights: DepthwiseConv2D
# (h, w, c, multiplier); SeparableConv2D that and (1, 1, c*multiplier, filters). The rest by hand.
@pytest.mark.parametrize(
    ("size", "layer", "expected"),
    [
        # 5*3*2 + 3*2*8 + 8; 10 positions * 6 * (5 + 8)
        ("14x3", "separable_conv: {filters: 8, kernel_size: 5, multiplier: 2}", ("10x8", 86, 0, 780)),
        # 27*3*2 + 3*2*8; 3*3*3 positions * 6 * (27 + 8)
        ("5x5x5x3", "separable_conv: {filters: 8, kernel_size: 3, multiplier: 2, bias: false}",
         ("3x3x3x8", 210, 0, 5670)),
        ("9x9x3", "separable_conv: {filters: 8, kernel_size: 3, stride: 2, padding: same, dilation: 1}",
         ("5x5x8", 9 * 3 + 3 * 8 + 8, 0, 25 * 3 * (9 + 8))),
        ("9x9x3", "separable_conv: {filters: 8, kernel_size: 3, padding: half, stride: 3}", "size-not-whole"),
        ("14x3", "depthwise_conv: {kernel_size: 5, multiplier: 2}", ("10x6", 36, 0, 300)),
        ("5x5x5x3", "depthwise_conv: {kernel_size: 3, multiplier: 2}", ("3x3x3x6", 168, 0, 4374)),
        ("6x8", "pixel_shuffle: 4", ("24x2", 0, 0, 0)),  # 1-D: channels / 4
        ("4x5x6x16", "pixel_shuffle: 2", ("8x10x12x2", 0, 0, 0)),  # 3-D: channels / 2**3
        ("6x6x6", "pixel_shuffle: 4", "groups-not-divisible"),
        ("8x3", "space_to_depth: 4", ("2x12", 0, 0, 0)),
        ("4x6x8x3", "space_to_depth: 2", ("2x3x4x24", 0, 0, 0)),
        ("7x6x3", "space_to_depth: 2", "size-not-whole"),
        ("9x9x3", "space_to_depth: 20", "size-not-whole"),
        ("45x45x2", "upsample: 1.4", ("63x63x2", 0, 0, 0)),  # 7/5, where a binary float gives 62.99...
        ("5x2", "upsample: {scale: 1.5}", "size-not-whole"),
        ("5x2", "upsample: {scale: 1.5, rounding: floor}", ("7x2", 0, 0, 0)),
        ("5x2", "upsample: {scale: 1.5, rounding: ceil}", ("8x2", 0, 0, 0)),
        ("5x6x2", "upsample: {size: [7, null]}", ("7x6x2", 0, 0, 0)),
        ("3x3x2", "upsample: 0.3333", "window-too-large"),
        ("4x4x5", "groupnorm: 2", "groups-not-divisible"),
        ("4x4x5", "channel_shuffle: 2", "groups-not-divisible"),
        ("4x4x5", "conv: {filters: 4, groups: 2}", "groups-not-divisible"),
        ("4x4x4", "conv: {filters: 5, groups: 2}", "groups-not-divisible"),
        ("4x4x5", "split: [a, b]", "groups-not-divisible"),
        ("4x4x6", "split: [a, b, c]", ("4x4x2", 0, 0, 0)),
        ("4x4x6", "split: {into: {a: 1, b: 5}}", ("4x4x5", 0, 0, 0)),
        ("4x4x6", "split: {into: {a: 1, b: 4}}", "shape-mismatch"),
        ("10x2", "crop: [[2, 3]]", ("5x2", 0, 0, 0)),
        ("5x2", "crop: [[2, 3]]", "window-too-large"),
        ("4x6x2", "permute: [1, 0, 2]", ("6x4x2", 0, 0, 0)),
        ("4x6x2", "permute: [2, 0, 1]", ("2x4x6", 0, 0, 0)),
        ("7", "permute: [0]", ("7", 0, 0, 0)),
        ("7", "permute: [1, 0]", "bad-value"),  # random networks met an internal fault here
        ("4x6x2", "reshape: [24, 2]", ("24x2", 0, 0, 0)),
        ("4x6x2", "reshape: [-1, 16]", ("3x16", 0, 0, 0)),
        ("4x6x2", "reshape: [5, 10]", "shape-mismatch"),
        ("4x6x2", "dense: 3", "needs-flatten"),
        ("7", "conv: 3", "wrong-rank"),
        ("7", "maxpool: 2", "wrong-rank"),
        ("7", "global_avgpool", "wrong-rank"),
        ("7", "adaptive_avgpool: 1", "wrong-rank"),
        ("7", "pad: 1", "wrong-rank"),
        ("7", "lrn", "wrong-rank"),  # torch.nn.LocalResponseNorm wants three axes or more, with the batch
        ("7", "dense: 3", ("3", 24, 0, 21)),
        ("7", "flatten", ("7", 0, 0, 0)),
        ("7", "prelu", ("7", 1, 0, 0)),
        # torch.nn.PReLU(num_parameters=1 or the channels); Keras' PReLU with and without shared_axes
        ("4x6x3", "prelu: channel", ("4x6x3", 3, 0, 0)),
        ("4x6x3", "prelu: {per: element}", ("4x6x3", 72, 0, 0)),
        ("4x6x3", "PReLU: {num_parameters: 3}", ("4x6x3", 3, 0, 0)),
        ("4x6x3", "PReLU: {num_parameters: 1}", ("4x6x3", 1, 0, 0)),
        ("4x6x3", "PReLU: {num_parameters: 4}", "expect-mismatch"),
        ("4x6x3", "PReLU: {shared_axes: [1, 2]}", ("4x6x3", 3, 0, 0)),
        ("4x6x3", "PReLU: {shared_axes: [1, 2, 3]}", ("4x6x3", 1, 0, 0)),
        ("4x6x3", "PReLU: {shared_axes: []}", ("4x6x3", 72, 0, 0)),
        ("4x6x3", "PReLU: {shared_axes: [1]}", "bad-value"),
        ("7", "PReLU: {num_parameters: 7}", ("7", 7, 0, 0)),
        # numpy.mean(keepdims=True) over these axes
        ("4x6x3", "reduce: mean", ("4x6x1", 0, 0, 0)),
        ("4x6x3", "reduce: {by: sum, axis: height}", ("1x6x3", 0, 0, 0)),
        ("4x6x3", "reduce: {axis: [width, channels]}", ("4x1x1", 0, 0, 0)),
        ("5x4x6x3", "reduce: {axis: depth}", ("1x4x6x3", 0, 0, 0)),
        ("8x3", "reduce: {axis: length}", ("1x3", 0, 0, 0)),
        ("7", "reduce: max", ("1", 0, 0, 0)),
        ("8x3", "reduce: {axis: height}", "bad-value"),
        ("4x6x3", "reduce: {axis: [height, height]}", "bad-value"),
        ("4x6x3", "reduce: {axis: []}", "bad-value"),
        ("4x6x3", "reduce: {by: median}", "bad-value"),
        ("4x6x3", "Softmax: {dim: 3}", ("4x6x3", 0, 0, 0)),
        ("4x6x3", "Softmax: {dim: 4}", "bad-value"),
        ("4x6x3", "softmax: {axis: 0}", "bad-value"),  # the batch
        ("4x6x6", "split: {into: [a, b], axis: width}", ("4x3x6", 0, 0, 0)),
        ("4x6x6", "split: {into: [a, b, c], axis: height}", "groups-not-divisible"),
        ("4x6x6", "split: {into: {a: 1, b: -1}}", ("4x6x5", 0, 0, 0)),
        ("4x6x6", "split: {into: {a: -1, b: 4}, axis: height}", "shape-mismatch"),
        ("4x6x6", "split: {into: {a: -1, b: -1}}", "bad-value"),
        ("4x6x6", "split: {into: {a: 1, b: 2}, axis: height}", "shape-mismatch"),
        # torch.nn.ReflectionPad wants less than the size, CircularPad at most as much
        ("4x6x3", "pad: {amount: [3, 5], mode: reflect}", ("10x16x3", 0, 0, 0)),
        ("4x6x3", "pad: {amount: [4, 0], mode: reflect}", "bad-padding"),
        ("4x6x3", "pad: {amount: [4, 6], mode: circular}", ("12x18x3", 0, 0, 0)),
        ("4x6x3", "pad: {amount: [[0, 5], [0, 0]], mode: circular}", "bad-padding"),
        ("4x6x3", "pad: {amount: 9, mode: replicate}", ("22x24x3", 0, 0, 0)),
        # Keras' Conv1D with padding="causal": ceil(size/stride); 3*4*2 + 2 weights at each of these
        ("11x4", "conv: {filters: 2, kernel_size: 3, padding: causal}", ("11x2", 26, 0, 24 * 11)),
        ("11x4", "conv: {filters: 2, kernel_size: 3, stride: 2, padding: causal}", ("6x2", 26, 0, 24 * 6)),
        ("1x4", "conv: {filters: 2, kernel_size: 3, dilation: 8, padding: causal}", ("1x2", 26, 0, 24)),
        ("11x4", "maxpool: {kernel_size: 4, stride: 3, padding: causal}", ("4x4", 0, 0, 0)),
        ("11x4", "maxpool: {kernel_size: 4, stride: 3, padding: causal, rounding: ceil}", ("4x4", 0, 0, 0)),
        ("4x6x3", "conv: {filters: 2, padding: causal}", "bad-value"),
        ("11x4", "conv_transpose: {filters: 2, padding: causal}", "bad-value"),
        # Keras' BatchNormalization(scale=False) has beta and the two statistics
        ("4x6x3", "batchnorm: {scale: false}", ("4x6x3", 3, 6, 0)),
        ("4x6x3", "batchnorm: {center: false}", ("4x6x3", 3, 6, 0)),
        ("4x6x3", "batchnorm: {scale: false, center: false}", ("4x6x3", 0, 6, 0)),
        ("4x6x3", "conv: {filters: 64, norm: group}", ("4x6x64", 128, 0, 0)),
        ("4x6x3", "conv: {filters: 48, norm: group}", "groups-not-divisible"),
        ("4x6x3", "conv: {filters: 48, norm: group, norm_groups: 16}", ("4x6x48", 96, 0, 0)),
        ("4x6x3", "conv: {filters: 64, norm: rms}", ("4x6x64", 64, 0, 0)),
        ("4x6x3", "scale", ("4x6x3", 3, 0, 0)),
        ("4x6x3", "scale: {per: tensor}", ("4x6x3", 1, 0, 0)),
        ("4x6x3", "scale: {per: element, bias: true}", ("4x6x3", 2 * 4 * 6 * 3, 0, 0)),
        ("7", "scale: {bias: true}", ("7", 14, 0, 0)),
        ("4x6x3", "scale: {per: pixel}", "bad-value"),
        ("4x6x3", "grn", ("4x6x3", 6, 0, 0)),  # ConvNeXt V2, listing 1: gamma and beta of C values
        ("4x6x3", "l2norm", ("4x6x3", 0, 0, 0)),
        ("7", "grn", "wrong-rank"),
        ("4x6x3", "stochastic_depth: 0.2", ("4x6x3", 0, 0, 0)),
        ("4x6x3", "StochasticDepth: {p: 0.2}", ("4x6x3", 0, 0, 0)),
        ("4x6x3", "StochasticDepth: {p: 0.2, mode: row}", "unknown-key"),
        ("4x6x3", "stochastic_depth: 2", "bad-value"),
        ("4x6x3", "glu", "groups-not-divisible"),
        ("4x6x2", "conv: {filters: 2, activation: glu}", "bad-value"),  # it halves the channels
        ("4x6x2", "conv: {filters: 2, activation: threshold}", "bad-value"),  # it needs two numbers
        ("4x6x2", "conv: {filters: 2, activation: linear}", ("4x6x2", 6, 0, 2 * 2 * 24)),
        ("4x6x2", "conv: {filters: 2, activation: log_softmax}", ("4x6x2", 0, 0, 0)),
        ("4x4x2", "maxpool: {kernel_size: 3, stride: 1, padding: [[2, 2], [2, 2]]}", ("6x6x2", 0, 0, 0)),
        ("4x4x2", "maxpool: {kernel_size: 3, stride: 1, padding: [[3, 0], [0, 0]]}", "bad-padding"),
        ("4x4x2", "maxpool: {kernel_size: 3, stride: 1, padding: 2}", "bad-padding"),
        ("4x4x2", "conv: {filters: 3, rounding: ceil}", "bad-value"),
        ("4x4x2", "lppool: {kernel_size: 2, padding: 1}", "unknown-key"),
        ("4x4x2", "avgpool: {kernel_size: 2, dilation: 2}", "unknown-key"),
        ("4x4x2", "conv_transpose: {filters: 3, padding: half}", "bad-value"),
        ("4x4x2", "conv_transpose: {filters: 3, padding: same}", "bad-value"),
    ],
)  # fmt: skip
def test_by_hand(size: str, layer: str, expected: str | tuple[str, int, int, int]) -> None:
    wanted = Result(expected) if isinstance(expected, str) else Result(*expected)
    assert result(size, layer, "channels_last") == wanted


# `from: [a, b]` after two layers of these shapes
@pytest.mark.parametrize(
    ("kind", "first", "second", "output"),
    [
        ("add", "4x4x3", "4x4x3", "4x4x3"),
        ("add", "4x4x3", "1x1x3", "4x4x3"),
        ("add", "4x4x3", "4x4x1", "4x4x3"),
        ("add", "1x4x1", "4x1x3", "4x4x3"),  # NumPy's broadcasting, both ways
        ("add", "4x4x3", "4x5x3", "shape-mismatch"),
        ("add", "4x4x3", "4x4x2", "shape-mismatch"),
        ("add", "4x4x3", "3", "shape-mismatch"),
        ("subtract", "4x4x3", "4x1x3", "4x4x3"),  # NumPy's broadcasting too
        ("subtract", "4x4x3", "4x5x3", "shape-mismatch"),
        ("average", "1x4x1", "4x1x3", "4x4x3"),
        ("average", "4x4x3", "3", "shape-mismatch"),
        ("maximum", "4x4x3", "4x4x1", "4x4x3"),
        ("maximum", "4x4x3", "4x4x2", "shape-mismatch"),
        ("minimum", "3", "1", "3"),
        ("minimum", "4x4x3", "4x4x3", "4x4x3"),
        ("multiply", "4x4x3", "1x1x3", "4x4x3"),
        ("multiply", "4x4x3", "3", "4x4x3"),  # a vector [C] counts as [1, 1, C]
        ("multiply", "3", "4x4x3", "4x4x3"),
        ("multiply", "4x4x3", "2", "shape-mismatch"),
        ("concat", "4x4x3", "4x4x5", "4x4x8"),
        ("concat", "3", "5", "8"),
        ("concat", "6x3", "6x5", "6x8"),
        ("concat", "6x3", "7x5", "shape-mismatch"),
        ("concat", "4x4x3", "1x1x5", "shape-mismatch"),
        ("concat", "4x4x3", "5", "shape-mismatch"),
    ],
)
def test_joins(kind: str, first: str, second: str, output: str) -> None:
    made = "".join(
        f"\n  - reshape: {{shape: [{size.replace('x', ', ')}], from: {source}, name: {name}}}"
        for name, size, source in (("a", first, "x"), ("b", second, "y"))
    )
    numbers = [eval_product(first), eval_product(second)]
    parts = "".join(
        f"\n  - dense: {{units: {units}, from: input, name: {name}}}"
        for name, units in zip("xy", numbers, strict=True)
    )
    report = check_source(Source("x.yaml", f"input: [7]\nlayers:{parts}{made}\n  - {kind}: [a, b]\n"))
    if report.errors:
        assert [found.rule for found in report.errors] == [output]
    else:
        assert report.trace is not None
        shape = report.trace.steps[-1].node.output
        assert shape is not None
        assert "x".join(map(str, (*shape[1:], shape[0]))) == output


@pytest.mark.parametrize(
    ("axis", "first", "second", "output"),
    [
        ("height", "4x6x3", "5x6x3", "9x6x3"),
        ("width", "4x6x3", "4x1x3", "4x7x3"),
        ("channels", "4x6x3", "4x6x1", "4x6x4"),
        ("-1", "4x6x3", "4x6x1", "4x6x4"),  # Keras' Concatenate(axis=-1), the default
        ("1", "4x6x3", "5x6x3", "9x6x3"),
        ("height", "4x6x3", "5x7x3", "shape-mismatch"),
        ("height", "4x6x3", "5x6x2", "shape-mismatch"),
        ("height", "4x6x3", "6x3", "shape-mismatch"),
        ("length", "6x3", "5x3", "11x3"),
        ("channels", "6", "5", "11"),
        ("height", "6", "5", "bad-value"),
    ],
)
def test_concat_along_an_axis(axis: str, first: str, second: str, output: str) -> None:
    """As numpy.concatenate."""
    parts = "".join(
        f"  - dense: {{units: {eval_product(size)}, from: input}}\n"
        f"  - reshape: {{shape: [{size.replace('x', ', ')}], name: {name}}}\n"
        for name, size in (("a", first), ("b", second))
    )
    report = check_source(
        Source("x.yaml", f"input: [7]\nlayers:\n{parts}  - concat: {{from: [a, b], axis: {axis}}}\n")
    )
    if report.errors:
        assert [found.rule for found in report.errors] == [output]
    else:
        assert report.trace is not None
        shape = report.trace.steps[-1].node.output
        assert shape is not None
        assert "x".join(map(str, (*shape[1:], shape[0]))) == output


def eval_product(size: str) -> int:
    product = 1
    for axis in size.split("x"):
        product *= int(axis)
    return product


def test_every_kind_has_a_row() -> None:
    """Or an example that says what comes out: test_explain.py runs it."""
    rows = {row.split(" | ")[1].partition(":")[0] for row in TORCH}
    rows |= {row.split(" | ")[2].partition(":")[0] for row in KERAS}
    rows = {layer_of(word).kind for word in rows}
    joins = {
        "add",
        "multiply",
        "subtract",
        "average",
        "maximum",
        "minimum",
        "concat",
        "split",
    }  # of several inputs or outputs, above
    promised = {kind for kind, layer in KINDS.items() if "expect" in layer.example}
    assert rows | joins | promised == set(KINDS)


@pytest.mark.parametrize("kind", [kind for kind, layer in KINDS.items() if layer.required])
def test_what_a_missing_field_is_told_is_accepted(kind: str) -> None:
    """Who follows the message `needs units, as in ...` makes no second error."""
    layer = KINDS[kind]
    (message,) = errors(f"input: {layer.example_input}\nlayers:\n  - {kind}\n")
    _, found, advice = message.partition("as in ")
    if found and "[a, prev]" not in advice:
        names = {"halved": "maxpool: {kernel_size: 2, name: halved}\n  - "}
        before = next((line for name, line in names.items() if name in advice), "")
        text = f"input: {layer.example_input}\nlayers:\n  - {before}{advice}\n"
        assert [one for one in errors(text) if "missing-field" in one or "bad-value" in one] == []
