"""Writes tests/data/class_arguments.txt: the arguments of each class of a framework that is read.

Run by hand: `python -m tests.tools.make_class_arguments`, with the extra `oracle`. A row is a module, a class
and the names of its arguments in their order; those that every layer of Keras takes come last.
"""

import ast
import inspect
import os
from importlib.util import find_spec
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
import keras
import torch

from cnn_shapes.layers import KINDS, VARIANTS
from cnn_shapes.layers.base import KERAS, TORCH, TORCHVISION
from tests.golden import ROOT

FILE = ROOT / "tests" / "data" / "class_arguments.txt"
_NOT_NAMES = ("self", "args", "kwargs")
_RECURRENT = ("LSTM", "GRU", "RNN")  # PyTorch's hand on what they are given to their base


def rows() -> list[str]:
    layers = [*KINDS.values(), *dict.fromkeys(VARIANTS.values())]
    read = [
        (names.framework, name) for layer in layers for names in layer.class_names for name in names.names
    ]
    return [" ".join((module, name, *_arguments(module, name))) for module, name in sorted(read) if module]


def _arguments(module: str, name: str) -> list[str]:
    if module == TORCHVISION:
        return _torchvision_arguments(name)
    if module == TORCH:
        if name in _RECURRENT:
            return _signature(torch.nn.RNNBase)[1:]  # without the mode, which is the class
        return _signature(getattr(torch.nn, name))
    assert module == KERAS
    return list(dict.fromkeys((*_signature(getattr(keras.layers, name)), *_signature(keras.layers.Layer))))


def _signature(kind: type) -> list[str]:
    return [name for name in inspect.signature(kind.__init__).parameters if name not in _NOT_NAMES]  # type: ignore[misc]


def _torchvision_arguments(name: str) -> list[str]:
    """Read and not imported: the code of torchvision must fit the build of torch."""
    package = find_spec("torchvision")
    assert package is not None, "pip install '.[oracle]'"
    assert package.origin is not None
    for file in sorted((Path(package.origin).parent / "ops").glob("*.py")):
        for made in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(made, ast.ClassDef) and made.name == name:
                init = next(
                    one for one in made.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"
                )
                return [one.arg for one in init.args.args if one.arg not in _NOT_NAMES]
    raise AssertionError(f"torchvision.ops has no {name}")


if __name__ == "__main__":
    FILE.write_text("".join(f"{row}\n" for row in rows()), encoding="utf-8")
