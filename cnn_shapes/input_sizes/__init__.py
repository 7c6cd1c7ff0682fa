"""Which input sizes work, exactly and to infinity: the layers compute with symbols instead of numbers."""

from __future__ import annotations

from cnn_shapes.input_sizes.answer import SQUARE, Sizes, sizes, undecided
from cnn_shapes.input_sizes.progressions import Progression
from cnn_shapes.input_sizes.rendering import as_json, text

__all__ = ["SQUARE", "Progression", "Sizes", "as_json", "sizes", "text", "undecided"]
