"""The exported Keras code of the zoo and of random networks builds, with our shape at each layer."""

import ast
from contextlib import suppress
from typing import Any

import keras
import pytest

from cnn_shapes.checking import CheckResult, check_path
from cnn_shapes.export import Unexportable, export
from tests.networks import SPECS
from tests.specs import check
from tests.tools.random_networks import draw

pytestmark = pytest.mark.oracle

ZOO = sorted(file.stem for file in SPECS.glob("*.yaml"))


def differences(report: CheckResult) -> list[str]:
    """In what the Keras model of a valid spec is not what our report says; nothing where all agrees."""
    assert report.trace is not None
    module = ast.parse(export(report, "keras"))
    seen: list[tuple[int, ...]] = []
    for part in module.body:
        if isinstance(part, ast.FunctionDef):
            part.body = [new for line in part.body for new in _watched(line)]
    module.body = [part for part in module.body if not isinstance(part, ast.If)]  # the main guard
    namespace: dict[str, Any] = {"__name__": "exported", "record_": lambda made: _record(made, seen)}
    exec(compile(ast.fix_missing_locations(module), "exported", "exec"), namespace)
    model = namespace["build"]()
    nodes = report.trace.network.layers
    wrong = [
        f"{node.name}: ours {node.output}, Keras {shape}"
        for node, shape in zip(nodes, seen[1:], strict=False)
        if node.output != (shape[-1], *shape[:-1])
    ]
    if len(nodes) != len(seen) - 1:
        wrong.append(f"{len(nodes)} layers, but {len(seen) - 1} lines ran")
    used = _used(report)
    steps = [step for step in report.trace.steps if step.node.index in used]
    params = sum((step.params or 0) + (step.non_trainable_params or 0) for step in steps)
    if model.count_params() != params:
        wrong.append(f"parameters: ours {params}, Keras {model.count_params()}")
    return wrong


def _watched(line: ast.stmt) -> list[ast.stmt]:
    if not isinstance(line, ast.Assign):
        return [line]
    return [line, *ast.parse(f"record_({ast.unparse(line.targets[0])})").body]


def _record(made: Any, seen: list[tuple[int, ...]]) -> None:
    for tensor in made if isinstance(made, (tuple, list)) else (made,):
        seen.append(tuple(tensor.shape[1:]))


def _used(report: CheckResult) -> set[int]:
    """The nodes that an output depends on: a functional model has no others."""
    assert report.trace is not None
    found: set[int] = set()
    waiting = list(report.trace.network.outputs)
    while waiting:
        node = waiting.pop()
        if node.index not in found:
            found.add(node.index)
            waiting += node.inputs
    return found


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo(name: str) -> None:
    report = check_path(str(SPECS / f"{name}.yaml"))
    kinds = {step.node.kind for step in report.trace.steps} if report.trace else set()
    shares = report.trace is not None and any(node.shares for node in report.trace.network.layers)
    if shares or kinds & {"lrn", "lppool", "lstm"}:
        with pytest.raises(Unexportable, match=r"Keras has no (lrn|lppool|lstm)|no shared weights"):
            export(report, "keras")
    else:
        assert differences(report) == []


def test_random_networks() -> None:
    """Those whose layers Keras has, a third of them at least."""
    compared = {}
    for seed in range(100):
        with suppress(Unexportable):
            compared[seed] = differences(draw(seed))
    assert {seed: wrong for seed, wrong in compared.items() if wrong} == {}
    assert len(compared) > 33


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("conv: {filters: 2, stride: 2, dilation: 2}", "Keras has no conv with a stride and a dilation"),
        ("conv_transpose: {filters: 2, groups: 2}", "Keras has no conv_transpose with groups"),
        ("maxpool: {kernel_size: 2, dilation: 2, stride: 1}", "Keras has no maxpool with a dilation"),
        ("lppool: {kernel_size: 2}", "Keras has no lppool"),
        ("lrn", "Keras has no lrn"),
    ],
)  # fmt: skip
def test_what_keras_has_not(layer: str, message: str) -> None:
    with pytest.raises(Unexportable, match=message):
        export(check(f"input: [9, 9, 4]\nrounding: floor\nlayers: [{layer}]"), "keras")


def test_it_runs_on_torch() -> None:
    assert keras.backend.backend() == "torch"
