"""The kind `CleanProject`."""
