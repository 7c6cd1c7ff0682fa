"""The specs of the zoo are the models of torchvision and timm, and `verify` names what is changed in one."""

import warnings
from functools import cache
from typing import Any

import pytest

from cnn_shapes.checking import CheckResult, check_path
from cnn_shapes.importing.model_check import check_model
from cnn_shapes.importing.recording import Recording
from cnn_shapes.importing.running import record_module
from cnn_shapes.importing.verifying import ComparedLayer, compared_layers, first_difference
from tests.networks import SPECS, overrides
from tests.oracle import timm_models, vision
from tests.single_changes import Unfolded
from tests.tools.trace_timm import on_meta

pytestmark = pytest.mark.oracle
EACH = 20  # changes of each spec
SAME = """
    alexnet convnext_small densenet121 efficientnet_b0 mnasnet1_0 mobilenet_v2 mobilenet_v3_large r3d_18
    regnet_y_400mf resnet18 resnet50 squeezenet1_0 squeezenet1_1 vgg11 vgg16 vgg16_bn
"""
Row = tuple[str, dict[str, float], Any, str, dict[str, Any]]
# a spec and its params, the module that has the model, and the model's name and arguments
ROWS: list[Row] = [
    *((name, {}, vision, name, {}) for name in SAME.split()),
    ("resnet18", {"n1": 3, "n2": 4, "n3": 6, "n4": 3}, vision, "resnet34", {}),
    ("resnet50", {"n3": 23}, vision, "resnet101", {}),
    ("shufflenet_v2", {}, vision, "shufflenet_v2_x1_0", {}),
    ("googlenet", {}, vision, "googlenet", {"aux_logits": False, "init_weights": False}),
    ("fcn_resnet50", {}, vision, "fcn_resnet50", {"aux_loss": True, "weights_backbone": None}),
    ("retinanet_resnet50_fpn", {}, vision, "Detector", {"name": "retinanet_resnet50_fpn"}),
    ("ghostnet", {}, timm_models, "ghostnet_100", {}),
    ("ghostnet", {"width": 1.3}, timm_models, "ghostnet_130", {}),
    ("hrnet_w18", {}, timm_models, "hrnet_w18", {}),
    ("mobilenetv4_hybrid_medium", {}, timm_models, "mobilenetv4_hybrid_medium", {}),
    ("pvt_v2_b0", {}, timm_models, "pvt_v2_b0", {}),
]
# specs whose model has an operation that the language has not
UNSUPPORTED = {
    "botnet26t": ("botnet26t_256", "pad cannot be said in the language: a padding of the batch"),
    "mobilevit_xxs": (
        "mobilevit_xxs",
        "add cannot be said in the language: an order of 5 axes: the language has 4",
    ),
}
OWN = [row for row in ROWS if not row[1]]  # the specs with the params that they have


def spec_of(row: Row) -> CheckResult:
    name, params, *_ = row
    return check_path(str(SPECS / f"{name}.yaml"), overrides(params))


def model_of(row: Row) -> CheckResult:
    """The report of the model, which gets the input of the spec."""
    _, _, module, name, arguments = row
    trace = spec_of(row).trace
    assert trace is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how weights are drawn
        model = on_meta(lambda: getattr(module, name)(**arguments))
    recording = record_module(model, [tuple(node.output or ()) for node in trace.network.inputs])
    assert isinstance(recording, Recording)
    return check_model(name, recording)


@cache
def layers_of_model(place: int) -> list[ComparedLayer]:
    report = model_of(ROWS[place])
    assert report.errors == []
    assert report.trace is not None
    return compared_layers(report.trace)


@pytest.mark.parametrize("place", range(len(ROWS)), ids=[row[3] for row in ROWS])
def test_the_spec_is_the_model(place: int) -> None:
    report = spec_of(ROWS[place])
    assert report.trace is not None
    assert first_difference(compared_layers(report.trace), layers_of_model(place)) is None


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_model_that_the_language_cannot_say(name: str) -> None:
    model, said = UNSUPPORTED[name]
    report = model_of((name, {}, timm_models, model, {}))
    assert report.errors[0].message() == said


@pytest.mark.parametrize("row", OWN, ids=[row[3] for row in OWN])
def test_a_single_change_is_named(row: Row) -> None:
    """What is told is what is told of the unchanged spec, of which the lines are known."""
    model, unfolded = layers_of_model(ROWS.index(row)), Unfolded(spec_of(row))
    changed = list(unfolded.changed(EACH, seed=2))
    assert len(changed) == EACH
    assert [(one.change, one.difference) for one in changed if not unfolded.names(one)] == []
    for one in changed:
        found, known = first_difference(one.layers, model), one.difference
        assert found is not None
        assert known is not None
        assert (found.alone, found.named.facts) == (known.alone, known.named.facts), one.change
        if known.alone != "model":
            assert found.named is known.named, one.change
