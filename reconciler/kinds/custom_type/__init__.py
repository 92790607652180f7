"""The kind `CustomType`."""
