"""Writes tests/truth/*.json for networks that timm and Ultralytics have: their own shapes and counts.

Run by hand, never by the tests: `python -m tests.tools.make_reference_truth [NAME...]`, in an environment
with the two packages. Every function of PyTorch that a model calls is watched, on the meta device.

A tensor with its channels last, as attention has them, is written channels first like the others, all places
in one number: [groups, places, channels] is [1, channels, groups*places]. What comes out of attention is
[1, groups*heads*channels, places], because groups of places attend apart as heads do. A dense layer at every
place, or a product with a weight, is written as the convolution of 1x1 that it is.
"""

# mypy: disallow-subclassing-any=False
# torch is not where the types are checked

import importlib
import json
import sys
from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from tests.golden import ROOT

FOLDER = ROOT / "tests" / "truth"
LAYERS = {
    "conv2d": "Conv2d",
    "linear": "Linear",
    "batch_norm": "BatchNorm2d",
    "layer_norm": "LayerNorm",
    "relu": "ReLU",
    "silu": "SiLU",
    "gelu": "GELU",
    "sigmoid": "Sigmoid",
    "hardsigmoid": "Hardsigmoid",
    "hardswish": "Hardswish",
    "softmax": "Softmax",
    "max_pool2d": "MaxPool2d",
    "avg_pool2d": "AvgPool2d",
    "interpolate": "Upsample",
    "cat": "function:cat",
    "scaled_dot_product_attention": "function:attention",
}
# with a tensor and a number these are no layer
JOINS = {
    "add": "function:add",
    "iadd": "function:add",
    "mul": "function:mul",
    "imul": "function:mul",
    "matmul": "function:matmul",
}
CHANNELS_LAST = {"Linear", "LayerNorm", "function:matmul", "Softmax"}
ATTENTION = ["function:matmul", "Softmax", "function:matmul"]
Made = tuple[str, nn.Module]  # where a model is from, and the model


