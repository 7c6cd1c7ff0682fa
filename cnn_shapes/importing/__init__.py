"""Spec text out of a framework's model: what its run calls, recorded in a process of its own, as layers."""
