"""The kind `MaskingPolicy`."""
