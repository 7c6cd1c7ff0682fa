"""Pasted code is judged as its framework rounds: when that is so, what is said, what undo takes back."""

import pytest

from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.view.preview import GOOD, RED, preview
from tests.prompt_steps import answered

# https://keras.io/examples/vision/mnist_convnet, the model: 26 = 28 - 3 + 1, 13 = 26/2, 11 = 13 - 3 + 1,
# 5 = floor(11 / 2), 1600 = 5*5*64
KERAS_MNIST = """\
num_classes = 10
input_shape = (28, 28, 1)
model = keras.Sequential(
    [
        keras.Input(shape=input_shape),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(num_classes, activation="softmax"),
    ]
)
"""
KERAS_SPEC = """\
input: [28, 28, 1]
rounding: floor
layers:
  - conv: {filters: 32, kernel_size: 3, activation: relu}
  - maxpool: 2
  - conv: {filters: 64, kernel_size: 3, activation: relu}
  - maxpool: 2
  - flatten
  - dropout: 0.5
  - dense: {units: 10, activation: softmax}
"""
KERAS_ANSWER = """\
  input 28x28x1: height 28, width 28, 1 channel
  rounding floor: sizes are rounded down, as Keras does; rounding exact asks for whole ones
  1  conv 3x3, 32 + relu   28x28x1 -> 26x26x32   (28 + 2*0 - 3)/1 + 1 = 26   3*3*1*32 + 32 = 320 parameters
  2  maxpool 2   26x26x32 -> 13x13x32   26 / 2 = 13
  3  conv 3x3, 64 + relu   13x13x32 -> 11x11x64   (13 + 2*0 - 3)/1 + 1 = 11   3*3*32*64 + 64 = 18,496 {}
  4  maxpool 2   11x11x64 -> 5x5x64   floor(11 / 2) = 5
  warning: the end of the 11x11 feature map is never read: 11 / 2 = 5.5 rounds down
  5  flatten   5x5x64 -> 1600   5*5*64 = 1600
  6  dropout 0.5   1600 -> 1600
  7  dense 10 + softmax   1600 -> 10   1600*10 + 10 = 16,010 parameters
""".format("parameters")


def test_the_example_of_keras() -> None:
    session, reply = answered(Session(), KERAS_MNIST)
    assert (session.text, reply.text, reply.wrong) == (KERAS_SPEC, KERAS_ANSWER, False)
    undone, _ = answered(session, "undo")
    assert undone.text == ""


TORCH = "  rounding floor: sizes are rounded down, as PyTorch does; rounding exact asks for whole ones"
KERAS = TORCH.replace("PyTorch", "Keras")
BOTH = TORCH.replace("PyTorch does", "PyTorch and Keras do")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        # 28 - 4 + 1 = 25, 25 / 2 = 12.5: of a layer alone where that matters
        (("nn.Conv2d(1, 8, 4)", "nn.MaxPool2d(2)"), TORCH),
        (("conv 8 4", "layers.MaxPooling2D(2)"), KERAS),
        (("conv 8 4", "MaxPooling2D(2)"), KERAS),
        (("conv 8 4 -> nn.MaxPool2d(2)",), TORCH),
        (("conv 8 4", "relu", "edit 2 nn.MaxPool2d(2)"), TORCH),
        # of several at once, so that `sizes` judges them so too
        (("nn.Conv2d(1, 8, 5)\nnn.MaxPool2d(2)",), TORCH),
        (("layers.ReLU()\nFlatten()",), KERAS),
        (("ReLU()\nFlatten()",), BOTH),
    ],
)
def test_a_framework_rounds_down(lines: tuple[str, ...], told: str) -> None:
    session, _ = answered(Session(), "input 28x28x1")
    for line in lines[:-1]:
        session, _ = answered(session, line)
    after, reply = answered(session, lines[-1])
    assert reply.lines[0].text == told
    assert after.text.splitlines()[1] == "rounding: floor"
    assert answered(after, "undo")[0].text == session.text


@pytest.mark.parametrize(
    ("before", "line", "style", "said"),
    [
        ("conv 8 4", "nn.MaxPool2d(2)", GOOD, "25x25x8 -> 12x12x8   floor(25 / 2) = 12"),
        ("conv 8 4", "pool 2", RED, "25x25x8 -> ?   25 / 2 = 12.5, not a natural number"),
        ("rounding exact; conv 8 4", "nn.MaxPool2d(2)", RED, "25x25x8 -> ?   25 / 2 = 12.5, not a natural "),
        ("conv 8 5", "nn.MaxPool2d(2)", GOOD, "24x24x8 -> 12x12x8   24 / 2 = 12"),
        ("conv 8 4", "nn.MaxPool2d(99)", RED, "a 99x99 window"),
    ],
)
def test_the_preview_rounds_likewise(before: str, line: str, style: str, said: str) -> None:
    session, _ = answered(Session(), f"input 28x28x1; {before}")
    shown = preview(session, line, len(line))
    assert (shown.style, shown.forms[0][: len(said)]) == (style, said)


def test_the_preview_of_a_program() -> None:
    shown = preview(Session(), KERAS_MNIST, len(KERAS_MNIST))
    assert (shown.style, shown.forms[0]) == (GOOD, "1600 -> 10   1600*10 + 10 = 16,010 parameters")


@pytest.mark.parametrize(
    "lines",
    [
        ("nn.Conv2d(1, 8, 5)", "nn.MaxPool2d(2)"),  # 24 / 2 = 12: nothing is rounded
        ("conv 8 4", "maxpool2d 2"),  # a person has typed it
        ("conv 8 4", "pool 2"),
        ("rounding exact", "conv 8 4", "nn.MaxPool2d(2)"),  # and has said how
        ("rounding exact", "nn.ReLU()\nnn.Flatten()"),
        ("nn.Conv2d(1, 8, groups=)\nnn.ReLU()",),  # nothing has come in
        ("nn.MaxPool2d(99)",),  # wrong however it is rounded
    ],
)
def test_what_rounds_as_before(lines: tuple[str, ...]) -> None:
    session, said = Session(), ""
    for line in ("input 28x28x1", *lines):
        session, reply = answered(session, line)
        said += reply.text
    assert "rounding floor: " not in said
    assert "rounding: floor" not in session.text
