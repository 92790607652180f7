"""The command line on the worked example, as in the tests of the command line."""

from ..cli.conftest import example, run

__all__ = ["example", "run"]
