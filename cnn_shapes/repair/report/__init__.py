"""What is said of repairs: titles, outcomes, advice."""
