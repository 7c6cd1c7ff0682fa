"""Importing torchvision's ResNet-50 in this process, against its own construction on the meta device.

Starting a process and importing torch, which `check net.py:Model` does first, is PyTorch's time.
"""

from collections.abc import Iterator
from typing import Any

from cnn_shapes.importing.folding.folded_spec import folded_spec
from cnn_shapes.importing.layers_of import layers_of
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
    recording: Any = record_module(module, [SIZE])
    with torch.no_grad():
        taken = interleaved(
            _ROUNDS,
            construct=construct,
            forward=lambda: module(image),
            record=lambda: record_module(module, [SIZE]),
            check=lambda: check_model(NETWORK, recording),
            fold=lambda: folded_spec(layers_of(recording)),
        )
    yield compared(_SECTION, "record", taken["record"], "construct on meta", taken["construct"])
    yield compared(_SECTION, "record", taken["record"], "forward on meta", taken["forward"])
    for step in ("check", "fold"):
        whole = taken["record"] + taken[step]
        yield compared(_SECTION, f"record and {step}", whole, "construct on meta", taken["construct"])
