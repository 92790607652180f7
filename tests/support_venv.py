"""Programs in Python that judge what we make and would not fit beside it: each in an environment of its own.

They are installed in exact versions into pytest's cache, once.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from .tools import missing

INSTALL_SECONDS = 1500
"""A first installation of Airflow takes minutes."""


def environment(config: pytest.Config, requirements: Path) -> Path:
    """The folder of programs of an environment that has what a file lists, and nothing else."""
    assert config.cache is not None
    home = config.cache.mkdir(f"venv-{requirements.stem}")
    wanted = requirements.read_text(encoding="utf-8")
    with FileLock(home.with_name(f"{home.name}.lock")):
        done = home / "installed.txt"
        if not done.exists() or done.read_text(encoding="utf-8") != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True, capture_output=True)
            words = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-r", str(requirements)]
            ran = subprocess.run(
                [str(home / "bin" / "python"), *words],
                capture_output=True,
                text=True,
                timeout=INSTALL_SECONDS,
                check=False,
            )
            if ran.returncode:
                missing(f"pip could not install {requirements.stem}: {ran.stderr[-300:]}")
            done.write_text(wanted, encoding="utf-8")
    return home / "bin"
