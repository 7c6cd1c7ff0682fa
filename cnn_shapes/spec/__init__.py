"""From the YAML tree to the network: expressions, defaults, blocks, repeats and scopes."""
