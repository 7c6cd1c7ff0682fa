"""torchvision's models by name, as in `cnn-shapes check tests/oracle/vision.py:resnet50`.

Beside a build of torch that it was not compiled for it refuses to be imported before these operators are
declared, which is all that sizes and counts need of them.
"""

# mypy: disable-error-code="misc"

import torch
from torch import Tensor, nn

try:
    import torchvision  # noqa: F401
except RuntimeError:
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision import models as models
from torchvision.models import *  # noqa: F403
from torchvision.models.segmentation import *  # noqa: F403
from torchvision.models.video import *  # noqa: F403


class Detector(nn.Module):
    """What a detector computes between the preparing of images and the choosing of boxes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        made = models.get_model(name, weights=None, weights_backbone=None)
        self.backbone, self.head = made.backbone, made.head

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        found: dict[str, Tensor] = self.head(list(self.backbone(image).values()))
        return found
