"""The parts of the drawing of a window: the cells of its axes, two maps, the arithmetic."""
