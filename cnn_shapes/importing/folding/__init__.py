"""A flat model folded back into what a person would write: blocks, residuals, gates, branches, repeats."""
