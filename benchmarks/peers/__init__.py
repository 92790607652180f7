"""Tools that do a comparable job, each set up the way its own documentation does it."""
