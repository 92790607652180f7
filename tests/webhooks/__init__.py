"""Signing, verifying and sending messages."""
