"""What is worth a second look in a network that can be built."""
