"""Files of Keras models: the numbers of `tests/dialects/keras`, archives, and files that mean harm."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cnn_shapes.checking import CheckResult, check_path, check_source
from cnn_shapes.language.dialects import dialect_of
from cnn_shapes.source import Source
from tests.golden import ROOT, run

FILES = ROOT / "tests" / "dialects" / "keras"
# 34,826 is what Keras says of its own example mnist_convnet; the others are worked out by hand:
# (3*3*3 + 1)*8 + 2*8 + (8 + 1)*4 + 4 + 1 and 16 stored by the norm; (4 + 1)*3
PARAMETERS = [
    ("cnn_of_keras_2", 34_826, 0),
    ("nested_and_shared", 281, 16),
    ("functions_of_keras_2", (3 * 3 * 3 + 1) * 8, 0),
    ("weights_of_tfjs", 15, 0),
    ("concat_of_two_sizes", 448 + 4_640 + 18_496, 0),
]
INPUT = {"class_name": "InputLayer", "config": {"name": "image", "batch_shape": [None, 8, 8, 3]}}


def of(*layers: Any) -> CheckResult:
    model = {"class_name": "Sequential", "config": {"name": "net", "layers": [INPUT, *layers]}}
    return check_source(Source("net.json", json.dumps(model)))


def said(report: CheckResult) -> list[str]:
    return [one.message(report.layout) for one in report.errors]


@pytest.mark.parametrize(("name", "learned", "stored"), PARAMETERS)
def test_parameters(name: str, learned: int, stored: int) -> None:
    trace = check_path(str(FILES / f"{name}.json")).trace
    assert trace is not None
    assert (trace.totals.params, trace.totals.non_trainable_params) == (learned, stored)


KINDS_OF_TEXT = [
    ('{"class_name": "Sequential", "config": {}}', "keras_files"),
    ('\n {"config": {"class_name": 1}, "class_name": "Model"}', "keras_files"),
    ('{"format": "layers-model", "modelTopology": {}}', "keras_files"),
    ('{"input": [8, 8, 3], "layers": [{"conv": 8}]}', None),
    ('{"input": [8], "layers": [{"dense": {"units": 8, "name": "class_name"}}], "config": 3}', None),
    ("class_name: Sequential\nconfig: 3", None),
    ('{"class_name": "Sequential"', None),
]


@pytest.mark.parametrize(("text", "dialect"), KINDS_OF_TEXT)
def test_which_text_is_one_of_keras(text: str, dialect: str | None) -> None:
    assert dialect_of("net.json", text) == dialect


CONV = {"name": "conv", "filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid"}
WRONG: list[tuple[list[Any], str]] = [
    ([{"class_name": "Conv2D", "config": {**CONV, "filters": "4"}}], "filters"),
    ([{"class_name": "Conv2D", "config": {**CONV, "filters": [4]}}], "filters"),
    ([{"class_name": "Conv2D", "config": {**CONV, "filters": 10**30}}], "filters"),
    ([{"class_name": "Conv2D", "config": {**CONV, "kernel_size": {"a": 1}}}], "kernel_size"),
    (
        [{"class_name": "Conv2D", "config": {**CONV, "strides": "x: 1"}}],
        "strides of conv must be a whole number",
    ),
    ([{"class_name": "Conv2D", "config": {**CONV, "kernel_size": [3, 3, 3]}}], "kernel_size"),
    ([{"class_name": "Conv2D", "config": 3}], "Conv2D needs filters in its config"),
    (
        [{"class_name": "Conv2D", "config": {"flters": 4, "kernel_size": [3, 3]}}],
        "unknown setting flters of Conv2D: did you mean filters?",
    ),
    (
        [{"class_name": "Conv2D", "config": {**CONV, "srides": [2, 2]}}],
        "unknown setting srides of Conv2D: did you mean strides?",
    ),
    (
        [{"class_name": "Conv2D", "config": {**CONV, "use_bias": "no"}}],
        'use_bias of conv must be true or false, found the text "no"',
    ),
    (
        [{"class_name": "Conv2D", "config": {**CONV, "padding": "smae"}}],
        "its padding is smae: did you mean same?",
    ),
    (
        [{"class_name": "Conv2D", "config": {**CONV, "activation": "lineer"}}],
        "its activation is lineer: did you mean linear?",
    ),
    ([{"class_name": "Conv2D", "cnfig": CONV}], "unknown key cnfig of a layer: did you mean config?"),
    (
        [{"class_name": "EinsumDense", "config": {}}],
        "EinsumDense cannot be said in the language: it has no such layer",
    ),
    (
        [{"class_name": "CenterCrop", "config": {"name": "crop", "height": 9, "width": 9}}],
        "it is larger than what comes in, which it then resizes",
    ),
    ([{"class_name": "Conv2D", "config": {**CONV, "kernel_size": [9, 9]}}], "9"),
    ([{"class_name": "Reshape", "config": {"target_shape": [10**30]}}], "target_shape"),
    (
        [{"class_name": "Conv1D", "config": {**CONV, "kernel_size": 3, "strides": 1}}],
        "Conv1D takes 1 axis beside the channels, and 8x8x3 comes in",
    ),
    ([{"config": {}}], "a layer without a class cannot be said"),
    ([{"class_name": "Bidirectional", "config": {"layer": 3}}], "it wraps 3"),
    ([{"class_name": "Sequential", "config": {"layers": []}}], "this model has no layers"),
]


@pytest.mark.parametrize(("layers", "expected"), WRONG)
def test_a_wrong_setting_is_told(layers: list[Any], expected: str) -> None:
    (message, *_) = said(of(*layers, {"class_name": "ReLU", "config": {"name": "relu"}}))
    assert expected in message.lower() or expected in message


GRAPH = """{
 "class_name": "Functional",
 "config": {"name": "m", "layers": [
  {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
   "config": {"name": "x", "batch_shape": [null, 8, 8, 3]}},
  {"class_name": "Conv2D", "name": "c", "config": {"name": "c", "filters": 4, "kernel_size": [3, 3]},
   "build_config": {"input_shape": [null, 8, 8, 3]}, "inbound_nodes": [[["x", 0, 0, {}]]]}],
  "input_layers": [["x", 0, 0]], "output_layers": [["c", 0, 0]]}}
