"""Files with models of Keras."""

from cnn_shapes.language.dialects.keras_files.translation import translate

__all__ = ["translate"]
