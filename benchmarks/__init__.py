"""Benchmarks of reconciler beside tools that do a comparable job, on this machine, in one run."""
