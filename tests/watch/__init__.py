"""Watching: what happens in the sandbox, told as events."""
