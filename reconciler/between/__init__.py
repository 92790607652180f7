"""Where CluedIn and Purview disagree about what belongs together, whether or not a manifest mentions it."""

from reconciler.between.between import compare

__all__ = ["compare"]
