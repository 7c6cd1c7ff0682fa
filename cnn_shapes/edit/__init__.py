"""The one way to change a text, and the one way to write a file."""
