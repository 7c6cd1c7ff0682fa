"""Writes tests/truth/NAME.json of a published model: its operations in order, as PyTorch runs them.

Run by hand, never by the tests, in an environment with the `oracle` extra, and timm where a model is of timm:
`python -m tests.tools.trace_models torchvision convnext_small [--input 3x224x224]`. Leaf modules are seen by
hooks, functions outside of them by a TorchFunctionMode.
"""

# mypy: disallow-subclassing-any=False
# torch is not where the types are checked

import argparse
import json
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from tests.golden import ROOT

FOLDER = ROOT / "tests" / "truth"
# what a function is called in a truth file, by its own name
FUNCTIONS = {
    **dict.fromkeys(("add", "__add__", "add_", "__iadd__", "__radd__"), "add"),
    **dict.fromkeys(("mul", "__mul__", "mul_", "__imul__", "__rmul__"), "mul"),
    **dict.fromkeys(("cat", "concat"), "cat"),
    **dict.fromkeys(("relu", "relu_"), "relu"),
    **{name: name for name in ("max_pool2d", "avg_pool2d", "interpolate", "softmax", "sigmoid", "matmul")},
    **dict.fromkeys(("__matmul__", "bmm"), "matmul"),
    "scaled_dot_product_attention": "attention",
}


class Calls(TorchFunctionMode):
    """Notes the functions that are called outside of leaf modules."""

    def __init__(self, note: Callable[[str, Any], None]) -> None:
        super().__init__()
        self.note, self.inside = note, 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = FUNCTIONS.get(getattr(func, "__name__", ""))
        noted = name is not None and self.inside == 0
        self.inside += noted  # what it calls itself is a part of it
        try:
            made = func(*args, **(kwargs or {}))
        finally:
            self.inside -= noted
        if noted and isinstance(made, Tensor) and made.dim() > 1:
            self.note(str(name), made)
        return made


def measured(name: str, model: nn.Module, shape: tuple[int, ...], source: str) -> dict[str, Any]:
    """What PyTorch computes for a model, in the form of the truth files."""
    model.eval()
    ops: list[list[Any]] = []
    calls = Calls(lambda function, made: ops.append([function, f"function:{function}", list(made.shape), 0]))

    def before(module: nn.Module, _: Any) -> None:
        calls.inside += 1

    for path, module in model.named_modules():
        if list(module.children()):
            continue

        def after(module: nn.Module, _: Any, output: Any, path: str = path) -> None:
            calls.inside -= 1
            size = sum(parameter.numel() for parameter in module.parameters())
            if isinstance(output, Tensor):
                ops.append([path, type(module).__name__, list(output.shape), size])

        module.register_forward_pre_hook(before)
        module.register_forward_hook(after)
    counter = FlopCounterMode(display=False)
    with torch.no_grad():
        with calls:
            output = model(torch.zeros(1, *shape))
        for module in model.modules():
            module._forward_hooks.clear()
            module._forward_pre_hooks.clear()
        with counter:
            model(torch.zeros(1, *shape))
    parts = list(output.values()) if isinstance(output, dict) else [output]
    head = {
        "model": name,
        "source": source,
        "input": list(shape),
        "params": sum(parameter.numel() for parameter in model.parameters()),
        "macs": counter.get_total_flops() // 2,
        "outputs": [list(part.shape) for part in parts],
    }
    return head | {"ops": ops}


class Detector(nn.Module):
    """What a detector of torchvision computes between the preparing of images and the choosing of boxes."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.backbone, self.head = model.backbone, model.head

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        found: dict[str, Tensor] = self.head(list(self.backbone(x).values()))
        return found


def made(library: str, name: str) -> tuple[nn.Module, str]:
    """The model with weights that are drawn, and where it is from."""
    if library == "timm":
        made("torchvision", "resnet18")  # which timm imports
        import timm

        return timm.create_model(name, pretrained=False), f"timm {timm.__version__}"
    # where the compiled part of torchvision is of another torch, its operators are not there to be registered
    with patch("torch.library.register_fake", lambda *name, **more: lambda function: function):
        import torchvision
    from torchvision import models

    more: dict[str, Any] = {"weights": None}
    if "resnet50" in name and name != "resnet50":
        more |= {"weights_backbone": None}
    if name.startswith("fcn"):
        more |= {"aux_loss": True}
    model = models.get_model(name, **more)
    if hasattr(model, "roi_heads") or hasattr(model, "anchor_generator"):
        model = Detector(model)
    return model, f"torchvision {torchvision.__version__.partition('+')[0]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=("torchvision", "timm"))
    parser.add_argument("name")
    parser.add_argument("--input", default="3x224x224")
    parser.add_argument("--as", dest="file", help="the name of the file, where it is another")
    given = parser.parse_args()
    model, source = made(given.library, given.name)
    shape = tuple(map(int, given.input.split("x")))
    found = measured(given.file or given.name, model, shape, source)
    rows = ",\n".join(f" {json.dumps(op)}" for op in found.pop("ops"))
    text = f'{json.dumps(found)[:-1]},\n"ops": [\n{rows}\n]}}\n'
    (FOLDER / f"{given.file or given.name}.json").write_text(text, encoding="utf-8")
    print(given.name, found["params"], found["macs"], found["outputs"])


if __name__ == "__main__":
    main()
