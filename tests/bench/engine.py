"""Tracing one network in process: against what else can tell its shapes, each where it is installed.

`shapes and trace` computes every shape anew and folds the figures; `trace` alone is what is left to do when
a spec is read, because shapes are computed while it unfolds. ONNX infers shapes only; a framework must build
the model first.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.export import export
from cnn_shapes.network import Network, compute
from cnn_shapes.source import Source
from cnn_shapes.trace import Trace
from tests.bench import onnx_graph
from tests.bench.measuring import Row, Work, compared, interleaved

NETWORKS = ("mnist", "vgg16", "resnet50")


def rows() -> Iterator[Row]:
    for name in NETWORKS:
        report = check_source(Source(f"{name}.yaml", zoo.text(name)))
        assert report.trace is not None
        network = report.trace.network
        works: dict[str, Work] = {
            "shapes and trace": lambda network=network: _anew(network),  # type: ignore[misc]
            "trace": lambda network=network: traced(network),  # type: ignore[misc]
        }
        missing = []
        for other, make in OTHERS.items():
            try:
                works[other] = make(report)
            except ImportError:
                missing.append(other)
        taken = interleaved(200, **works)
        for other in OTHERS:
            if other in taken:
                for ours in ("shapes and trace", "trace"):
                    yield compared(f"tracing {name}", ours, taken[ours], other, taken[other])
            else:
                yield Row(f"tracing {name}", "shapes and trace", "", f"{other} is not installed", None)


def _anew(network: Network) -> None:
    for node in network.layers:
        compute(node)
    traced(network)


def traced(network: Network) -> None:
    """Every figure of a network: they are folded when they are asked for."""
    assert Trace(network).totals


def _onnx(report: CheckResult) -> Work:
    from onnx import shape_inference

    assert report.trace is not None
    model = onnx_graph.build(report.trace.network)
    return lambda: shape_inference.infer_shapes(model)


def _module(report: CheckResult) -> tuple[Any, Any]:
    import torch

    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(export(report, "pytorch"), namespace)
    classes = [value for value in namespace.values() if isinstance(value, type)]
    modules = [value for value in classes if issubclass(value, torch.nn.Module)]
    with torch.device("meta"):
        return modules[-1](), torch.empty(1, *(report.input or ()))


def _torch(report: CheckResult) -> Work:
    module, x = _module(report)
    return lambda: module(x)


def _torchinfo(report: CheckResult) -> Work:
    import torchinfo

    module, x = _module(report)
    return lambda: torchinfo.summary(module, input_data=x, verbose=0, device="meta")


def _keras(report: CheckResult) -> Work:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    assert keras
    namespace: dict[str, Any] = {"__name__": "exported"}
    exec(export(report, "keras"), namespace)
    build: Work = namespace["build"]
    return build


OTHERS: dict[str, Callable[[CheckResult], Work]] = {
    "onnx shape inference": _onnx,
    "torch meta forward": _torch,
    "torchinfo": _torchinfo,
    "keras build": _keras,
}
