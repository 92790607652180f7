"""The kind `Rule`."""
