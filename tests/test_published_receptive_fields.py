"""Receptive field and jump at the last feature map are the published ones, and those that gradients show."""

import pytest

from cnn_shapes.checking import CheckResult, check_path
from tests.golden import ROOT
from tests.networks import RESNET34, overrides

# Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019: the
# table of https://github.com/google-research/receptive_field, of TF-Slim's networks
SLIM = [
    ("alexnet_v2", {}, 195, 32),
    ("vgg_16", {}, 212, 32),
    ("resnet_v1", {}, 483, 32),
    ("resnet_v1", {"n3": 23}, 1027, 32),
    ("resnet_v1", {"n2": 8, "n3": 36}, 1507, 32),
    ("mobilenet_v1", {}, 315, 32),
    ("inception_v3", {}, 1311, 32),
]
# torchvision's networks: the pixels that the gradient of one unit of the last feature map reaches
GRADIENT = [
    ("resnet18", {}, 435, 32),
    ("resnet18", RESNET34, 899, 32),
    ("mobilenet_v2", {}, 491, 32),
    ("mnasnet1_0", {}, 843, 32),
    ("shufflenet_v2", {}, 527, 32),
    ("densenet121", {}, 2071, 32),
    ("googlenet", {}, 379, 32),
    ("squeezenet1_0", {}, 155, 16),
    ("squeezenet1_1", {}, 207, 16),
    # TF-Slim's figures in torchvision's order of strides
    ("resnet50", {}, 427, 32),
    ("resnet50", {"n3": 23}, 971, 32),
    ("resnet50", {"n2": 8, "n3": 36}, 1451, 32),
]
ROWS = [
    *((f"tests/receptive_field/slim_{name}.yaml", *row) for name, *row in SLIM),
    *((f"specs/{name}.yaml", *row) for name, *row in GRADIENT),
]


@pytest.mark.parametrize(("spec", "params", "width", "jump"), ROWS)
def test_last_feature_map(spec: str, params: dict[str, float], width: int, jump: int) -> None:
    report = check_path(str(ROOT / spec), overrides(params))
    assert report.errors == []
    assert last_feature_map(report) == ((width, width), (jump, jump))


def last_feature_map(report: CheckResult) -> tuple[tuple[int, ...], tuple[int | str | None, ...] | None]:
    """Receptive field and jump of the last layer that does not see the whole input."""
    trace = report.trace
    assert trace is not None
    last = [step for step in trace.steps if step.views is not None and None not in step.views][-1]
    return trace.receptive_field(last), trace.jump(last)


def test_no_slim_network_is_left_out() -> None:
    folder = ROOT / "tests" / "receptive_field"
    assert {f"slim_{name}" for name, *_ in SLIM} == {file.stem for file in folder.iterdir()}
