"""Ways to run the stack."""
