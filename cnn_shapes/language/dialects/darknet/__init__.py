"""Darknet's cfg files."""

from cnn_shapes.language.dialects.darknet.translation import translate

__all__ = ["translate"]
