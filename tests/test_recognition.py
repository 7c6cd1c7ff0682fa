"""A file is edited unasked, and found by a walk, only where it is plainly a spec."""

from pathlib import Path

import pytest

from cnn_shapes.checking import check_source
from cnn_shapes.discovery.specs import is_spec
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.class_answers import answers
from cnn_shapes.layers.framework_classes import classes, is_class, misspelt
from cnn_shapes.source import Source
from tests.golden import run

LAYERS = "layers:\n  - conv: {filters: 8, kernel_size: 3}\n  - relu\n"
SPEC = f"input: [28, 28, 1]\n{LAYERS}"
HYDRA = "input: 784\nlayers: [512, 256]\noutput: 10\n"
MANIFEST = "apiVersion: v1\nkind: ConfigMap\ninput: [1, 2]\nlayers:\n  - name: base\n    image: x\n"

PLAIN = [
    SPEC,
    SPEC.replace("[28, 28, 1]", "28x28x1"),
    SPEC.replace("[28, 28, 1]", "784"),
    SPEC.replace("[28, 28, 1]", "[size, size, 3]\nparams: {size: 28}"),
    SPEC.replace("[28, 28, 1]", "[null, 28, 28, 1]"),
    SPEC.replace("[28, 28, 1]", "{height: 28, width: 28, channels: 1}"),
    SPEC.replace("[28, 28, 1]", ""),  # yet to be said
    "input: [28, 28, 1]\nlayers: []\n",
    "input: 28x28x1\nlayers:\n",
    "input: [8, 8, 1]\nlayers:\n  conv: {filters: 8}\n  relu:\n",  # the dashes are missing
    "input: [8, 8, 1]\nlayers:\n  - conv:\n    filters: 8\n",  # so is an indent
    "input: [8, 8, 1]\nlayers: [covn: 8, relu]\n",
    "input: [8, 8, 1]\nlayers: [conv1: 8, 'conv 32 5']\n",
    "input: [8, 8, 1]\nlayers: [LSTM: 8, deconv: 3]\n",
    "input: [8, 8, 1]\nblocks: {Stem: {layers: [relu]}}\nlayers: [Stem]\n",
    "input: [8, 8, 1]\nlayers: [relu, 3]\n",
    "base: &base\n  input: [8, 8, 1]\n  layers: [relu]\n<<: *base\n",
    '"\\x69nput": [8, 8, 1]\n"lay\\u0065rs": [relu]\n',
    "input: [8, 8, 1\nlayers:\n  - relu\n",  # broken
]
OTHER = [
    HYDRA,
    MANIFEST,
    "input: data/train.csv\nlayers: 3\n",
    "input: data/train.csv\nlayers: [conv, pool]\n",
    "input: [a, b]\nlayers: [conv]\n",
    "input: [a.csv, b2.csv]\nlayers: 3\n",
    "input: true\nlayers: [dense]\n",
    "input: 784\nlayers: []\noutput: 10\n",
    "input: 784\nlayers: {conv: 3, dense: 2}\n",
    "input: 784\nlayers: [{units: 512, dropout: 0.5}, {dropout: 0.2, units: 256}]\n",
    "input: [28, 28, 1]\nlayers: [{type: conv, filters: 8}, {class_name: Dense, units: 3}]\n",
    "input: {path: x.csv, columns: 3}\nlayers: [dense: 3]\n",
    "input: [28, 28]\nlayers: [base, overlay, roads]\n",  # of a map
    "input: [1\nlayers:\n  - name: base\n",  # broken
]


@pytest.mark.parametrize(
    ("text", "expected"), [(one, True) for one in PLAIN] + [(one, False) for one in OTHER]
)
def test_what_a_walk_takes(text: str, expected: bool, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(text, encoding="utf-8")
    assert is_spec(str(file)) is expected


@pytest.mark.parametrize("text", OTHER)
@pytest.mark.parametrize("more", ["output: 3\n", "verson: 1\n", "nam: x\n", "Name: x\n"])
def test_what_is_not_plainly_a_spec_stays_as_it_is(text: str, more: str, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(text + more, encoding="utf-8")
    found = check_source(Source("net.yaml", text + more)).diagnostics
    assert found
    assert not any(fix.safe or fix.title == "output -> outputs" for one in found for fix in one.fixes)
    run("check", "net.yaml", "--fix", folder=tmp_path)
    run("check", ".", "--fix", "--allow-empty", folder=tmp_path)
    assert file.read_text(encoding="utf-8") == text + more


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        (SPEC + "  - relu: {name: last}\noutput: last\n", SPEC + "  - relu: {name: last}\noutputs: last\n"),
        (SPEC.replace("input:", "inptu:"), SPEC),
        (SPEC.replace("layers:", "layer:"), SPEC),
        (SPEC.replace("filters", "filterz"), SPEC),
    ],
)
def test_what_is_plainly_a_spec_is_set_right(text: str, fixed: str, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(text, encoding="utf-8")
    run("check", "net.yaml", "--fix", folder=tmp_path)
    assert file.read_text(encoding="utf-8") == fixed


def test_no_class_of_a_framework_is_respelt_as_another() -> None:
    for name in [*classes(), *answers()]:
        meant = misspelt(name, [*KINDS, *ALIASES])
        assert meant is None or meant.lower().replace("_", "") == name.lower()
    assert is_class("fractionalmaxpool2d")
    assert not is_class("conv9d")
    assert misspelt("MaxPol2d", [*KINDS, *ALIASES]) == "MaxPool2d"


@pytest.mark.parametrize(
    "text",
    [
        "input: [8, 8, 4]\nlayers: [relu: {name: up2}, relu, {add: {from: [prev, up3]}}]\n",
        "input: [8, 8, 4]\nparams: {width2: 3}\nlayers: [conv: {filters: width3, kernel_size: 1}]\n",
        "input: [8, 8, 4]\nlayers: [conv: {filters: 3, kernel_size: 1, activation: softmax2d}]\n",
        "input: [8, 8, 4]\ndefaults: {AlphaDropout: {}}\nlayers: [relu]\n",
    ],
)
def test_a_name_with_another_number_is_another_name(text: str) -> None:
    found = check_source(Source("net.yaml", text)).diagnostics
    assert any(one.severity == "error" for one in found)
    assert not any(fix.safe for one in found for fix in one.fixes)


def test_explain_and_the_prompt_know_the_classes_too() -> None:
    said = "AlphaDropout changes no shape while it predicts: leave it out, or write dropout"
    assert run("explain", "AlphaDropout").out == f"{said}\n"
    assert said in run("interactive", stdin="input 8x8x1\nAlphaDropout 2\n").err.replace("\n  ", " ")
