"""Parts of `Environment`: how to reach the systems, what belongs to it, what it allows."""
