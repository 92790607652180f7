"""The kind `Setting`."""
