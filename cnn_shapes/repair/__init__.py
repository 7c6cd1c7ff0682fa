"""Repair: the smallest changes that make a whole network valid, each proved by checking the changed text."""

from __future__ import annotations

from cnn_shapes.repair.report.advice import advise
from cnn_shapes.repair.report.options import Options
from cnn_shapes.repair.report.proving import Repair
from cnn_shapes.repair.report.repairs import Repairs
from cnn_shapes.repair.report.translated import repairs_of_user_text as repairs

__all__ = ["Options", "Repair", "Repairs", "advise", "repairs"]
