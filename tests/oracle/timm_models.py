"""timm's models by name, as in `cnn-shapes check tests/oracle/timm_models.py:ghostnet_100`."""

import tests.oracle.vision  # noqa: F401 - timm imports torchvision

# isort: split
from timm import create_model as create_model
from timm.models import *  # noqa: F403
