"""What is shown: the preview, help, and the words of answers."""
