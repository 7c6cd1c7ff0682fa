"""Programs and specs pasted whole, over several lines."""

import pytest

from cnn_shapes.prompt.session.state import Session
from tests.prompt_steps import answered

PROGRAM = """\
model = keras.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(
        32,
        kernel_size=(5, 5),
        activation="relu"
    ),  # 24
    layers.MaxPooling2D(pool_size=(2, 2)),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model = keras.Model(x, y)
"""
SPEC = (
    "input: [28, 28, 1]\nlayers:\n  - conv: {filters: 32, kernel_size: 5, activation: relu}\n  - maxpool: 2\n"
)
SPEC += "  - flatten\n  - dense: {units: 10, activation: softmax}\n"


@pytest.mark.parametrize("pasted", [PROGRAM, PROGRAM.replace("\n", "\r\n"), SPEC], ids=["lf", "crlf", "spec"])
def test_a_whole_program_is_pasted(pasted: str) -> None:
    session, reply = answered(Session(), pasted)
    assert not reply.wrong
    floor = "" if pasted == SPEC else "rounding: floor\n"  # as Keras rounds
    assert session.text == SPEC.replace("layers:", f"{floor}layers:")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Input((None, None, 3))", "input takes 1 to 4 sizes from 1 without the batch"),
        ("keras.Input()", "input takes 1 to 4 sizes from 1 without the batch"),
        ("nn.Conv2d(1,\n", "a bracket of nn.Conv2d(1, is not closed"),
    ],
)
def test_a_program_that_says_too_little(line: str, said: str) -> None:
    session, _ = answered(Session(), "input 8x8x1")
    after, reply = answered(session, line)
    assert reply.wrong
    assert reply.text.startswith(said)
    assert after.text == session.text


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("nn.Softmax(dim=1)", "softmax: {dim: 1}"),
        ("nn.Softmax(1)", "softmax: {dim: 1}"),
        ("layers.Softmax(-1)", "softmax: {axis: -1}"),
        ("nn.Conv2d(8, 32, 5)", "conv: {filters: 32, kernel_size: 5, in_channels: 8}"),
        (
            'layers.Conv2DTranspose(64, 3, strides=2, padding="same")',
            "Conv2DTranspose: {filters: 64, kernel_size: 3, strides: 2, padding: same}",
        ),
        ("layers.UpSampling2D(size=(2, 3))", "UpSampling2D: {size: [2, 3]}"),
        ("layers.UpSampling2D()", "UpSampling2D"),
        ("layers.Resizing(20, 30)", "Resizing: {height: 20, width: 30}"),
        ("layers.Rescaling(1./255, offset=0.1)", "Rescaling"),
        ("ops.FrozenBatchNorm2d(64)", "FrozenBatchNorm2d"),
        ("nn.Flatten(1)", "flatten"),
        ("nn.GroupNorm(1, 4)", "groupnorm: 1"),
        ("nn.Dropout2d(p=0.2)", "dropout: 0.2"),
        ("nn.PixelShuffle(upscale_factor=2)", "pixel_shuffle: 2"),
        ("nn.Upsample(scale_factor=2, align_corners=True)", "upsample: 2"),
        ("layers.ZeroPadding2D(padding=((1, 2), (3, 4)))", "pad: [[1, 2], [3, 4]]"),
        ("layers.BatchNormalization(center=False, epsilon=1e-5)", "batchnorm: {center: false}"),
        ("layers.GlobalAveragePooling2D(keepdims=True)", "global_avgpool: {keepdims: true}"),
        ("layers.Softmax(axis=-1)", "softmax: {axis: -1}"),
        ("nn.PReLU(8)", "prelu: {num_parameters: 8}"),
        ("layers.PReLU(shared_axes=[1, 2])", "prelu: {shared_axes: [1, 2]}"),
        ("StochasticDepth(0.2, 'row')", "stochastic_depth: 0.2"),
        ("nn.Hardtanh(-1, 1)", "hardtanh"),
        ("nn.GLU(dim=1)", "GLU: {dim: 1}"),
    ],
)
def test_a_class_whose_arguments_are_counted_otherwise(line: str, entry: str) -> None:
    session, _ = answered(Session(), "input 8x8x8")
    after, reply = answered(session, line)
    assert not reply.wrong
    assert after.text == f"input: [8, 8, 8]\nlayers:\n  - {entry}\n"
