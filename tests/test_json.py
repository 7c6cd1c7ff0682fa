"""The JSON contract, version 1: every key, and how each kind of value is written."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import ERROR, WARNING, Diagnostic, Fix, Note
from cnn_shapes.formats.json import file_entry
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Edit, Source, Span
from tests import golden

# 30 rows, 27 columns, 2 channels; conv 3x5 with 8 filters and bias: 3*5*2*8 + 8 = 248 parameters,
# (30 - 3) + 1 = 28, (27 - 5) + 1 = 23, so 3*5*2*8 * 28*23 = 154560 MACs
SPEC = """name: demo
input: [30, 27, 2]
layers:
  - conv: {filters: 8, kernel_size: [3, 5], norm: batch, name: first}
  - maxpool: {kernel_size: 2, rounding: floor}
  - upsample: 4
"""
KEYS = {
    "": ["version", "files", "summary"],
    "summary": ["files", "errors", "warnings"],
    "file": [
        *("path", "name", "layout", "input", "output", "outputs", "layers", "totals", "memory"),
        "diagnostics",
    ],
    "output": ["name", "shape"],
    "layer": [
        *("index", "name", "kind", "line", "inputs", "input_shapes", "output_shape", "formula", "params"),
        *("non_trainable_params", "macs", "receptive_field", "jump", "status"),
    ],
    "totals": ["params", "non_trainable_params", "macs", "activation_bytes", "peak_activation_bytes"],
    "diagnostic": [
        *("rule", "severity", "message", "facts", "line", "column", "end_line", "end_column", "layer"),
        *("notes", "fixes"),
    ],
    "fix": ["title", "safe", "valid", "remaining_problems", "edits"],
    "edit": ["start", "end", "text"],
}


def answer(spec: str, *options: str) -> dict[str, Any]:
    result = golden.run("check", "-", "--format", "json", *options, stdin=spec)
    assert result.err == ""
    document: dict[str, Any] = json.loads(result.out)
    return document


def layers(spec: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer(spec, *options)["files"][0]["layers"]
    return found


def test_every_key() -> None:
    document = answer(SPEC)
    (file,) = document["files"]
    assert list(document) == KEYS[""]
    assert list(document["summary"]) == KEYS["summary"]
    assert list(file) == KEYS["file"]
    assert list(file["totals"]) == KEYS["totals"]
    assert {tuple(output) for output in file["outputs"]} == {tuple(KEYS["output"])}
    assert {tuple(layer) for layer in file["layers"]} == {tuple(KEYS["layer"])}


def test_a_file() -> None:
    document = answer(SPEC)
    file = document["files"][0]
    assert document["version"] == 1
    assert document["summary"]["files"] == 1
    assert (file["path"], file["name"], file["layout"]) == ("-", "demo", "channels_last")
    assert (file["input"], file["output"]) == ([30, 27, 2], [56, 44, 8])
    assert file["outputs"] == [{"name": "upsample1", "shape": [56, 44, 8]}]
    assert file["totals"]["params"] == 248 + 16
    assert file["totals"]["non_trainable_params"] == 16
    assert file["totals"]["macs"] == 154560


def test_a_layer() -> None:
    first, norm, pool, upsample = layers(SPEC)
    assert first == {
        "index": 1,
        "name": "first",
        "kind": "conv",
        "line": 4,
        "inputs": ["input"],
        "input_shapes": [[30, 27, 2]],
        "output_shape": [28, 23, 8],
        "formula": "(30 + 2*0 - 3)/1 + 1 = 28, (27 + 2*0 - 5)/1 + 1 = 23",
        "params": 248,
        "non_trainable_params": 0,
        "macs": 154560,
        "receptive_field": [3, 5],
        "jump": [1, 1],
        "status": "ok",
    }
    assert (norm["name"], norm["kind"], norm["line"]) == ("first.norm", "batchnorm", 4)
    assert (pool["name"], pool["inputs"], pool["jump"]) == ("maxpool1", ["first.norm"], [2, 2])
    assert (upsample["index"], upsample["jump"]) == (4, ["1/2", "1/2"])


def test_sizes_are_in_the_layout_of_the_spec() -> None:
    spec = "layout: channels_first\ninput: [1, 28, 20]\nlayers: [conv: 8, flatten]\n"
    conv, flatten = layers(spec)
    assert (conv["input_shapes"], conv["output_shape"]) == ([[1, 28, 20]], [8, 28, 20])
    assert (flatten["output_shape"], flatten["receptive_field"], flatten["jump"]) == ([4480], [28, 20], None)


def test_status_and_what_is_not_known() -> None:
    spec = "input: [9, 9, 1]\nlayers: [maxpool: 2, conv: {filters: 3, kernel_size: 5}, conv: 2, flatten]\n"
    pool, conv, second, flatten = layers(spec)
    assert (pool["status"], pool["output_shape"]) == ("error", [4, 4, 1])
    # 4 is less than 5: the channels are all that is known of what comes out
    assert (conv["status"], conv["output_shape"], conv["macs"]) == ("error", [None, None, 3], None)
    assert (second["status"], second["output_shape"]) == ("unreached", [None, None, 2])
    assert (second["params"], second["macs"], second["receptive_field"]) == (None, None, None)
    assert (flatten["status"], flatten["output_shape"], flatten["formula"]) == ("unreached", None, "")
    assumed = layers("input: [9, 9, 1]\nlayers: [maxpool: 2, relu]\n")[1]
    assert (assumed["status"], assumed["output_shape"]) == ("assumed", [4, 4, 1])


FIVE, ACCENT = Edit(Span(4, 5), "5"), Edit(Span(7, 7), "é")
FOUND = Diagnostic(
    "pool-not-divisible",
    WARNING,
    "{size} is no {word}",
    {
        "size": (25, 24),
        "shape": Shape((32, 25, 0)),
        "unknown": Shape((0,)),
        "names": ("a", "b"),
        "ratio": Fraction(1, 3),
        "huge": 10**30,
        "share": 0.5,
        "endless": float("inf"),
        "none": None,
        "word": "size",
        "deep": {"size": (1, 2)},
    },
    Span(4, 8),
    notes=(Note("first"), Note("{n} more", {"n": 2})),
    fixes=(Fix("write 5", (FIVE, ACCENT), safe=True, valid=False, remaining=2),),
    layer="conv1",
)


def test_a_diagnostic() -> None:
    report = CheckResult(
        Source("net.yaml", "ab\nc\nd\ne"), None, None, [FOUND, FOUND._replace(severity=ERROR)], 7
    )
    entry = json.loads(json.dumps(file_entry(report), allow_nan=False))
    assert list(entry) == [*KEYS["file"], "omitted"]
    assert entry["omitted"] == 7
    found = entry["diagnostics"][0]
    assert list(found) == KEYS["diagnostic"]
    assert found == {
        "rule": "pool-not-divisible",
        "severity": "warning",
        "message": "25x24 is no size",
        "facts": {
            "size": [25, 24],
            "shape": [25, None, 32],
            "unknown": None,
            "names": ["a", "b"],
            "ratio": "1/3",
            "huge": 10**30,
            "share": 0.5,
            "endless": "inf",
            "none": None,
            "word": "size",
            "deep": {"size": [1, 2]},
        },
        "line": 2,
        "column": 2,
        "end_line": 4,
        "end_column": 2,
        "layer": "conv1",
        "notes": ["first", "2 more"],
        "fixes": [
            {
                "title": "write 5",
                "safe": True,
                "valid": False,
                "remaining_problems": 2,
                "edits": [{"start": 4, "end": 5, "text": "5"}, {"start": 7, "end": 7, "text": "é"}],
            }
        ],
    }


@pytest.mark.parametrize(
    "text", [b"", b"hello", b"[1, 2", b"\xff\xfe\x00", b"input: [0]\n", b"input: [4]\nlayers: {}\n"]
)
def test_no_spec_is_an_entry_too(text: bytes) -> None:
    result = golden.run("check", "-", "--format", "json", stdin=text)
    (file,) = json.loads(result.out)["files"]
    assert result.code == 1
    assert list(file) == KEYS["file"]
    assert (file["layers"], file["output"], file["outputs"]) == ([], None, []) or file["input"] == [4]
    assert file["diagnostics"][0]["severity"] == "error"


def test_paths_are_as_the_user_gave_them(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "모델"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("input: [4]\nlayers: [dense: 2]\n", encoding="utf-8")
    (folder / "b.yaml").write_text("input: [4]\nlayers: [maxpool: 2]\n", encoding="utf-8")
    result = golden.run("check", "./models/모델/a.yaml", "models", "no", "--format", "json", folder=tmp_path)
    document = json.loads(result.out)
    paths = [file["path"] for file in document["files"]]
    assert paths == ["./models/모델/a.yaml", "models/모델/b.yaml", "no"]
    assert document["summary"] == {"files": 3, "errors": 2, "warnings": 0}
    assert result.out.isascii()
