"""Keras models, recorded and written as specs: each layer's shape and parameters are Keras'."""

from pathlib import Path
from typing import Any

import keras
import pytest

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import from_layout
from cnn_shapes.importing.findings.model_source import ModelSource
from cnn_shapes.importing.folding.folded_spec import folded_spec
from cnn_shapes.importing.keras_models.recording import KerasRecording
from cnn_shapes.importing.model_check import check_model
from cnn_shapes.importing.running import record, record_module
from cnn_shapes.source import Source
from tests.golden import run
from tests.oracle.keras_models_to_import import MODELS, without_input
from tests.oracle.test_importing import compare

pytestmark = pytest.mark.oracle
GOLDEN = Path(__file__).parent.parent / "data" / "importing_keras"
IMAGES = (224, 224, 3)
# NASNet is not to be had with the backend torch, as Keras says itself
APPLICATIONS: dict[str, list[tuple[int, ...]]] = {
    "ResNet50": [],
    "ResNet50V2": [],
    "VGG16": [],
    "MobileNet": [],
    "MobileNetV2": [],
    "MobileNetV3Small": [IMAGES],
    "DenseNet121": [],
    "EfficientNetB0": [],
    "EfficientNetV2B0": [],
    "InceptionV3": [],
    "Xception": [],
    "ConvNeXtTiny": [],
}


def recorded(model: Any, inputs: list[tuple[int, ...]]) -> tuple[KerasRecording, CheckResult]:
    read = record_module(model, inputs)
    assert isinstance(read, KerasRecording), read
    return read, check_model(str(model.name), read)


def counts(model: Any) -> tuple[int, int]:
    """Learned and stored values, as Keras counts them, without what counts batches."""
    learned = sum(one.value.numel() for one in model.trainable_weights)
    stored = sum(one.value.numel() for one in model.non_trainable_weights if one.name != "count")
    return learned, stored


def differences(model: Any, report: CheckResult) -> list[str]:
    """The layers of a functional model whose shape or count is another one than Keras says."""
    assert report.trace is not None
    steps = {step.node.name: step for step in report.trace.steps}
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        mine = (layer.name, f"{layer.name}-") if hasattr(layer, "layers") else (layer.name,)
        parts = [
            step for name, step in steps.items() if name.split(".")[0] == mine[0] or name.startswith(mine[1:])
        ]
        if not parts:
            found.append(f"{layer.name} is not there")
            continue
        ours = tuple(parts[-1].node.output or ())
        theirs = from_layout(tuple(layer.output.shape[1:]), report.layout)
        learned, stored = counts(layer)
        params = (
            sum(step.params or 0 for step in parts),
            sum(step.non_trainable_params or 0 for step in parts),
        )
        if ours != theirs and None not in theirs:
            found.append(f"{layer.name} gives {theirs}, ours {ours}")
        if params != (learned, stored):
            found.append(f"{layer.name} has {learned} and {stored} parameters, ours {params}")
    return found


@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application(name: str, update: bool) -> None:
    model = getattr(keras.applications, name)(weights=None)
    _, report = recorded(model, APPLICATIONS[name])
    assert report.errors == []
    assert differences(model, report) == []
    assert report.trace is not None
    totals = report.trace.totals
    assert (totals.params, totals.non_trainable_params) == counts(model)
    assert isinstance(report.source, ModelSource)
    folded = folded_spec(report.source.model)
    assert folded.unfolded == ""
    after = check_source(Source("<text>", folded.text))
    assert after.ok
    assert after.trace is not None
    assert after.trace.totals.params == totals.params
    assert folded.text.count("\n") < len(report.trace.steps)
    if name in ("ResNet50", "MobileNetV2"):
        compare(GOLDEN / f"{name}.yaml", folded.text, update)


@pytest.mark.filterwarnings("ignore:.*mask attached to it")
@pytest.mark.parametrize("made", MODELS, ids=lambda made: made.__name__)
def test_a_model_as_people_write_it(made: Any, update: bool) -> None:
    keras.utils.clear_session()  # names are counted anew
    model = made()
    read, report = recorded(model, MODELS[made])
    if not model.built:
        model.build((None, *MODELS[made][0]))
    assert report.errors == []
    assert report.trace is not None
    outputs = [tuple(from_layout(read.shape(result)[1:], report.layout)) for _, result in read.outputs]
    assert [tuple(node.output or ()) for node in report.trace.network.outputs] == outputs
    totals = report.trace.totals
    assert (totals.params, totals.non_trainable_params) == counts(model)
    compare(GOLDEN / f"{made.__name__}.yaml", report.source.text, update)


def test_a_model_stays_as_it_is() -> None:
    model = next(iter(MODELS))()
    before = keras.layers.Layer.__call__
    nodes = [len(layer._inbound_nodes) for layer in model.layers]
    record_module(model)
    assert keras.layers.Layer.__call__ is before
    assert [len(layer._inbound_nodes) for layer in model.layers] == nodes


def test_a_model_that_is_not_built_stays_so() -> None:
    model = without_input()
    record_module(model, MODELS[without_input])
    assert not model.built
    assert model.weights == []


