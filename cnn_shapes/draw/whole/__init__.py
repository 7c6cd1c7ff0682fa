"""The parts of a landscape: boxes, the ways to place them, the problems below."""
