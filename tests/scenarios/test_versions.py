"""CluedIn's versions: the worked example on each that is written to, and the word for those below."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.errors import RefusedError

from ..support import Project, project
from .conftest import ROOT


@contextmanager
def example_on(root: Path, version: str) -> Iterator[Project]:
    """The worked example against a sandbox of that version."""
    with project(root, cluedin_version=version) as made:
        shutil.rmtree(root / "manifests")
        shutil.copytree(ROOT / "manifests", root / "manifests")
        yield made


@pytest.mark.long
@pytest.mark.parametrize("version", ["4.6", "4.7", "4.8"])
def test_the_whole_example_is_planned_applied_and_nothing_is_left(tmp_path: Path, version: str) -> None:
    with example_on(tmp_path, version) as made:
        assert made.apply().complete
        assert made.actions() == []


@pytest.mark.parametrize("version", ["4.5", "4.0"])
def test_below_it_is_planned_and_not_written(tmp_path: Path, version: str) -> None:
    with example_on(tmp_path, version) as made:
        assert made.plan().executable
        with pytest.raises(RefusedError, match=rf"CluedIn {version}\.0 is older than this tool writes to"):
            made.apply()
        assert made.writes() == []


def test_what_does_not_touch_cluedin_is_written_whatever_its_version(tmp_path: Path) -> None:
    with project(tmp_path, cluedin_version="4.5") as made:
        made.write("labels.yaml", PURVIEW_ONLY)
        assert made.apply().summary == {"create": 1}


PURVIEW_ONLY = """
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: labels}
spec:
  labels: {PII: {classification: CONTOSO.PII}}
"""
