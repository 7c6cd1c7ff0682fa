"""The benchmark: ratios in one run, because these say what seconds on some machine cannot."""
