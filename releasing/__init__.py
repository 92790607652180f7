"""What a release must be before it is published; CONTRIBUTING.md, "Releasing", tells the way."""