"""
MISSPELT = [  # what is written, what stands there instead, and what is told, at which line
    (
        '"inbound_nodes": [[',
        '"ibound_nodes": [[',
        7,
        "unknown key ibound_nodes of a layer: did you mean inbound_nodes?",
    ),
    (
        '"class_name": "Functional"',
        '"clas_name": "Functional"',
        2,
        "unknown key clas_name of the model: did you mean class_name?",
    ),
    (
        '"config": {"name": "m"',
        '"cnfig": {"name": "m"',
        3,
        "unknown key cnfig of the model: did you mean config?",
    ),
    ('"layers": [', '"lyers": [', 3, "unknown key lyers of the model: did you mean layers?"),
    (
        '"batch_shape"',
        '"btch_shape"',
        5,
        "unknown setting btch_shape of InputLayer: did you mean batch_shape?",
    ),
    (
        '[[["x", 0, 0, {}]]]',
        "[]",
        6,
        "c reads nothing, and is not an input of the model: its inbound_nodes are missing",
    ),
    (
        '"filters": 4',
        '"filters": 4, "filters": 5',
        6,
        "filters is given twice here, and the last counts: remove one of the two",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), MISSPELT)
def test_a_misspelt_key_is_told(old: str, new: str, line: int, message: str) -> None:
    assert check_source(Source("net.json", GRAPH)).ok
    assert GRAPH.count(old) == 1
    report = check_source(Source("net.json", GRAPH.replace(old, new)))
    (found,) = report.errors
    written, span = report.source.written(found.span)
    assert (found.message(), written.position(span.start)[0]) == (message, line)


def test_the_middle_is_cropped() -> None:
    """keras.layers.CenterCrop: h_start = (height - target)//2."""
    layers = [INPUT, {"class_name": "CenterCrop", "config": {"name": "crop", "height": 5, "width": 4}}]
    text = json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
    trace = check_source(Source("net.json", text)).trace
    assert trace is not None
    assert trace.network.outputs[0].output == (3, 5, 4)


def test_a_list_is_written_as_it_was() -> None:
    text = json.dumps(
        {
            "class_name": "Sequential",
            "config": {
                "layers": [
                    INPUT,
                    {"class_name": "Conv2D", "config": {**CONV, "kernel_size": [9, 9]}},
                ]
            },
        },
        indent=1,
    )
    report = check_source(Source("net.json", text))
    (found, *_) = report.errors
    start = report.source.written(found.span)[1]
    assert text[start.start : start.end].split() == ["[", "9,", "9", "]"]


def saved(path: Path, text: str, name: str = "config.json") -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr(name, text)
        archive.writestr("model.weights.h5", b"\x89HDF")
    return str(path)


def test_an_archive_is_read(tmp_path: Path) -> None:
    text = (FILES / "cnn_of_keras_2.json").read_text()
    trace = check_path(saved(tmp_path / "net.keras", text)).trace
    assert trace is not None
    assert trace.totals.params == 34_826
    refused = run("fix", "net.keras", "--apply", "1", folder=tmp_path)
    assert (refused.code, refused.out) == (2, "")
    assert "fix edits a text, and net.keras is not one" in refused.err
    written = run("import", "net.keras", folder=tmp_path)
    assert written.code == 0
    assert check_source(Source("<text>", written.out)).ok


