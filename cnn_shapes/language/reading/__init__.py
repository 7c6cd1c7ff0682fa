"""From the tree to entries with their fields and places; every mistake is reported at its place."""
