"""`python -m benchmarks [NAME…] [--size N…] [--runs N]`: runs the named benchmarks, or all of them."""

from __future__ import annotations

import argparse

from benchmarks import first_apply, flows, loads, memory, noop, request_counts, shared_ledger, startup

BENCHMARKS = {
    "noop": lambda given: noop.run(given.size or noop.SIZES, given.runs),
    "requests": lambda given: request_counts.run((given.size or [request_counts.TERMS])[0]),
    "first_apply": lambda given: first_apply.run((given.size or [first_apply.TERMS])[0]),
    "flows": lambda given: flows.run((given.size or [flows.SOURCES])[0]),
    "peers": lambda given: loads.run((given.size or [None])[0]),
    "memory": lambda given: memory.run(given.size or ()),
    "startup": lambda given: startup.run(),
    "ledger": lambda given: shared_ledger.run((given.size or [shared_ledger.RESOURCES])[0]),
}


def main() -> None:
    """Runs what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--size", nargs="+", type=int, metavar="N", help="resources or terms, instead of the usual")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each no-op plan; the median counts")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    for name in given.names or BENCHMARKS:
        BENCHMARKS[name](given)


if __name__ == "__main__":
    main()
