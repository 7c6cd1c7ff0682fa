"""Every class of the frameworks is read as a kind, or has an answer of its own: the table of both."""

import re
from pathlib import Path

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.class_answers import answer, answers
from cnn_shapes.layers.framework_classes import classes
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.source import Source
from tests.golden import ROOT, run

LIST = ROOT / "cnn_shapes" / "layers" / "framework_classes.txt"
TABLE = ROOT / "tests" / "data" / "class_answers.txt"
OTHERS = [name for name in answers() if name not in classes()]


def _gets(name: str) -> str:
    if name not in ALIASES:
        return answer(name)
    kind, rank = ALIASES[name]
    return f"read as {kind}" + (f", {rank}-D" if rank else "")


def test_what_each_class_gets(update: bool) -> None:
    rows = [(*row.split(), _gets(row.split()[1])) for row in LIST.read_text(encoding="utf-8").splitlines()]
    rows += [("other", name, _gets(name)) for name in OTHERS]
    made = "".join(f"{module} {name} | {gets}\n" for module, name, gets in rows)
    if update:
        TABLE.write_text(made, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == made
    assert [name for _, name, gets in rows if not gets] == []
    assert not {*answers()} & {*ALIASES}


@pytest.mark.parametrize("name", answers())
def test_an_answer_is_all_that_is_said(name: str, tmp_path: Path) -> None:
    for entry in (name, f"{name}: 2", f"{name}: {{units: 3}}"):
        text = f"input: [8, 8, 4]\nlayers:\n  - {entry}\n"
        found = check_source(Source("net.yaml", text)).diagnostics
        assert [(one.rule, one.message(), one.fixes) for one in found] == [
            ("unknown-layer", answer(name), ())
        ]


@pytest.mark.parametrize(
    "name", ["MaxUnpool2d", "GRUCell", "ConvLSTM2D", "Bilinear", "Unflatten", "BlurPool2d"]
)
def test_no_fix_makes_another_class_of_one(name: str, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    text = f"input: [8, 8, 4]\nlayers:\n  - {name}: 2\n"
    file.write_text(text, encoding="utf-8")
    run("check", "net.yaml", "--fix", folder=tmp_path)
    run("fix", "net.yaml", folder=tmp_path)
    assert file.read_text(encoding="utf-8") == text


def test_an_answer_in_other_letters() -> None:
    found = check_source(Source("net.yaml", "input: [8, 8, 4]\nlayers: [convlstm2d: 8]\n")).diagnostics
    assert [one.message() for one in found] == [answer("ConvLSTM2D")]


@pytest.mark.parametrize("name", answers())
def test_an_answer_is_a_sentence_with_a_remedy(name: str) -> None:
    said = answer(name)
    assert name in said
    assert re.search(r"leave it out|write |Write |state ", said)
    named = set(re.findall(r"\b[a-z]+_[a-z0-9_]+\b", said)) - {"per_axis"}
    fields = {field for layer in KINDS.values() for field in layer.fields}
    assert named <= {*KINDS, *STRUCTURES, *fields, "c_in"}


# what an answer says to write, on an input, and what comes out
_SQUEEZE = "gate: [global_avgpool: {keepdims: true}, conv: 4, relu, conv: 64, sigmoid]"
_CONV = "conv: {filters: 32, kernel_size: 3, padding: half, bias: false, norm: batch, activation: relu}"
WRITTEN = [
    ("SqueezeExcitation", "[8, 8, 64]", _SQUEEZE, "8x8x64"),
    ("Conv2dNormActivation", "[8, 8, 4]", _CONV, "8x8x32"),
    ("BlurPool2d", "[8, 8, 4]", "avgpool: {kernel_size: 3, stride: 2, padding: 1}", "4x4x4"),
    ("TimeDistributed", "[8, 4]", "conv: {filters: 10, kernel_size: 1}", "8x10"),
    ("RoIAlign", "[8, 8, 4]", "custom: {output: [7, 7, c_in]}", "7x7x4"),
    ("PSRoIPool", "[8, 8, 98]", "custom: {output: [7, 7, c_in/49]}", "7x7x2"),
    ("LayerScale", "[8, 8, 4]", "scale: channel", "8x8x4"),
    ("DropPath", "[8, 8, 4]", "stochastic_depth: 0.2", "8x8x4"),
    ("Unflatten", "[1024]", "reshape: [8, 8, 16]", "8x8x16"),
    ("EmbeddingBag", "[50]", "embedding: {count: 1000, units: 16}", "50x16"),
    ("RepeatVector", "[1, 4]", "upsample: {size: 10}", "10x4"),
]


@pytest.mark.parametrize(("name", "size", "written", "output"), WRITTEN)
def test_what_an_answer_says_can_be_written(name: str, size: str, written: str, output: str) -> None:
    assert written in answer(name)
    report = check_source(Source("net.yaml", f"input: {size}\nrounding: floor\nlayers:\n  - {written}\n"))
    assert report.ok
    assert report.trace is not None
    shape = report.trace.steps[-1].node.output
    assert shape is not None
    assert "x".join(map(str, (*shape.sizes, shape.channels))) == output
