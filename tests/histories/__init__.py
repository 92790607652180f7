"""Random histories of estates against an oracle that knows nothing of the engine."""
