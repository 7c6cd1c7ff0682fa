"""The Korean texts, an area a file."""
