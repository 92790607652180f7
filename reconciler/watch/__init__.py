"""What happens in CluedIn, as events: found by looking, told at least once, and delivered with a signature."""
