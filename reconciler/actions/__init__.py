"""What is done once and on request: runs of exports, figures of data sets. Never part of a plan, never compared."""
