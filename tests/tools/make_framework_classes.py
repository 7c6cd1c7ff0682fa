"""Writes cnn_shapes/layers/framework_classes.txt: the classes of torch.nn, torchvision.ops and keras.layers.

Run by hand: `python -m tests.tools.make_framework_classes`, with the extra `oracle`. A row is a module and a
name of a class in it.
"""

import ast
import inspect
import os
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

os.environ["KERAS_BACKEND"] = "torch"
import keras
import torch

from tests.golden import ROOT

FILE = ROOT / "cnn_shapes" / "layers" / "framework_classes.txt"


def rows() -> list[str]:
    found = {
        "torch.nn": _subclasses(torch.nn, torch.nn.Module),
        "torchvision.ops": _torchvision_classes(),
        "keras.layers": _subclasses(keras.layers, keras.layers.Layer),
    }
    return [f"{module} {name}" for module, names in found.items() for name in sorted(names)]


def _subclasses(module: ModuleType, base: type) -> list[str]:
    classes = {name: value for name, value in vars(module).items() if inspect.isclass(value)}
    return [name for name, value in classes.items() if issubclass(value, base)]


def _torchvision_classes() -> list[str]:
    """What torchvision.ops says that it has, read and not imported: its code must fit the build of torch."""
    package = find_spec("torchvision")
    assert package is not None, "pip install '.[oracle]'"
    assert package.origin is not None
    tree = ast.parse((Path(package.origin).parent / "ops" / "__init__.py").read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return [name for name in ast.literal_eval(statement.value) if name[0].isupper()]
    raise AssertionError("torchvision.ops has no __all__")


if __name__ == "__main__":
    FILE.write_text("".join(f"{row}\n" for row in rows()), encoding="utf-8")