HOSTILE = """
import os, sys, time
import keras
from keras import layers

class Plain(keras.Model):
    def __init__(self, width):
        super().__init__()
        print("noise", flush=True)
        os.write(1, b"more noise")
        if os.fork() == 0:
            time.sleep(600)
        self.conv = layers.Conv2D(width, 3)
    def call(self, image):
        return self.conv(image)

def exits():
    sys.exit("enough")

def endless():
    while True:
        pass

def nothing():
    return None

def raises():
    raise KeyError("gone")

def open_sizes():
    image = keras.Input((None, None, 3), name="image")
    return keras.Model(image, layers.Conv2D(4, 3)(image))

class Values(keras.Model):
    def call(self, x):
        return x if keras.ops.sum(x) > 0 else -x

model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3)])
"""
SAID = [
    ("Plain", [], "cannot construct user.py:Plain: it needs width"),
    ("exits", [], "user.py:18:5: error[unreadable-model] cannot construct user.py:exits: its code ends"),
    ("nothing", [], "it is neither a torch.nn.Module nor makes one, but: NoneType"),
    (
        "raises",
        [],
        "user.py:28:5: error[unreadable-model] cannot construct user.py:raises: KeyError: 'gone'",
    ),
    (
        "open_sizes",
        [],
        "the sizes of image are not said: give them, without the batch, as in --input 2",
    ),
    ("open_sizes", ["--input", "8x8x4"], "the input image of the model is ?x?x3, found 8x8x4"),
    (
        "Values",
        ["--input", "8x8x3"],
        "its own code cannot be followed: A symbolic KerasTensor cannot be used",
    ),
    ("modell", [], "there is no model modell: did you mean model?"),
    ("model", ["--arg", "a=3"], "it is an instance already, which takes no arguments"),
]


@pytest.mark.parametrize(("name", "options", "expected"), SAID)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, options: list[str], expected: str) -> None:
    (tmp_path / "user.py").write_text(HOSTILE)
    said = run("check", f"user.py:{name}", *options, "--format", "concise", folder=tmp_path)
    assert said.code in (1, 2)
    assert expected in said.out + said.err


def test_a_model_that_prints_and_forks(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(HOSTILE)
    recording = record("user.py:Plain", {"width": 4}, [(8, 8, 3)], folder=tmp_path)
    assert isinstance(recording, KerasRecording)
    assert [call.operation for call in recording.calls] == ["input", "Conv2D"]


def test_a_folded_model_is_verified(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(HOSTILE)
    written = run("import", "user.py:model", "-o", "net.yaml", folder=tmp_path)
    assert written.code == 0
    same = run("verify", "net.yaml", "user.py:model", folder=tmp_path)
    assert (same.code, same.err) == (0, "")
    (tmp_path / "net.yaml").write_text(
        (tmp_path / "net.yaml").read_text().replace("conv: {filters: 4", "conv: {filters: 5")
    )
    other = run("verify", "net.yaml", "user.py:model", folder=tmp_path)
    assert other.code == 1


TWO_INPUTS = """
import keras
from keras import layers

def functional():
    left, right = keras.Input((8, 8, 3), name="left"), keras.Input((16, 16, 1), name="right")
    joined = layers.Concatenate()([left, layers.MaxPooling2D()(right)])
    return keras.Model([right, left], layers.Conv2D(4, 3)(joined))

class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.pool, self.conv = layers.MaxPooling2D(), layers.Conv2D(4, 3)
    def call(self, right, left):
        return self.conv(keras.ops.concatenate([left, self.pool(right)], axis=-1))
"""
SPEC_OF_TWO = """\
input: {left: [8, 8, 3], right: [16, 16, 1]}
layers:
  - maxpool: {kernel_size: 2, from: right, name: pooled}
  - concat: {from: [left, pooled]}
  - conv: {filters: 4, kernel_size: 3}
"""


@pytest.mark.parametrize("name", ["functional", "Subclassed"])
def test_inputs_of_a_spec_are_given_by_name(tmp_path: Path, name: str) -> None:
    """The model has them in another order."""
    (tmp_path / "user.py").write_text(TWO_INPUTS)
    (tmp_path / "net.yaml").write_text(SPEC_OF_TWO)
    same = run("verify", "net.yaml", f"user.py:{name}", folder=tmp_path)
    assert (same.code, same.out + same.err) == (
        0,
        f"net.yaml is user.py:{name}: 3 layers and 148 parameters are the same\n",  # 4*(4*3*3 + 1)
    )


@pytest.mark.parametrize("name", ["functional", "Subclassed"])
def test_inputs_of_the_command_are_in_the_order_of_keras(tmp_path: Path, name: str) -> None:
    (tmp_path / "user.py").write_text(TWO_INPUTS)
    (tmp_path / "net.yaml").write_text(SPEC_OF_TWO)
    given = ["--input", "left=8x8x3", "--input", "right=16x16x1"]
    assert run("verify", "net.yaml", f"user.py:{name}", *given, folder=tmp_path).code == 0


def test_a_comment_silences_a_rule_in_the_code_of_a_keras_model(tmp_path: Path) -> None:
    code = """
import keras
from keras import layers

def net():
    image = keras.Input((64, 64, 3))
    x = layers.Conv2D(64, 3, activation="relu")(image)
    x = layers.Flatten()(x)
    return keras.Model(image, layers.Dense(100)(x))REASON
"""
    said = []
    for comment in ("", "  # cnn-shapes: ignore[heavy-flatten]"):
        (tmp_path / "user.py").write_text(code.replace("REASON", comment))
        said.append(run("check", "user.py:net", "--format", "concise", folder=tmp_path).out)
    assert "info[heavy-flatten]" in said[0]
    assert "heavy-flatten" not in said[1]
