"""The kind `AiAgent`."""
