"""The flat spec of a checked one."""

from cnn_shapes.expand.flat_spec import Unexpandable, expand

__all__ = ["Unexpandable", "expand"]
