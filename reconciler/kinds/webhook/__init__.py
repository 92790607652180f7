"""The kind `Webhook`."""
