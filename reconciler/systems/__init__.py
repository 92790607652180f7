"""Connections to the live systems: how to reach them, never what is managed in them."""
