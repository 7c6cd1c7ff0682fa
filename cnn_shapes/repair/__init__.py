"""Repair: the smallest changes that make a whole network valid, each proved by checking the changed text again."""

from __future__ import annotations

from cnn_shapes.repair.advise import Options, Repair, advise, repairs

__all__ = ["Options", "Repair", "advise", "repairs"]
