"""What the arithmetic of sizes raises. Documentation only."""
