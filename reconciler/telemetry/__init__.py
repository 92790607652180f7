"""Tells others how a run goes, where they ask for it: spans and counters, without any value or secret."""
