"""Keras' layers and operations, as their configs say them, as layers of the language; and models of them."""

from cnn_shapes.language.dialects.keras.translation import translate

__all__ = ["translate"]
