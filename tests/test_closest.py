"""What a misspelt kind is taken for: a kind of ours before the class of a framework that spells alike."""

import pytest

from cnn_shapes.diagnostics import spelling
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.layers.synonyms import MEANT
from tests.specs import check


@pytest.mark.parametrize(
    ("written", "meant"), [("flaten", "flatten"), ("dens", "dense"), ("Flaten", "flatten")]
)
def test_a_kind_comes_before_a_class_name(written: str, meant: str) -> None:
    (problem,) = check(f"input: [8, 8, 1]\nlayers:\n  - {written}\n").diagnostics[:1]
    assert [fix.title for fix in problem.fixes[:1]] == [f"{written} -> {meant}"]


@pytest.mark.parametrize(
    ("written", "meant", "safe"),
    [
        # spelled like a kind or a class name
        ("max_pool", "maxpool", True),
        ("Batch-Norm", "batchnorm", True),
        ("lInear", "Linear", True),
        # another word for it: what is meant is not a question of spelling
        ("fully_connected", "dense", False),
        ("InnerProduct", "dense", False),
        ("gap", "global_avgpool", False),
        ("global_average_pooling", "global_avgpool", False),
        ("deconv", "conv_transpose", False),
        ("dwconv", "depthwise_conv", False),
        ("unpool", "upsample", False),
        ("swish", "silu", False),
        ("Convolution", "conv", False),
        ("skip_connection", "residual", False),
        ("se_block", "gate", False),
        ("route", "concat", False),
    ],
)
def test_a_kind_by_another_word(written: str, meant: str, safe: bool) -> None:
    (problem, *_) = check(f"input: [8, 8, 1]\nlayers:\n  - {written}\n").diagnostics
    assert problem.message() == f"unknown layer {written}: did you mean {meant}?"
    assert [(fix.title, fix.safe) for fix in problem.fixes] == [(f"{written} -> {meant}", safe)]


def test_a_name_in_the_place_of_a_kind() -> None:
    (problem, *_) = check("input: [8, 8, 1]\nlayers:\n  - conv1: {filters: 8}\n").diagnostics
    assert problem.message() == "unknown layer conv1: did you mean conv, with name: conv1?"
    assert [(fix.title, fix.safe) for fix in problem.fixes] == [("conv1 -> conv", False)]


@pytest.mark.parametrize(
    ("written", "meant", "safe"),
    [
        ("inputs", "input", True),
        ("input_shape", "input", False),
        ("imgsz", "input", False),
        ("network", "layers", False),
        ("Architecture", "layers", False),
        ("data_format", "layout", False),
    ],
)
def test_a_key_by_another_word(written: str, meant: str, safe: bool) -> None:
    """What is meant is not missing besides."""
    keys = {"input": "[8, 8, 1]", "layers": "[relu]", "layout": "channels_last"}
    text = "".join(f"{written if key == meant else key}: {value}\n" for key, value in keys.items())
    (problem,) = check(text).diagnostics
    assert problem.message() == f"a spec has no {written}: did you mean {meant}?"
    assert [(fix.title, fix.safe) for fix in problem.fixes] == [(f"{written} -> {meant}", safe)]


def test_a_key_that_is_given_is_not_meant_by_another_word() -> None:
    (problem,) = check("input: [8, 8, 1]\nlayers: [relu]\nmodel: small\n").diagnostics
    assert problem.fixes == ()
    assert problem.message().startswith("a spec has no model: it takes version, name, input")


def test_synonyms_mean_kinds_and_are_not_spellings_of_them() -> None:
    assert set(MEANT.values()) <= {*KINDS, *STRUCTURES}
    assert not MEANT.keys() & {spelling(name) for name in (*KINDS, *ALIASES, *STRUCTURES)}
    assert [word for word in MEANT if spelling(word) != word] == []
