"""timm's models by name, as in `cnn-shapes check tests/oracle/timm_models.py:ghostnet_100`."""

from timm.models import *  # noqa: F403

import tests.oracle.vision  # noqa: F401 - timm imports torchvision
