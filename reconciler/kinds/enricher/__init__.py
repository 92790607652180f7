"""The kind `Enricher`."""
