"""What a student sees: the answer to a cell at once, what is remembered of it, and the report to hand in."""
