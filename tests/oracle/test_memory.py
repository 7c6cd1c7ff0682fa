"""Memory against PyTorch: what its autograd keeps, and what torchinfo calls the forward and backward pass.

The two figures are not of the same thing. torchinfo counts the outputs of the layers that have weights,
twice, for the values and for their gradients; `training` counts the tensors that are kept, once. So there is
a row for each: torchinfo's figure is computed from our layers by its rule, and ours equals what PyTorch
keeps.
"""

from math import prod

import pytest
import torch
import torchinfo
from torch import nn

from cnn_shapes.checking import check_source
from cnn_shapes.discovery import shipped
from cnn_shapes.memory import memory_of
from cnn_shapes.source import Source
from cnn_shapes.trace import Trace
from tests.oracle.vision import models

pytestmark = pytest.mark.oracle

BATCH = 2
NAMES = (
    *("alexnet", "vgg11", "vgg16", "vgg16_bn", "resnet18", "resnet50", "mobilenet_v2"),
    *("mobilenet_v3_large", "mnasnet1_0", "squeezenet1_0", "squeezenet1_1", "densenet121", "googlenet"),
    "efficientnet_b0",
)
_ARGUMENTS = {"googlenet": {"aux_logits": False, "init_weights": False}}


def built(name: str) -> tuple[nn.Module, Trace]:
    model = getattr(models, name)(**_ARGUMENTS.get(name, {})).train()
    trace = check_source(Source(name, shipped.text(name))).trace
    assert trace is not None
    return model, trace


def kept_bytes(model: nn.Module) -> tuple[int, int]:
    """Bytes of the tensors of floats that are kept for the backward pass, and of the masks of dropouts.

    Left out are weights, the places of maxima (integers) and what there is one of for each channel.
    """
    weights = {one.untyped_storage().data_ptr() for one in [*model.parameters(), *model.buffers()]}
    kept: dict[int, torch.Tensor] = {}
    masks = 0

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        place = tensor.untyped_storage().data_ptr()
        if place not in weights and tensor.is_floating_point() and tensor.dim() > 1:
            kept[place] = tensor
        return tensor

    def count(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal masks
        is_whole = isinstance(module, nn.Dropout)
        masks += (output.numel() if is_whole else BATCH) * output.element_size()

    for module in model.modules():
        if isinstance(module, nn.Dropout) or type(module).__name__ == "StochasticDepth":
            module.register_forward_hook(count)
            if isinstance(module, nn.Dropout):
                module.inplace = False  # in place it keeps what it was given besides
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(torch.randn(BATCH, 3, 224, 224))
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values()), masks


@pytest.mark.parametrize("name", NAMES)
def test_training_is_what_pytorch_keeps(name: str) -> None:
    model, trace = built(name)
    kept, masks = kept_bytes(model)
    assert memory_of(trace, batch=BATCH).training.size == kept - masks


@pytest.mark.parametrize("name", NAMES)
def test_the_forward_and_backward_pass_of_torchinfo(name: str) -> None:
    model, trace = built(name)
    summary = torchinfo.summary(model, input_size=(BATCH, 3, 224, 224), verbose=0)
    with_weights = [step.node.output or () for step in trace.steps if step.params]
    assert summary.total_output_bytes == 2 * 4 * BATCH * sum(map(prod, with_weights))
    assert summary.total_param_bytes == memory_of(trace).weights.size
