"""What the formats share: the table, the snippet of text, rows, encodings."""
