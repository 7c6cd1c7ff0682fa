"""From entries to the layers of a network: blocks, repeats, branches and residuals become a flat list."""
