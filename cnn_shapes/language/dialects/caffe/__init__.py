"""Caffe's prototxt files."""

from cnn_shapes.language.dialects.caffe.translation import translate

__all__ = ["translate"]
