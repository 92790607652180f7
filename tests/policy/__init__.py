"""The policy for conftest over real plans."""
