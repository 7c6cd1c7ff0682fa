"""Ultralytics' YAML files of models."""

from cnn_shapes.language.dialects.ultralytics.translation import translate

__all__ = ["translate"]
