"""Export contracts over time: the promise of one revision against that of another."""
