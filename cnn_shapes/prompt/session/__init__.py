"""What a line does: a pure step from a state to the next."""
