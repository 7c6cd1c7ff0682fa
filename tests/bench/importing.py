"""Importing torchvision's ResNet-50 in this process, against its own construction on the meta device.

Starting a process and importing torch, which `check net.py:Model` does first, is PyTorch's time.
"""

from collections.abc import Iterator
from typing import Any

from cnn_shapes.importing.model_check import check_model
from cnn_shapes.importing.running import record_module
from tests.bench.measuring import Row, compared, interleaved

NETWORK = "resnet50"
SIZE = (3, 224, 224)
_ROUNDS = 9
_SECTION = f"importing {NETWORK}"


def rows() -> Iterator[Row]:
    try:
        import torch

        from tests.oracle import vision
    except ImportError:
        yield Row(_SECTION, "record", "", "torchvision is not installed", None)
        return

    def construct() -> Any:
        with torch.device("meta"):
            return getattr(vision, NETWORK)()

    module = construct().eval()
    image = torch.empty(2, *SIZE, device="meta")
    recording = record_module(module, [SIZE])
    with torch.no_grad():
        taken = interleaved(
            _ROUNDS,
            construct=construct,
            forward=lambda: module(image),
            record=lambda: record_module(module, [SIZE]),
            check=lambda: check_model(NETWORK, recording),
        )
    whole = taken["record"] + taken["check"]
    yield compared(_SECTION, "record", taken["record"], "construct on meta", taken["construct"])
    yield compared(_SECTION, "record", taken["record"], "forward on meta", taken["forward"])
    yield compared(_SECTION, "record and check", whole, "construct on meta", taken["construct"])
