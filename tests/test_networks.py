"""The zoo holds to PyTorch and to published figures: shapes in order, counts, families, input sizes."""

from typing import Any

import pytest

from cnn_shapes.checking import CheckResult, check_path
from cnn_shapes.language.spec import Overrides
from tests import networks
from tests.golden import ROOT
from tests.networks import SPECS, overrides

EXAMPLES = ROOT / "tests" / "examples"


@pytest.mark.parametrize("model", networks.MODELS)
def test_every_shape_and_count_is_pytorchs(model: str) -> None:
    assert networks.differences(model, networks.check(model)) == []


# torchvision's SqueezeNets never read the last row and column of a 224x224 image: (224 - 7)/2 and (224 - 3)/2
DROPPING = {
    "two_stream": ["pixels-dropped"],
    "squeezenet1_0": ["pixels-dropped"],
    "squeezenet1_1": ["pixels-dropped"],
}


@pytest.mark.parametrize("spec", sorted(file.stem for file in SPECS.glob("*.yaml")))
def test_every_spec_is_clean(spec: str) -> None:
    report = networks.check(spec)
    assert [found.rule for found in report.errors + report.warnings] == DROPPING.get(spec, [])


def test_every_spec_has_its_truth() -> None:
    made = {networks.spec_of(model)[0] for model in networks.MODELS}
    assert made == {file.stem for file in SPECS.glob("*.yaml")}


# parameters and MACs; checked by hand (lenet), with torchvision, and for yolov8 and unet with torch
TOTALS = [
    ("lenet", 184_586, 3_869_952),
    ("resnet18", 11_689_512, 1_814_073_344),
    ("resnet50", 25_557_032, 4_089_184_256),
    ("googlenet", 6_624_904, 1_498_376_192),
    ("densenet121", 7_978_856, 2_834_161_664),
    ("mobilenet_v2", 3_504_872, 300_774_272),
    ("efficientnet_b0", 5_288_548, 385_814_752),
    ("yolov8", 3_157_184, 4_371_456_000),
    ("unet", 31_031_810, 192_686_325_760),
]


@pytest.mark.parametrize(("name", "params", "macs"), TOTALS)
def test_an_example_is_clean_and_has_its_totals(name: str, params: int, macs: int) -> None:
    report = check_path(str(EXAMPLES / f"{name}.yaml"))
    assert report.errors + report.warnings == []
    assert report.trace is not None
    assert (report.trace.totals.params, report.trace.totals.macs) == (params, macs)


def test_every_example_has_its_totals() -> None:
    assert {name for name, _, _ in TOTALS} == {file.stem for file in EXAMPLES.glob("*.yaml")}


EFFICIENTNETS = [
    ("b1", 1.0, 1.1, 240, 7_794_184),
    ("b2", 1.1, 1.2, 288, 9_109_994),
    ("b3", 1.2, 1.4, 300, 12_233_232),
    ("b4", 1.4, 1.8, 380, 19_341_616),
    ("b5", 1.6, 2.2, 456, 30_389_784),
    ("b6", 1.8, 2.6, 528, 43_040_704),
    ("b7", 2.0, 3.1, 600, 66_347_960),
]
REGNETS: list[tuple[dict[str, Any], int]] = [
    ({"widths": [64, 144, 320, 784], "depths": [1, 3, 8, 2], "group": 16}, 6_432_512),
    ({"widths": [48, 120, 336, 888], "depths": [2, 6, 17, 2], "group": 24}, 11_202_430),
    ({"widths": [72, 216, 576, 1512], "depths": [2, 5, 13, 1], "group": 24}, 19_436_338),
]
MOBILEVITS: list[tuple[dict[str, Any], int]] = [
    ({"t": 4, "last": 384, "c": [32, 48, 64, 80, 96], "d": [96, 120, 144]}, 2_317_848),
    ({"t": 4, "last": 640, "c": [32, 64, 96, 128, 160], "d": [144, 192, 240]}, 5_578_632),
]
PVTS: list[tuple[dict[str, Any], int]] = [
    ({"c": [64, 128, 320, 512]}, 14_009_000),
    ({"c": [64, 128, 320, 512], "n": [3, 4, 6, 3]}, 25_362_856),
    ({"c": [64, 128, 320, 512], "n": [3, 4, 18, 3]}, 45_238_696),
]
# the other members of the families: parameters as the lists of models of torchvision, timm and Ultralytics
# have them. Ultralytics counts 16 fixed weights more, of the layer that turns box values into an expectation.
PUBLISHED = [
    ("resnet50", {"n2": 8, "n3": 36}, 60_192_808, 0),
    ("densenet121", {"n3": 32, "n4": 32}, 14_149_480, 0),
    ("densenet121", {"n3": 48, "n4": 32}, 20_013_928, 0),
    ("densenet121", {"growth": 48, "n3": 36, "n4": 24}, 28_681_000, 0),
    ("mnasnet1_0", {"width": 0.5}, 2_218_512, 0),
    ("mnasnet1_0", {"width": 0.75}, 3_170_208, 0),
    ("mnasnet1_0", {"width": 1.3}, 6_282_256, 0),
    ("shufflenet_v2", {"c": 48}, 1_366_792, 0),
    ("shufflenet_v2", {"c": 176}, 3_503_624, 0),
    ("shufflenet_v2", {"c": 244, "last": 2048}, 7_393_996, 0),
    ("regnet_y_400mf", {}, 4_344_144, 0),
    *(("regnet_y_400mf", params, published, 0) for params, published in REGNETS),
    *(("mobilevit_xxs", params, published, 0) for params, published in MOBILEVITS),
    *(("pvt_v2_b0", params, published, 0) for params, published in PVTS),
    ("ghostnet", {"width": 0.5}, 2_587_292, 0),
    ("ghostnet", {"width": 1.3}, 7_358_820, 0),
    ("yolov10n", {}, 2_775_520, 16),
    ("yolov8", {"width": 0.5}, 11_166_560, 16),
    ("yolov8", {"width": 0.75, "depth": 0.67, "max_c": 768}, 25_902_640, 16),
    ("yolov8", {"width": 1.0, "depth": 1.0, "max_c": 512}, 43_691_520, 16),
    ("yolov8", {"width": 1.25, "depth": 1.0, "max_c": 512}, 68_229_648, 16),
    *(
        ("efficientnet_b0", {"width": width, "depth": depth}, params, 0)
        for _, width, depth, _, params in EFFICIENTNETS
    ),
]


