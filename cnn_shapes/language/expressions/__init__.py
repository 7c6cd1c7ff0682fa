"""The arithmetic in a spec: tokens, a parser, an evaluator with bounds."""
