"""Arithmetic that stands in a spec: tokens, a parser, an evaluator with bounds."""
