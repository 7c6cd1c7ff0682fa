"""What is wrong with a recorded model, in words of who wrote its code."""
