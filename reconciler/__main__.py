"""`python -m reconciler` is the command itself."""

from reconciler.cli import main

main()
