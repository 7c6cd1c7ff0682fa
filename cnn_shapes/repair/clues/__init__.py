"""Clues: single changes of a text that a slip of the hand may have undone, each proved to leave no error."""