@pytest.mark.parametrize(("spec", "params", "published", "fixed"), PUBLISHED)
def test_params_make_the_family(spec: str, params: dict[str, Any], published: int, fixed: int) -> None:
    report = check_path(str(SPECS / f"{spec}.yaml"), overrides(params))
    assert report.errors == []
    assert report.trace is not None
    assert report.trace.totals.params == published - fixed


@pytest.mark.parametrize(
    ("width", "depth", "size"),
    [pytest.param(width, depth, size, id=name) for name, width, depth, size, _ in EFFICIENTNETS],
)
def test_an_efficientnet_takes_its_input_size(width: float, depth: float, size: int) -> None:
    tried = overrides({"width": width, "depth": depth}, (size, size, 3))
    assert check_path(str(SPECS / "efficientnet_b0.yaml"), tried).errors == []


def square(spec: str, size: int, rounding: str | None = None) -> CheckResult:
    path = str(SPECS / f"{spec}.yaml")
    spec_input = check_path(path).input
    assert spec_input is not None
    sizes = (*(size,) * (len(spec_input) - 1), spec_input.channels)
    return check_path(path, Overrides(input=sizes, rounding=rounding))


# the smallest square input that torchvision's model takes; torchvision rounds down
@pytest.mark.parametrize(
    ("spec", "smallest"),
    [
        ("alexnet", 63),
        ("vgg11", 32),
        ("vgg16", 32),
        ("vgg16_bn", 32),
        ("squeezenet1_0", 21),
        ("squeezenet1_1", 17),
        ("densenet121", 29),
        ("googlenet", 15),
    ],
)
def test_the_smallest_input(spec: str, smallest: int) -> None:
    assert [size for size in range(1, smallest + 2) if square(spec, size, "floor").ok] == [
        smallest,
        smallest + 1,
    ]


def outputs(report: CheckResult) -> list[tuple[int, ...]]:
    assert report.trace is not None
    return [tuple(node.output or ()) for node in report.trace.network.outputs]


def test_the_papers_unet() -> None:
    assert outputs(square("unet_valid", 572)) == [(2, 388, 388)]
    assert outputs(square("unet_valid", 188)) == [(2, 4, 4)]
    # the smallest, and those after it in steps of 16: each of the four pools needs an even size
    assert [size for size in range(1, 221) if square("unet_valid", size).ok] == [188, 204, 220]
    assert not square("unet_valid", 187, "floor").ok


def test_yolov8_has_three_scales() -> None:
    assert outputs(square("yolov8", 640)) == [(144, 80, 80), (144, 40, 40), (144, 20, 20)]
    assert outputs(square("yolov8", 320)) == [(144, 40, 40), (144, 20, 20), (144, 10, 10)]


def test_yolov8_at_641() -> None:
    """641 becomes 321, 161, 81, 41, 21; upsampled, 21 is 42 and meets the 41 of the backbone."""
    report = square("yolov8", 641)
    assert report.trace is not None
    errors = [step.node for step in report.trace.steps if step.node.error]
    first = errors[0].error
    assert first is not None
    assert first.rule == "shape-mismatch"
    assert [source.output for source in errors[0].inputs] == [(256, 42, 42), (128, 41, 41)]
    assert report.errors[0].rule == "shape-mismatch"
    message = report.errors[0].message()
    assert "42x42" in message
    assert "41x41" in message
