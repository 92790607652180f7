"""What the documents of a project know of each other."""
