"""From the tree to entries with their fields and places; every mistake is told at its place."""
