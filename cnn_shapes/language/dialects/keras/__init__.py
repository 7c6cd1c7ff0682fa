"""Keras' layers and operations, as their configs say them, as layers of the language."""
