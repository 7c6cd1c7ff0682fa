"""What a repair may change, one family a file, and what each change costs."""
