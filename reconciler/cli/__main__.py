"""`python -m reconciler.cli` is the command itself."""

from reconciler.cli import main

main()
