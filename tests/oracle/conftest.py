"""Comparisons with other frameworks. Where PyTorch is not installed they do not exist, unless asked for."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

INSTALLED = find_spec("torch") is not None

os.environ["KERAS_BACKEND"] = "torch"  # before keras is imported anywhere
if INSTALLED:
    import torch

    # the tensors are small: more threads would only wait for one another
    torch.set_num_threads(1)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if INSTALLED or not collection_path.name.startswith("test_"):
        return None
    if re.search(r"(?<!not )(?<!not \()\boracle\b", config.option.markexpr):
        raise pytest.UsageError("PyTorch is not installed: pip install '.[oracle]'")
    return True
