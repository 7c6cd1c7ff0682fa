"""What reading a spec raises. Documentation only."""
