"""From a text's tree to the network that it says: expressions, defaults, blocks, repeats and scopes."""
