"""Property: a file with comments, anchors, odd order and CRLF survives `pull` but for the lines that had to change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.manifest.formatting import formatted

from ..support import Project, project
from .conftest import files, only_adopts, pull
from .test_glossaries import ATLAS, make_terms

TERMS = ("Account", "Finance", "Order", "Party", "Segment")
"""Terms at the top whose definitions people edit."""
HEAD = "# the words of the company\n"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """One sandbox, whose definitions each example sets anew."""
    with project(tmp_path_factory.mktemp("kept")) as made:
        yield made


def messy(text: str, seed: int, *, crlf: bool) -> bytes:
    """A manifest as people leave it: parts in another order, remarks, an anchor, blank lines, other line ends."""
    chance = random.Random(seed)
    head, _, spec = text.partition("spec:\n")
    parts = [*head.splitlines(keepends=True), "spec:\n" + spec]
    chance.shuffle(parts)
    lines = []
    for line in "".join([HEAD, *parts]).split("\n"):
        in_a_text = line.strip() in ("Sells to us.", "May also buy.")
        if chance.random() < 0.1 and not in_a_text:
            lines.append(f"{' ' * (len(line) - len(line.lstrip(' ')))}# remark {chance.randrange(99)}")
        if chance.random() < 0.05 and not in_a_text:
            lines.append("")
        is_plain = line.strip() and not line.endswith(("|-", ">-")) and not in_a_text
        lines.append(f"{line}   # odd" if is_plain and chance.random() < 0.1 else line)
    found = (
        "\n".join(lines)
        .replace("experts: [ada]", "experts: &people [ada]", 1)
        .replace("experts: [ada]", "experts: *people")
    )
    return found.replace("\n", "\r\n" if crlf else "\n").encode()


@settings(max_examples=5, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.booleans(), st.sets(st.sampled_from(TERMS), max_size=3), st.booleans())
def test_only_what_differs_is_another(shared: Project, seed: int, crlf: bool, edited: set[str], added: bool) -> None:
    guids = {name: term["guid"] for name, term in shared.terms("Enterprise").items()}
    for name in TERMS:
        shared.edit_term(guids[name], longDescription=f"What {name} means.")
    for name in files(shared):
        (shared.root / "manifests" / name).unlink()
    pull(shared, glossary="Enterprise")
    path = Path(shared.root, "manifests/glossary/enterprise.yaml")
    before = messy(path.read_text(encoding="utf-8"), seed, crlf=crlf)
    path.write_bytes(before)
    for name in edited:
        shared.edit_term(guids[name], longDescription=f"What {name} means by now.")
    if added:
        glossary = next(one["guid"] for one in shared.http("GET", ATLAS) if one["name"] == "Enterprise")
        make_terms(shared, glossary, [f"New {seed}"], {}) if f"New {seed}" not in guids else None
    found = pull(shared, glossary="Enterprise")
    assert found.refused == []
    after = path.read_bytes()
    expected = before
    for name in edited:
        expected = expected.replace(f"What {name} means.".encode(), f"What {name} means by now.".encode())
    new = [line for line in after.split(b"\n") if b"New " in line and line not in expected.split(b"\n")]
    left = [line for line in after.split(b"\n") if line not in new]
    assert left == expected.split(b"\n")
    only_adopts(shared)
    assert pull(shared, glossary="Enterprise").files == {}
    made = formatted(after, "m.yaml")
    assert made is not None
    assert b"".join(made.split()) == b"".join(after.split())
    assert (b"\r\n" in made) is crlf
