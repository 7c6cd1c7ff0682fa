"""The known networks: which spec and params make each, and what PyTorch says must come out (`truth/*.json`).

A truth file holds every operation of a model in order, with its output shape (batch and channels first) and
its parameters, and the totals. torchvision's models come from torchvision, others from
`tools/make_truth.py` and `tools/make_reference_truth.py`, which say what a shape is where channels are last.
"""

import json
import re
from math import prod
from typing import Any

from cnn_shapes.checking import CheckResult, check_path
from cnn_shapes.language.spec import Overrides
from cnn_shapes.network import Node
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
    "GELU": "gelu",
    "LayerNorm": "layernorm",
    "Upsample": "upsample",
    "function:interpolate": "upsample",
    "function:softmax": "softmax",
    "Softmax": "softmax",
    "LSTM": "lstm",
    "function:mean": "average",
    "function:attention": "attention",
    "function:matmul": "matmul",
    "LocalResponseNorm": "lrn",
}
# models in which a sum of several is made of sums of two, where a spec has one `add`
IN_PAIRS = {"hrnet_w18"}
# models in which (batch, steps, channels) is the order of a sequence
STEPS_FIRST = {"crnn", "retinanet_resnet50_fpn"}
ALIKE = {"depthwise_conv": "conv", "scale": "multiply"}
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
    expected, found = expected_rows(truth, model in STEPS_FIRST), found_rows(report)
    if model in IN_PAIRS:
        expected, found = ([row for row in rows if row[0] != "add"] for rows in (expected, found))
    totals = report.trace.totals
    checks: list[tuple[str, object, object]] = [
        ("parameters", truth["params"], totals.params),
        ("MACs", truth["macs"], totals.macs),
        (
            "outputs",
            _expected_outputs(truth, model in STEPS_FIRST),
            [node.output for node in report.trace.network.outputs],
        ),
        ("operations", len(expected), len(found)),
    ]
    for place, rows in enumerate(zip(expected, found, strict=False)):
        if rows[0] != _with_places_of(rows[0], rows[1]):
            checks.append((f"operation {place}", *rows))
            break
    return [f"{what}: expected {right}, found {is_}" for what, right, is_ in checks if right != is_]


def expected_rows(truth: dict[str, Any], steps_first: bool = False) -> list[Row]:
    """Kind, output shape and parameters of a truth file's operations, but for those that are not a layer.

    A dense layer at every place of a map is a convolution of 1x1; it and the norm beside it have the channels
    last.
    """
    rows: list[Row] = []
    before: list[int] = []
    turned: list[int] = []  # the last shape that had its channels last
    known: set[str] = set()  # a module that runs again has its weights already
    for path, op, shape, params in truth["ops"]:
        kind = _KINDS.get(re.sub(r"\dd$", "", op))
        # torchvision's DenseNet calls cat also on a single map, at the start of a block
        if kind is not None and not (kind == "concat" and shape == before):
            sizes = tuple(shape[1:])
            if (
                shape == turned
                or (len(sizes) == 3 and op in ("Linear", "LayerNorm"))
                or (len(sizes) == 2 and steps_first and op != "Conv1d")
            ):
                turned = shape
                kind, sizes = kind.replace("dense", "conv"), (sizes[-1], *sizes[:-1])
            rows.append((kind, sizes, 0 if path in known else params))
            known.add(path)
        before = shape
    return rows


def _with_places_of(expected: Row, found: Row) -> Row:
    """A row of ours with all its places in one number, where PyTorch's operation has them so."""
    kind, shape, params = found
    if len(expected[1]) == 2 and len(shape) > 2:
        return (kind, (shape[0], prod(shape[1:])), params)
    return found


def found_rows(report: CheckResult) -> list[Row]:
    assert report.trace is not None
    rows = []
    again = _joined_again(report)
    for step in report.trace.steps:
        kind = ALIKE.get(step.node.kind, step.node.kind)
        if kind in _COMPARED and step.node not in again:
            params = 0 if kind == "multiply" else step.params or 0  # a scale is a parameter and a product
            rows.append((kind, tuple(step.node.output or ()), params))
    return rows


def _joined_again(report: CheckResult) -> list[Node]:
    """The concatenations that another one alone reads: with it they are one, as PyTorch's code has them."""
    assert report.trace is not None
    readers: dict[Node, set[str]] = {}
    for step in report.trace.steps:
        for source in step.node.inputs:
            readers.setdefault(source, set()).add(step.node.kind)
    return [node for node, kinds in readers.items() if node.kind == "concat" and kinds == {"concat"}]


def _expected_outputs(truth: dict[str, Any], steps_first: bool) -> list[tuple[int, ...]]:
    shapes = [tuple(shape[1:]) for shape in truth.get("outputs", [truth["ops"][-1][2]])]
    turned = steps_first and truth["ops"][-1][1] != "Conv1d"
    return [shape[::-1] if turned and len(shape) == 2 else shape for shape in shapes]
