"""The rights that docs/sign-in.md tells for each kind are those of the types that the kind writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli import VERBS
from reconciler.desired import load
from reconciler.kinds import models
from reconciler.manifest.spec import example
from reconciler.resources import types
from reconciler.resources.rights import Right

from .pages import DOCS, ROOT

PAGE = DOCS / "sign-in.md"
START = "<!-- rights -->\n"
WHERE_FIELDS_GO = ROOT / "tests/invariants/golden"
_TYPE = re.compile(r"\b(?:cluedin|purview)\.[a-z_]+")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A row for each kind that writes something."""
    wanted = modes(tmp_path_factory.mktemp("rights"))
    rows = ["| Kind | In Purview | In CluedIn, at level Accountable |", "|---|---|---|"]
    for kind in sorted(models().keys() - {"Environment"}):
        rights = [types()[name].right for name in sorted(written(kind, wanted))]
        cells = "; ".join(roles(rights)), ", ".join(claims(rights))
        rows.append(f"| `{kind}` | {cells[0] or 'nothing'} | {cells[1] or 'nothing'} |")
    return "\n".join(rows) + "\n"


def modes(folder: Path) -> dict[str, dict[str, set[str]]]:
    """What the examples of all kinds want: kind, type, and whether it is written or only referred to."""
    for kind, model in models().items():
        path = folder / "manifests" / ("environments/test.yaml" if kind == "Environment" else f"{kind}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example(model), encoding="utf-8")
    found: dict[str, dict[str, set[str]]] = {}
    for want in load(folder, "test", {}).resources.values():
        for origin in want.origins:
            found.setdefault(origin.kind, {}).setdefault(want.type.full_name, set()).add(want.mode)
    return found


def written(kind: str, wanted: dict[str, dict[str, set[str]]]) -> Iterator[str]:
    """The types that a kind writes: those of its example, and those that any of its fields may lead to."""
    told = (WHERE_FIELDS_GO / f"{kind}.fields.txt").read_text(encoding="utf-8")
    of_fields = {name for name in _TYPE.findall(told) if name in types()}
    for name in of_fields | wanted.get(kind, {}).keys():
        if wanted.get(kind, {}).get(name) != {"refer"} and name != "purview.collection":
            yield name


def roles(rights: list[Right]) -> Iterator[str]:
    """The roles of Purview with the places where they are needed, each once."""
    purview = {(right.name.removeprefix("the role "), right.place) for right in rights if right.place != "CluedIn"}
    for role in sorted({name for name, _ in purview}):
        places = sorted(place for name, place in purview if name == role)
        yield f"{role} on {' and '.join(places).replace('the root', 'the root collection')}"


def claims(rights: list[Right]) -> list[str]:
    """The claims of CluedIn by their areas, each once."""
    names = {right.name for right in rights if right.place == "CluedIn"}
    return sorted(name.removeprefix("the claim ").removesuffix(" at level Accountable") for name in names)


def test_the_table_is_that_of_the_types(table: str, request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    head, mark, rest = text.partition(START)
    told, line, tail = rest.partition("\n## ")
    assert mark
    if request.config.getoption("--update"):
        PAGE.write_text(f"{head}{START}\n{table}{line}{tail}", encoding="utf-8")
        told = f"\n{table}"
    assert told == f"\n{table}", "pytest --update tests/docs/test_rights.py"


def test_every_verb_has_its_rights() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## Least rights by verb\n")[2].partition("\nBeside")[0]
    told = {word for row in table.splitlines() for word in re.findall(r"`([a-z-]+)", row.split("|")[1] if row else "")}
    assert sorted(VERBS.keys() - told) == []


def test_every_right_of_a_type_is_told(table: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, one in types().items():
        right = (
            one.right.name.removeprefix("the role ").removeprefix("the claim ").removesuffix(" at level Accountable")
        )
        assert right in text, name