class Watch(TorchFunctionMode):
    """Notes each operation: where its weights are, what it is, the shape that comes out, its parameters."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.ops: list[list[Any]] = []
        self._names = {id(parameter): name for name, parameter in model.named_parameters()}
        self._kept: list[Tensor] = []  # else another tensor gets the id

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        given = [value for value in (*args, *(kwargs or {}).values()) if isinstance(value, Tensor)]
        weights = [value for value in given if id(value) in self._names]
        name = func.__name__.strip("_")
        if name == "transpose" and weights:  # a weight turned over is that weight
            self._names[id(output)] = self._names[id(weights[0])]
            self._kept.append(output)
        kind = LAYERS.get(name) or (JOINS.get(name) if len(given) > 1 else None)
        if kind is not None:
            path = self._names[id(weights[0])].removesuffix(".weight") if weights else name
            shape = list(output.shape)
            if kind == "function:attention" and given[1].shape[1] == 1:  # all heads' queries look at one key
                shape = [shape[0], 1, shape[1] * shape[2], shape[3]]
            self.ops.append([path, kind, shape, sum(value.numel() for value in weights)])
            self._join_attention()
        return output

    def _join_attention(self) -> None:
        """Scores, their softmax and the weighted values, one after the other, are attention."""
        last = self.ops[-3:]
        if [kind for _, kind, _, _ in last] == ATTENTION:
            values, places = last[2][2], last[1][2][-2]
            if values[-2] != places:  # computed the other way round
                values = [*values[:-2], values[-1], values[-2]]
            self.ops[-3:] = [["attention", "function:attention", values, 0]]


def in_order(op: list[Any]) -> list[Any]:
    """An operation with its channels first, and all places in one number if they were not last."""
    path, kind, shape, size = op
    if kind == "function:attention":
        groups, heads, places, channels = shape
        shape = [1, groups * heads * channels, places]
    elif len(shape) in (3, 5) or (kind in CHANNELS_LAST and len(shape) > 2):
        shape = [1, shape[-1], prod(shape[:-1])]
        kind = "Conv2d" if kind == "Linear" or (size and kind == "function:matmul") else kind
    return [path, kind, shape, size]


def measured(name: str, source: str, model: nn.Module, size: int) -> dict[str, Any]:
    """What PyTorch computes for one network."""
    model.to("meta").eval()
    counter, watch = FlopCounterMode(display=False), Watch(model)
    with counter, torch.no_grad(), watch:
        output = model(torch.empty(1, 3, size, size, device="meta"))
    outputs = [list(part.shape) for part in (output if isinstance(output, list) else [output])]
    params = sum(parameter.numel() for parameter in model.parameters())
    head = {"model": name, "source": source, "input": [3, size, size], "params": params}
    head |= {"macs": counter.get_total_flops() // 2, "outputs": outputs}
    return head | {"ops": [in_order(op) for op in watch.ops]}


class Detector(nn.Module):
    """One of Ultralytics' detectors, up to what its heads say of each map: boxes and classes side by side."""

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        self.body, head = layers[:-1], layers[-1]
        self.sources, self.boxes, self.classes = head.f, nn.ModuleList(), nn.ModuleList()
        for boxes, classes in ((head.cv2, head.cv3), (head.one2one_cv2, head.one2one_cv3)):
            self.boxes.extend(boxes)
            self.classes.extend(classes)

    def forward(self, x: Tensor) -> list[Tensor]:
        made: list[Tensor] = []
        for layer in self.body:
            if isinstance(layer.f, list):
                made.append(layer([made[source] for source in layer.f]))
            else:
                made.append(layer(made[layer.f] if made else x))
        maps = [made[source] for source in self.sources] * (len(self.boxes) // len(self.sources))
        heads = zip(self.boxes, self.classes, maps, strict=True)
        return [torch.cat((box(found), classes(found)), 1) for box, classes, found in heads]


def of_ultralytics(name: str) -> Made:
    """Without the 16 fixed numbers that turn a box's values into an expectation."""
    ultralytics = importlib.import_module("ultralytics")
    model = importlib.import_module("ultralytics.nn.tasks").DetectionModel(name, verbose=False)
    return f"ultralytics {ultralytics.__version__}, {name}", Detector(model.model)


def of_timm(name: str) -> Made:
    timm = importlib.import_module("timm")
    return f"timm {timm.__version__}, {name}", timm.create_model(name)


NETWORKS: dict[str, tuple[Callable[[str], Made], str, int]] = {
    "regnet_y_400mf": (of_timm, "regnety_004", 224),  # as torchvision's, which computes shortcuts first
    "ghostnet": (of_timm, "ghostnet_100", 224),
    "mobilevit_xxs": (of_timm, "mobilevit_xxs", 256),
    "botnet26t": (of_timm, "botnet26t_256", 256),
    "pvt_v2_b0": (of_timm, "pvt_v2_b0", 224),
    "mobilenetv4_hybrid_medium": (of_timm, "mobilenetv4_hybrid_medium", 256),
    "yolov10n": (of_ultralytics, "yolov10n.yaml", 640),
}


def main(names: list[str]) -> None:
    # a torchvision that is built for another torch lacks its own operators, which none of these models calls
    for operator in ("nms", "qnms"):
        torch.library.define(
            f"torchvision::{operator}", "(Tensor boxes, Tensor scores, float least) -> Tensor"
        )
    for name in names or NETWORKS:
        make, source, size = NETWORKS[name]
        found = measured(name, *make(source), size)
        rows = ",\n".join(f" {json.dumps(op)}" for op in found.pop("ops"))
        text = f'{json.dumps(found)[:-1]},\n"ops": [\n{rows}\n]}}\n'
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
        print(name, found["params"], found["macs"], found["outputs"])


if __name__ == "__main__":
    main(sys.argv[1:])
