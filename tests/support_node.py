"""Programs of npm that judge what we make: installed once, in exact versions, into pytest's cache."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from .tools import missing, program


def installed(config: pytest.Config, name: str, packages: tuple[str, ...]) -> tuple[str, Path]:
    """Node.js, and the folder whose `node_modules` holds the packages."""
    node, npm = (program(name, why="it takes Node.js 20 or later with npm") for name in ("node", "npm"))
    assert config.cache is not None
    home = config.cache.mkdir(name)
    with FileLock(home / "lock"):
        done = home / "installed"
        if not done.exists() or done.read_text(encoding="utf-8") != repr(packages):
            words = [npm, "install", "--prefix", str(home), "--ignore-scripts", "--no-package-lock", "--no-save"]
            ran = subprocess.run([*words, *packages], capture_output=True, text=True, timeout=300, check=False)
            if ran.returncode:
                missing(f"npm could not install {' and '.join(packages)}: {ran.stderr[-300:]}")
            done.write_text(repr(packages), encoding="utf-8")
    return node, home
