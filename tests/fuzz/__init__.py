"""Specs that nobody would write, through the command itself: it keeps what it promises of any input."""
