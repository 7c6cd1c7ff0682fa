"""What is told of repairs: titles, outcomes, advice."""
