"""The kind `Asset`."""
