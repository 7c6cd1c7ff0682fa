"""Networks of others, as timm, torchvision and segmentation_models_pytorch count them: every total exact."""

import pytest

from cnn_shapes.checking import check_path
from tests.golden import ROOT

FOLDER = ROOT / "tests" / "architectures"
# parameters, values that are stored and not learned, MACs, and the source: timm 1.0.31, torchvision 0.28,
# segmentation_models_pytorch 0.6; traced, without the biases
TOTALS = [
    ("cspdarknet53", 27_642_184, 35_328, 6_533_652_480),  # timm cspdarknet53
    ("ghostnet_100", 5_182_508, 21_968, 141_150_512),  # timm ghostnet_100
    ("nf_resnet50", 25_557_032, 0, 4_089_184_256),  # timm nf_resnet50
    ("regnety_004", 4_344_144, 27_152, 401_842_848),  # timm regnety_004
    ("res2net50_26w_4s", 25_699_120, 59_492, 4_255_166_464),  # timm res2net50_26w_4s
    ("retinanet_r50_fpn", 34_068_119, 53_120, 151_540_437_248),  # torchvision, norms that learn
    ("s3d", 8_320_048, 21_216, 17_978_771_456),  # torchvision s3d
    ("ssd300_vgg16", 35_641_826, 0, 34_858_153_472),  # torchvision ssd300_vgg16
    ("unetplusplus_r34", 26_078_609, 20_800, 18_383_634_432),  # smp UnetPlusPlus(resnet34)
    ("xception", 22_855_952, 54_528, 8_357_403_496),  # timm legacy_xception
]


@pytest.mark.parametrize(("name", "params", "stored", "macs"), TOTALS)
def test_its_totals_are_exact(name: str, params: int, stored: int, macs: int) -> None:
    report = check_path(str(FOLDER / f"{name}.yaml"))
    assert report.errors + report.warnings == []
    assert report.trace is not None
    totals = report.trace.totals
    assert (totals.params, totals.non_trainable_params, totals.macs) == (params, stored, macs)


def test_every_network_has_its_totals() -> None:
    assert {name for name, *_ in TOTALS} == {file.stem for file in FOLDER.glob("*.yaml")}
