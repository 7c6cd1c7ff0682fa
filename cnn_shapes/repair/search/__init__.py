"""The search for the cheapest sets of changes, on a network that is computed anew in parts."""
