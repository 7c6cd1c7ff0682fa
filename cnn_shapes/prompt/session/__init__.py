"""What a line does: a pure step from a session to the next, and to facts that answer it."""
