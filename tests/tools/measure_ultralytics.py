"""Writes tests/data/ultralytics_*.txt: what Ultralytics makes of its own YAMLs, and of modules one by one.

Run by hand, never by the tests: `python -m tests.tools.measure_ultralytics`, in an environment with torch,
torchvision and, without what it depends on, `ultralytics`. Nothing is computed: all is on the meta device.
"""

# mypy: disallow-subclassing-any=False
# torch is not where the types are checked

from __future__ import annotations

import importlib
import re
import sys
from copy import deepcopy
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import torch
import yaml

from tests.ultralytics_models import MODELS, MODULES, SIZE, alone, folder

_ABSENT = ("cv2", "matplotlib", "psutil", "polars", "scipy", "requests")  # which no module needs
_OTHERS = re.compile("rtdetr|world|yoloe|-sem|-depth|resnet18")  # that are refused by name
_LETTERS = ("n", "m", "x")


class _Anything(ModuleType):
    """Stands for a package that is not there: whatever is asked of it is there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name)

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self


class _Finder:
    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        absent = name.partition(".")[0] in _ABSENT
        return ModuleSpec(name, self, is_package=True) if absent else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = _Anything(spec.name)
        module.__path__ = []
        module.__version__ = "9.0.0"  # type: ignore[attr-defined]
        return module

    def exec_module(self, module: ModuleType) -> None:
        pass


def measured(model: dict[str, Any]) -> list[str]:
    """Each module as `class:parameters:shape`."""
    tasks = importlib.import_module("ultralytics.nn.tasks")
    found: list[str] = []
    made: list[Any] = []
    with torch.device("meta"):
        layers, _ = tasks.parse_model(deepcopy(model), 3, verbose=False)
        x: Any = torch.zeros(1, 3, SIZE, SIZE)
        for layer in layers.eval():
            if isinstance(layer.f, list):
                x = [x if source == -1 else made[source] for source in layer.f]
            elif layer.f != -1:
                x = made[layer.f]
            is_last = layer is layers[-1]
            x = None if is_last else layer(x)
            made.append(x)
            shape = "x".join(map(str, x.shape[1:])) if isinstance(x, torch.Tensor) else "-"
            name = layer.type.rpartition(".")[2]
            found.append(f"{name}:{sum(one.numel() for one in layer.parameters())}:{shape}")
    return found


def main() -> None:
    sys.meta_path.append(_Finder())
    importlib.import_module("tests.oracle.vision")  # torchvision beside any build of torch
    lines = []
    for path in sorted(folder().rglob("*.yaml")):
        if _OTHERS.search(path.name):
            continue
        model = yaml.safe_load(path.read_text(encoding="utf-8"))
        for letter in [one for one in model.get("scales", {}) if one in _LETTERS] or [""]:
            letter = letter or next(iter(model.get("scales", {})), "")
            found = measured({**model, "scale": letter})
            lines.append(f"{path.name}{'@' * bool(letter)}{letter} | {' '.join(found)}\n")
    MODELS.write_text("".join(lines), encoding="utf-8")
    entries = [line.partition(" | ")[0] for line in MODULES.read_text(encoding="utf-8").splitlines()]
    single = [f"{one} | {measured(yaml.safe_load(alone(one)))[2]}\n" for one in entries]
    MODULES.write_text("".join(single), encoding="utf-8")


if __name__ == "__main__":
    main()
