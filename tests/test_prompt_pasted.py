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


CONV = "conv: {filters: 8, kernel_size: 3}"


@pytest.mark.parametrize(
    ("pasted", "entries"),
    [
        ("conv:\n  filters: 8\n  kernel_size: 3\n", [CONV]),
        ("- conv:\n    filters: 8   # many\n\n    kernel_size: 3\n- relu\n", [CONV, "relu"]),
        ("layers:\n  - maxpool:\n      kernel_size: 2\n  # end\n  - flatten", ["maxpool: 2", "flatten"]),
        (
            "- residual:\n    - conv:\n        filters: 8\n        kernel_size: 1\n    - relu",
            ["residual: [{conv: {filters: 8, kernel_size: 1}}, relu]"],
        ),
        ("residual:\n- relu\n- softmax\n", ["residual: [relu, softmax]"]),
        (
            "- conv:\n    filters: 8\n    kernel_size:\n      - 3\n      - 5\n",
            ["conv: {filters: 8, kernel_size: [3, 5]}"],
        ),
        ("- conv:\r\n    filters: 8\r\n    kernel_size: 3\r\n", [CONV]),
        ("- conv: {filters: 8,\n    kernel_size: 3}\n- relu", [CONV, "relu"]),
    ],
)
def test_layers_in_block_style(pasted: str, entries: list[str]) -> None:
    session, _ = answered(Session(), "input 8x8x8")
    after, reply = answered(session, pasted)
    listed = "".join(f"  - {entry}\n" for entry in entries)
    assert (reply.wrong, after.text) == (False, f"input: [8, 8, 8]\nlayers:\n{listed}")


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("conv:\n", "conv: needs its fields on the same line, as in conv: {...}"),
        ("conv:\n- relu\n- flatten", "conv: needs its fields on the same line, as in conv: {...}"),
        ("- conv:\n    filters: [8\n", "conv: needs its fields on the same line, as in conv: {...}"),
        (
            "- conv:\n    filters: 8\n    kernal_size: 3\n",
            "conv has no kernal_size: did you mean kernel_size?",
        ),
    ],
)
def test_block_style_that_says_no_layer(pasted: str, said: str) -> None:
    session, _ = answered(Session(), "input 8x8x8")
    after, reply = answered(session, pasted)
    assert (after.text, reply.lines[0].text) == (session.text, said)


WHOLE = """\
# the course network, by its params
input: [28, 28, 1]
params: {k: 5}
defaults:
  conv: {activation: relu}
layers:
  - conv: {filters: 32, kernel_size: k}
  - maxpool: 2
"""


def test_a_whole_spec_is_pasted() -> None:
    session, reply = answered(Session(), WHOLE)
    assert (session.text, reply.text) == (WHOLE, "  2 layers   28x28x1 -> 12x12x32   832 parameters\n")
    after, reply = answered(session, WHOLE)
    assert after.text == WHOLE
    assert reply.text == (
        "a whole spec was pasted, and there is a network already: paste its layers alone to go on, or begin "
        "anew with clear, which undo takes back\n"
    )
    assert answered(session, "undo")[0].text == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import keras\nfrom keras import layers\n", "model.summary()\nmodel.compile(loss='mse')\n"),
        ("```python\nfrom tensorflow.keras import layers, models as m\n", "```\n"),
    ],
)
def test_the_lines_around_a_program_say_nothing(before: str, after: str) -> None:
    alone, _ = answered(Session(), PROGRAM)
    session, reply = answered(Session(), before + PROGRAM + after)
    assert (reply.wrong, session.text) == (False, alone.text)


def test_a_spec_between_fences() -> None:
    assert answered(Session(), f"```yaml\n{WHOLE}```")[0].text == WHOLE


def test_a_class_is_not_pasted() -> None:
    """The order of its layers is that of its forward."""
    code = "class Net(nn.Module):\n    def __init__(self):\n        self.conv = nn.Conv2d(1, 8, 3)\n"
    before, _ = answered(Session(), "input 28x28x1")
    session, reply = answered(before, f"import torch.nn as nn\n{code}")
    assert session.text == before.text
    assert reply.text == (
        "what Net computes is known where its code runs: save it as net.py, and cnn-shapes import net.py:Net "
        "writes its spec\n"
    )


AFTER_VECTOR = (
    "{} needs a feature map with {} spatial axes, found a vector of 64 features: write {}, or put it "
)


@pytest.mark.parametrize(
    ("before", "line", "said"),
    [
        ("flatten", "nn.BatchNorm2d(6)", ("BatchNorm2d", 2, "BatchNorm1d")),
        ("flatten", "BatchNorm2d", ("BatchNorm2d", 2, "BatchNorm1d")),
        ("flatten", "nn.InstanceNorm3d(6)", ("InstanceNorm3d", 3, "InstanceNorm1d")),
        ("flatten; relu", "edit 2 nn.BatchNorm2d(1)", ("BatchNorm2d", 2, "BatchNorm1d")),
        ("flatten", "nn.BatchNorm1d(64)", ()),
        ("flatten", "layers.BatchNormalization()", ()),
        ("flatten", "bn", ()),
        ("relu", "nn.BatchNorm2d(1)", ()),
        ("flatten", "insert 1 nn.BatchNorm2d(1)", ()),
        ("flatten; relu", "edit 1 nn.BatchNorm2d(1)", ()),
    ],
)
def test_a_norm_of_feature_maps_after_a_vector(before: str, line: str, said: tuple[object, ...]) -> None:
    session, _ = answered(Session(), f"input 8x8x1; {before}")
    after, reply = answered(session, line)
    assert (reply.wrong, after.text == session.text) == (bool(said), bool(said))
    if said:
        assert reply.text == f"{AFTER_VECTOR.format(*said)}before flatten\n"


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


# what a class of Keras does where nothing is said (keras.layers of Keras 3.15); PyTorch's pools must be told
DEFAULTS = [
    ("layers.MaxPooling2D()", "maxpool: 2"),
    ("keras.layers.AveragePooling2D()", "avgpool: 2"),
    ("layers.MaxPooling2D(strides=2)", "maxpool: {kernel_size: 2, stride: 2}"),
    ("layers.MaxPooling2D(pool_size=(3, 3))", "maxpool: 3"),
    ("layers.ZeroPadding2D()", "pad: 1"),
    ("layers.ZeroPadding2D(2)", "pad: 2"),
]


@pytest.mark.parametrize(("pasted", "entry"), DEFAULTS, ids=[row[0] for row in DEFAULTS])
def test_what_keras_does_without_being_told(pasted: str, entry: str) -> None:
    session, _ = answered(Session(), f"input 12x12x1; {pasted}")
    assert session.text == f"input: [12, 12, 1]\nlayers:\n  - {entry}\n"


def test_a_pool_of_pytorch_must_be_told() -> None:
    _, reply = answered(Session(), "input 12x12x1; nn.MaxPool2d()")
    assert reply.wrong
    assert "maxpool needs kernel_size" in reply.text
