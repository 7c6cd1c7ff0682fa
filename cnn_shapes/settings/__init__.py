"""The configuration: `[tool.cnn-shapes]` in pyproject.toml, or cnn-shapes.toml; the nearest wins.

What a spec means is never a setting: rounding, sizes and names are in the spec, so that it means the same
everywhere.
"""

from cnn_shapes.settings.configuration import Configuration
from cnn_shapes.settings.settings import DEFAULTS, INCLUDED, BadSettings, Settings, relative, shown

__all__ = ["DEFAULTS", "INCLUDED", "BadSettings", "Configuration", "Settings", "relative", "shown"]
