"""What an environment file says: how to reach the systems, what of them belongs to it, who is who, what it allows."""
