"""What each torch function is in the language: one family of functions a file, and the table of all."""
