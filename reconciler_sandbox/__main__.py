"""`python -m reconciler_sandbox` is the command itself."""

from reconciler_sandbox.command import main

main(prog_name="cluedin-purview-sandbox")
