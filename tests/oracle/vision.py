"""torchvision's models by name, as in `check tests/oracle/vision.py:resnet50`.

PyPI's torchvision refuses to be imported beside a CPU build of torch before these operators are declared,
which is all that sizes and counts need of them.
"""

from typing import Any

import torch
from torch import Tensor, nn

_operators = torch.library.Library("torchvision", "DEF")
for _name in ("nms", "qnms"):
    _operators.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision import models  # noqa: E402
from torchvision.models import *  # noqa: E402, F403
from torchvision.models.segmentation import *  # noqa: E402, F403
