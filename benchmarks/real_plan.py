"""One plan through HTTP that changes nothing, in this process: `python -m benchmarks.real_plan FOLDER URL`."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.projects import sandbox_env
from reconciler.diff import Options
from reconciler.workflow import Session, make_plan


def main() -> None:
    """Plans, and prints how many resources are as wanted."""
    folder, url = sys.argv[1:]
    plan = make_plan(Session(Path(folder), "bench", sandbox_env(url)), Options())
    assert not plan.executable, [f"{change.action} {change.address}" for change in plan.executable[:5]]
    print(plan.unchanged)


if __name__ == "__main__":
    main()
