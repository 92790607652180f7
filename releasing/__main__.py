"""`python -m releasing agree TAG`, `python -m releasing contents FOLDER`: refuses what may not be published."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from releasing.agreement import disagreements
from releasing.contents import faults

ROOT = Path(__file__).parents[1]


def main(words: list[str] | None = None, root: Path = ROOT) -> int:
    """0 where nothing stands in the way; else 1, and why, each in a line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m releasing", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("agree", help="version, changelog and tag").add_argument("tag", metavar="TAG")
    verbs.add_parser("contents", help="wheel and source distribution").add_argument("folder", type=Path)
    given = parser.parse_args(words)
    found = list(disagreements(root, given.tag) if given.verb == "agree" else faults(root, given.folder))
    for one in found:
        print(one, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
