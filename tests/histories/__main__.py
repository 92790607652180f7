"""Histories of two environments by hand: `python -m tests.histories FIRST [LAST] [--steps N] [--git]`."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from .beginnings import Beginnings
from .direct import HERE, THERE, doors


def main() -> None:
    """Lives the histories of some numbers, and tells those that went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int, nargs="?")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--git", action="store_true")
    given = parser.parse_args()
    numbers = range(given.first, (given.last if given.last is not None else given.first) + 1)
    wrong, began = [], time.process_time()
    with tempfile.TemporaryDirectory() as root, doors() as ground:
        ground.open(HERE)
        ground.open(THERE)
        histories = Beginnings(ground, Path(root))
        for number in numbers:
            try:
                histories.live(number, given.steps, in_git=given.git)
            except AssertionError as error:
                wrong.append(number)
                print(error, "\n", flush=True)
    seconds = (time.process_time() - began) / len(numbers)
    print(f"{len(numbers)} histories, {seconds:.2f} s of processor each, went wrong: {wrong}")


if __name__ == "__main__":
    main()
