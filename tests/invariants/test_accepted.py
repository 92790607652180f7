"""What people edit in the systems is accepted into the manifests, or refused with a reason; never anything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.accept.accept import Acceptance
from reconciler.resources import type_of
from reconciler.resources.keys import field_of
from reconciler.workflow import accept_drift

from .estate import Estate, estate
from .test_edited_by_people import edited, managed

pytestmark = pytest.mark.long


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Estate]:
    """The estate, applied."""
    with estate(tmp_path) as applied:
        yield applied


def files(made: Estate) -> dict[str, bytes]:
    """Every manifest."""
    return {str(path): path.read_bytes() for path in sorted((made.root / "manifests").rglob("*.yaml"))}


def put(texts: dict[str, bytes]) -> None:
    """The manifests as they were."""
    for name, content in texts.items():
        Path(name).write_bytes(content)


def accepted(made: Estate, *names: str) -> Acceptance:
    """What `drift --accept` does."""
    return accept_drift(made.session(), names)


def test_every_edit_is_accepted_or_refused_with_a_reason(made: Estate) -> None:
    """One edit at a time: accepted, a plan has nothing to do for it; refused, no byte of a manifest is another."""
    done: set[tuple[str, str]] = set()
    taken, refused, wrong = [], {}, []
    before = files(made)
    for address, paths in managed(made).items():
        for path in paths:
            name = type_of(address).full_name
            what = (name, path if name == "purview.entity" else field_of(path))
            if what in done:
                continue
            done.add(what)
            with edited(made, address, path):
                found = accepted(made, address)
                left = [] if found.refused else made.told()
                if found.refused:
                    refused[f"{address} {path}"] = found.refused[0].summary
                    if files(made) != before and not found.accepted:
                        wrong.append(f"{address} {path}: files")
                else:
                    taken.append(f"{address} {path}")
                    if left or not found.accepted:
                        wrong.append(f"{address} {path}: {left}")
                put(before)
    print(*taken, sep="\n")
    print(*(f"{k}: {v}" for k, v in refused.items()), sep="\n")
    print(len(taken), len(refused))
    assert wrong == []
