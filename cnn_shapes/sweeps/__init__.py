"""Sweeps a design space: each configuration of a spec is a row with its figures."""

from cnn_shapes.sweeps.job import COLUMNS, Job, SweepRow, Variants
from cnn_shapes.sweeps.running import chunks, rows
from cnn_shapes.sweeps.space import BadSpace, Space, axis_of, space_of

__all__ = [
    "COLUMNS",
    "BadSpace",
    "Job",
    "Space",
    "SweepRow",
    "Variants",
    "axis_of",
    "chunks",
    "rows",
    "space_of",
]
