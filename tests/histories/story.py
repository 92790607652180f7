"""How a history goes on: what people write in manifests, and what scanners see."""

from __future__ import annotations

import random

from ..support import Project
from .estate import STEPS, Estate, manifest
from .flows import FIRST_FLOWS, FLOW_STEPS, flow_manifest, scan_of


def write(made: Project, estate: Estate) -> None:
    """The manifests of an estate in the place of those of before; a file that stays the same is not written."""
    folder = made.root / "manifests" / "estate"
    documents = {f"{concept.prefix}.yaml": manifest(estate, concept) for concept in estate.concepts.values()}
    documents |= {f"{flow.name}.yaml": flow_manifest(estate, flow) for flow in estate.flows.values()}
    for path in folder.glob("*.yaml"):
        if path.name not in documents:
            path.unlink()
        elif path.read_text(encoding="utf-8") == documents[path.name]:
            del documents[path.name]
    for name, text in documents.items():
        made.write(f"estate/{name}", text)


def scan(made: Project, estate: Estate, before: Estate) -> None:
    """Scanners see what changed on the lake."""
    for file, columns in estate.found.items():
        if before.found.get(file) != columns:
            made.http("POST", "/_sandbox/scan", json=scan_of(file, columns))


def fill(estate: Estate, chance: random.Random, concepts: int = 2, flows: int = 4) -> None:
    """Some concepts, and what flows out of them and into them."""
    for _ in range(concepts):
        estate.add_concept(chance)
    for add in FIRST_FLOWS[: chance.randint(1, flows)]:
        add(estate, chance)


def step(estate: Estate, chance: random.Random) -> None:
    """One or two things that people change at once."""
    estate.forget_former_names(chance)
    touched = chance.choice([1, 1, 2])
    for _ in range(touched):
        chance.choice(STEPS if chance.random() < 0.5 else FLOW_STEPS)(estate, chance)
    estate.drop_names_taken()
