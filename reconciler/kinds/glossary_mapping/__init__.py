"""Parts of `GlossaryMapping`."""
