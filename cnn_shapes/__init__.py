"""cnn-shapes: tells, before a single weight exists, whether a convolutional network's sizes work out."""

from __future__ import annotations

from cnn_shapes.check import Report, check

__all__ = ["Report", "check"]
