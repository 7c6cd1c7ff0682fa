"""The known networks: which spec and params make each, and what PyTorch says must come out (`truth/*.json`).

A truth file holds every operation of a model in order, with its output shape (batch and channels first) and
its parameters, and the totals. torchvision's models come from torchvision, others from `tools/make_truth.py`.
"""

import json
import re
from typing import Any

from cnn_shapes.checking import CheckResult, check_path
from cnn_shapes.language.spec import Overrides
from tests.golden import ROOT

SPECS = ROOT / "specs"
TRUTH = ROOT / "tests" / "truth"

RESNET34: dict[str, float] = {"n1": 3, "n2": 4, "n3": 6, "n4": 3}
# models that are another model's spec with other params, as `--set` gives them
FAMILY: dict[str, tuple[str, dict[str, float]]] = {
    "resnet34": ("resnet18", RESNET34),
    "resnet101": ("resnet50", {"n3": 23}),
    "shufflenet_v2_x1_0": ("shufflenet_v2", {}),
}
MODELS = sorted(file.stem for file in TRUTH.glob("*.json"))

# PyTorch's operations that have a layer of their own in a spec; the others move values about or do nothing
_KINDS = {
    "Conv": "conv",
    "ConvTranspose": "conv_transpose",
    "BatchNorm": "batchnorm",
    "MaxPool": "maxpool",
    "function:max_pool": "maxpool",
    "AvgPool": "avgpool",
    "function:avg_pool": "avgpool",
    "Linear": "dense",
    "function:add": "add",
    "function:mul": "multiply",
    "function:cat": "concat",
    "ReLU": "relu",
    "function:relu": "relu",
    "ReLU6": "relu6",
    "LeakyReLU": "leaky_relu",
    "SiLU": "silu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Hardswish": "hardswish",
    "Hardsigmoid": "hardsigmoid",
}
_COMPARED = set(_KINDS.values())
Row = tuple[str, tuple[int, ...], int]


def spec_of(model: str) -> tuple[str, dict[str, float]]:
    """The name of the spec that makes a model, and the params it takes."""
    return FAMILY.get(model, (model, {}))


def overrides(params: dict[str, float], sizes: tuple[int, ...] | None = None) -> Overrides:
    return Overrides(input=sizes, params=tuple(params.items()))


def check(model: str) -> CheckResult:
    """The report of a model's spec with the model's params."""
    spec, params = spec_of(model)
    return check_path(str(SPECS / f"{spec}.yaml"), overrides(params))


def differences(model: str, report: CheckResult) -> list[str]:
    """In what a report is not what PyTorch says of a model: the first difference of each sort, or nothing."""
    truth = json.loads((TRUTH / f"{model}.json").read_text(encoding="utf-8"))
    if not report.ok or report.trace is None:
        return [f"not valid: {', '.join(found.rule for found in report.errors)}"]
    expected, found = expected_rows(truth), found_rows(report)
    totals = report.trace.totals
    checks: list[tuple[str, object, object]] = [
        ("parameters", truth["params"], totals.params),
        ("MACs", truth["macs"], totals.macs),
        ("outputs", _expected_outputs(truth), [node.output for node in report.trace.network.outputs]),
        ("operations", len(expected), len(found)),
    ]
    for place, rows in enumerate(zip(expected, found, strict=False)):
        if rows[0] != rows[1]:
            checks.append((f"operation {place}", *rows))
            break
    return [f"{what}: expected {right}, found {is_}" for what, right, is_ in checks if right != is_]


def expected_rows(truth: dict[str, Any]) -> list[Row]:
    """Kind, output shape and parameters of a truth file's operations, but for those that are no layer."""
    rows: list[Row] = []
    before: list[int] = []
    for _, op, shape, params in truth["ops"]:
        kind = _KINDS.get(re.sub(r"\dd$", "", op))
        # torchvision's DenseNet calls cat also on a single map, at the start of a block
        if kind is not None and not (kind == "concat" and shape == before):
            rows.append((kind, tuple(shape[1:]), params))
        before = shape
    return rows


def found_rows(report: CheckResult) -> list[Row]:
    assert report.trace is not None
    rows = []
    for step in report.trace.steps:
        kind = "conv" if step.node.kind == "depthwise_conv" else step.node.kind
        if kind in _COMPARED:
            rows.append((kind, tuple(step.node.output or ()), step.params or 0))
    return rows


def _expected_outputs(truth: dict[str, Any]) -> list[tuple[int, ...]]:
    shapes = truth.get("outputs", [truth["ops"][-1][2]])
    return [tuple(shape[1:]) for shape in shapes]