BOMB = " " * (2**24 + 1)
ARCHIVES = [
    ("", "config.json", "there is no JSON in it"),
    (BOMB, "config.json", "its config.json has more than 16 MiB, the limit"),
    ("{}", "model.json", "its zip archive has no config.json, which a .keras file has"),
    ('"text"', "config.json", "there is no model of Keras in it"),
]


@pytest.mark.parametrize(("text", "name", "expected"), ARCHIVES, ids=["empty", "bomb", "other", "text"])
def test_an_archive_that_is_none(tmp_path: Path, text: str, name: str, expected: str) -> None:
    (message,) = said(check_path(saved(tmp_path / "net.keras", text, name)))
    assert expected in message


def test_an_archive_that_is_cut_short(tmp_path: Path) -> None:
    path = saved(tmp_path / "net.keras", (FILES / "cnn_of_keras_2.json").read_text())
    whole = Path(path).read_bytes()
    for length in range(0, len(whole), 50):
        Path(path).write_bytes(whole[:length])
        (message,) = said(check_path(path))
        assert "it is not a whole zip archive" in message


def nested(depth: int) -> Any:
    """A model that is called twice in the next one, and so on."""
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": ["image", 0, 0]}}
    again = {"class_name": "__keras_tensor__", "config": {"keras_history": ["net", 0, 0]}}
    image = {**INPUT, "name": "image", "inbound_nodes": []}
    ends = {"input_layers": ["image", 0, 0], "output_layers": ["image", 0, 0]}
    model: Any = {"class_name": "Functional", "config": {"name": "net", "layers": [image], **ends}}
    for _ in range(depth):
        calls = [{"args": [one], "kwargs": {}} for one in (tensor, again)]
        inner = {**model, "name": "net", "inbound_nodes": calls}
        ends = {"input_layers": ["image", 0, 0], "output_layers": ["net", 2, 0]}
        model = {"class_name": "Functional", "config": {"name": "net", "layers": [image, inner], **ends}}
    return model


RELU = '{"class_name": "ReLU", "config": {"name": "r"}}'
HOSTILE = [
    ('{"class_name": "Sequential", "config": ' + "[" * 100_000, "more than 100 levels, the limit"),
    (
        '{"class_name": "Sequential", "config": [' + ",".join([RELU] * 20_000) + "]}",
        "more than 10000 layers, the limit",
    ),
    (
        '{"class_name": "Sequential", "config": [' + ",".join([RELU] * 10**6) + "]}",
        "a text of more than 4000000 characters, the limit",
    ),
    (json.dumps(nested(20)), "more than 10000 calls of models, the limit"),
    ('{"class_name": "Model", "config": {"a": "\\x"}}', "a backslash in this text begins nothing"),
    ('{"class_name": "Model", "config": {"a": 1 2}}', "a comma or the end of what is open is expected"),
    (
        '{"class_name": "Model", "config": {"a": 1]}',
        "a comma or the end of what is open is expected, found ]",
    ),
    ('{"class_name": "Model", "config": {}} 3', "nothing more is expected, found 3"),
    ('{"class_name": "Model", "config": {"a', "the JSON ends inside of a text: the file is cut short"),
    ('{"class_name": "Model", "config": {"a": [1', "the JSON ends before the [ of line 1 is closed"),
]


@pytest.mark.parametrize(("text", "expected"), HOSTILE, ids=[one[1][:30] for one in HOSTILE])
def test_what_means_harm_is_told(text: str, expected: str) -> None:
    message = said(check_source(Source("net.json", text)))[0]
    assert expected in message


def test_every_beginning_of_a_file_is_told() -> None:
    text = (FILES / "nested_and_shared.json").read_text().rstrip()
    for length in range(60, len(text), 37):
        (message,) = said(check_source(Source("net.json", text[:length])))
        assert "this is not JSON" in message or "the JSON ends" in message


@pytest.mark.parametrize(
    ("settings", "params"),
    [({}, 6), ({"scale": False}, 3), ({"center": False}, 3), ({"scale": False, "center": False}, 0)],
)
def test_what_a_norm_learns(settings: dict[str, bool], params: int) -> None:
    """BatchNormalization.build: gamma with scale, beta with center, each of the 3 channels."""
    norm = {"class_name": "BatchNormalization", "config": {"name": "norm", **settings}}
    text = json.dumps({"class_name": "Sequential", "config": {"layers": [INPUT, norm]}})
    trace = check_source(Source("net.json", text)).trace
    assert trace is not None
    assert trace.totals.params == params
