"""What runs lines: the screen and its keys, plain lines, scripts, files. Only it knows prompt_toolkit."""
