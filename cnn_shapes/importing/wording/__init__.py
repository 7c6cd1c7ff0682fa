"""What is said of the code of a model."""
