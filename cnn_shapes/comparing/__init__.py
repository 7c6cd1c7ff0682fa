"""What differs between two networks: layers that belong together, changes with what follows, totals."""

from cnn_shapes.comparing.comparison import Comparison, compared

__all__ = ["Comparison", "compared"]
