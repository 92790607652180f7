"""The kind `Deduplication`."""
