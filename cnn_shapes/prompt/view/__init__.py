"""What a person reads: the words for facts, the preview, help."""
