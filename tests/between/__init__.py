"""`drift --between`."""
