"""Traced models made by hand, for tests that run without PyTorch. Shapes are those that `check` computes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnn_shapes.checking import check_source
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.recording import ModuleCall
from cnn_shapes.importing.traced_model import LayerShape, TracedLayer, TracedModel
from cnn_shapes.source import Source

OF_TORCH = ("Sequential", "ModuleList", "Conv2d", "BatchNorm2d", "ReLU")


class Traced:
    """Layers one after the other; each one gives back its name, or those of its parts.

    `within` names the modules that run: `layer1:Sequential/layer1.0:Block`, of a later call `head:Head*2`.
    """

    def __init__(self, **inputs: LayerShape) -> None:
        self.inputs = tuple(inputs.items())
        self.layers: list[TracedLayer] = []

    def add(self, kind: str, *inputs: str, within: str = "", parts: int = 1, **given: Any) -> Any:
        fields = {field: value for field, value in given.items() if value is not None}
        name = f"v{len(self.layers) + 1}"
        previous = self.layers[-1].outputs[-1] if self.layers else "input"
        outputs = tuple(f"{name}-{part}" for part in range(parts)) if parts > 1 else (name,)
        modules = (ModuleCall("", "Net", False, 1, None), *map(module_call, filter(None, within.split("/"))))
        self.layers.append(
            TracedLayer(
                kind, outputs[0], fields, inputs or (previous,), outputs, ((1,),) * parts, modules=modules
            )
        )
        return outputs if parts > 1 else name

    def model(self, *outputs: str, name: str = "Net") -> TracedModel:
        made = TracedModel(name, self.inputs, tuple(self.layers), outputs or self.layers[-1].outputs[-1:])
        report = check_source(Source("<traced>", flat_spec(made, beliefs=False).text))
        assert report.trace is not None, report.errors
        assert report.ok, report.errors
        shapes = {node.name.rpartition(".")[2]: node.output for node in report.trace.network.layers}
        layers = tuple(
            replace(layer, shapes=tuple(tuple(shapes[one] or ()) for one in layer.outputs))
            for layer in made.layers
        )
        return replace(made, layers=layers)


def module_call(text: str) -> ModuleCall:
    path, _, rest = text.partition(":")
    class_name, _, number = rest.partition("*")
    return ModuleCall(path, class_name, class_name in OF_TORCH, int(number or 1), None)
