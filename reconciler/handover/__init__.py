"""What is handed over to other tools: generated offline, byte for byte the same each time, without any secret."""
