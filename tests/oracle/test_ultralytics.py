"""Ultralytics' own YAMLs, read from the installed package: the parameters and shape of each module.

The numbers are those of `tests.tools.measure_ultralytics`. At 256x256, scales n, m and x.
"""

import pytest

from tests.ultralytics_models import MODELS, Measured, counted, folder, read, rows

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize(("name", "measured"), [*rows(MODELS)])
def test_modules(name: str, measured: list[Measured]) -> None:
    file, _, scale = name.partition("@")
    path = next(folder().rglob(file))
    report = read(file, path.read_text(encoding="utf-8"), scale)
    assert len(counted(report)) == len(measured)
    for ours, theirs in zip(counted(report), measured, strict=True):
        assert ours.params == theirs.params
        assert theirs.shape is None or ours.shape == theirs.shape


@pytest.mark.parametrize("name", ["rtdetr-l.yaml", "yolov8-world.yaml", "yolo26-sem.yaml", "yoloe-11.yaml"])
def test_what_cannot_be_said_is_refused_by_name(name: str) -> None:
    report = read(name, next(folder().rglob(name)).read_text(encoding="utf-8"))
    assert {found.rule for found in report.errors} == {"unsupported-layer"}
