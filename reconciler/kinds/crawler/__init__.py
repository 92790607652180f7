"""The kind `Crawler`."""
