"""Fixes of a model that are more than another number."""
