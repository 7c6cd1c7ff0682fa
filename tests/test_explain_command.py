"""`explain` and `schema` as commands; what they say is tested with what says it."""

import json
from pathlib import Path

import pytest

from cnn_shapes import explain, schema
from cnn_shapes.layers import KINDS
from cnn_shapes.repair.changes import table
from cnn_shapes.rules import RULES
from tests.golden import ROOT, run

TOPICS = {"repair": lambda: table}


@pytest.mark.parametrize(
    "name", ["pixels-dropped", "conv", "Conv2d", "stride", "layers", "residual", "repair"]
)
def test_a_name(name: str) -> None:
    result = run("explain", name)
    assert (result.code, result.err) == (0, "")
    assert result.out == explain.explain(name, TOPICS)
    assert json.loads(run("explain", name, "--format", "json").out) == explain.data(name, TOPICS)


def test_a_layer_of_a_spec() -> None:
    result = run("explain", "specs/mnist.yaml:maxpool1")
    assert result.code == 0
    assert "24 / 2 = 12" in result.out


def test_everything() -> None:
    names = [found["name"] for found in json.loads(run("explain", "--all", "--format", "json").out)]
    assert set(names) >= {*RULES, *KINDS}
    text = run("explain", "--all").out
    assert all(f"{name} (" in text for name in names)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("pixel-dropped", "cnn-shapes: nothing is called pixel-dropped: did you mean pixels-dropped?\n"),
    ],
)
def test_wrong_usage(arguments: str, said: str) -> None:
    result = run("explain", *arguments.split())
    assert (result.code, result.out) == (2, "")
    assert said in result.err


@pytest.mark.parametrize(
    ("layers", "layer", "said"),
    [
        ("[relu]", ":²", "no layer is called ²: it has relu1"),
        ("[relu]", f":{'1' * 5_000}", f"no layer is called {'1' * 5_000}: it has relu1"),
        ("[]", "", "this network has no layer to explain"),
        ("[]", ":1", "this network has no layer to explain"),
    ],
)
def test_what_is_no_layer(layers: str, layer: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"input: [8, 8, 1]\nlayers: {layers}\n")
    result = run("explain", f"net.yaml{layer}", folder=tmp_path)
    assert (result.code, result.out, result.err) == (2, "", f"cnn-shapes: {said}\n")


def test_no_codes_of_a_spec_reach_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text('input: [8, 8, 1]\nlayers: [conv: {filters: 8, name: "\\e[31m"}]\n')
    assert "\x1b" not in "".join(run("explain", "net.yaml:conv1", folder=tmp_path)[1:])


def test_the_schema(tmp_path: Path) -> None:
    assert run("schema").out == schema.text()
    assert run("schema", "-o", "s.json", folder=tmp_path) == (0, "", "")
    assert (tmp_path / "s.json").read_text() == (ROOT / "specs" / schema.FILE_NAME).read_text()
    assert run("schema", "-o", "no/s.json", folder=tmp_path).err == (
        "cnn-shapes: cannot write no/s.json: no such file or directory\n"
    )


SEVERAL = """\
input: {rgb: [8, 8, 4], depth: [8, 8, 1]}
blocks:
  Two:
    layers: [conv: {filters: 8, activation: relu, name: u}, maxpool: {kernel_size: 2, name: v}]
    outputs: [u, v]
layers:
  - Two: {into: [f, g]}
  - split: {into: [l, r], from: f}
  - add: [l, r]
"""


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("f", ["two1.u: conv 1x1, 8  (net.yaml, line 4)", "", "  input   8x8x4 from rgb"]),
        ("g", ["two1.v: maxpool 2  (net.yaml, line 4)", "", "  input   8x8x8 from two1.u.activation"]),
        ("r", ["split1.r: split: r  (net.yaml, line 8)", "", "  input   8x8x8 from two1.u.activation"]),
        ("depth", ["depth: input  (net.yaml, line 1)", "", "  output  8x8x1"]),
        ("input", ["rgb: input  (net.yaml, line 1)", "", "  output  8x8x4"]),
        ("dept", ["cnn-shapes: no layer is called dept: did you mean depth?"]),
    ],
)
def test_every_name_that_from_takes(name: str, lines: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(SEVERAL, encoding="utf-8")
    ran = run("explain", f"net.yaml:{name}", folder=tmp_path)
    assert (ran.out or ran.err).splitlines()[: len(lines)] == lines
