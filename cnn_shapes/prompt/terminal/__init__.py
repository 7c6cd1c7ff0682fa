"""The screen and its keys: the one place that knows prompt_toolkit."""
