"""What is live comes back as manifests that only adopt: of every kind, on every sandbox, and of all kinds together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.diff import Options
from reconciler.kinds import kinds, models, pullers
from reconciler.kinds.pulling import Limits
from reconciler.manifest.spec import example
from reconciler.resources import types
from reconciler.workflow import Approval, adopt, apply_plan, pull_estate

from ..pull.conftest import files, is_only_adopting, pull, start_anew
from ..support import Project, project
from .test_fields_dropped import lists_of_fields, without

ALWAYS_SAID = {
    *("contract.not_masked", "contract.declared_only", "claim.other_ledger"),
    *("masking.not_covered", "masking.off", "masking.both", "masking.exported"),
}
"""What is said of a contract however it came about: that nobody masks, and that nobody keeps a promise. And of a ledger
that began anew: that the one before it holds a claim. And of a policy: what it does not do."""


def comes_back(subject: Project) -> None:
    """Pulls into an empty folder, twice, adopts, and plans."""
    start_anew(subject)
    before = len(subject.writes())
    found = pull(subject)
    assert found.refused == []
    assert is_only_adopting(subject.plan(adopt="matching"), ALWAYS_SAID) > 0
    first = files(subject)
    assert pull(subject).files == {}
    assert files(subject) == first
    assert adopt(subject.session(), ()).complete
    assert subject.actions() == []
    assert subject.actions(prune=True) == []
    assert len(subject.writes()) == before


@pytest.mark.long
def test_every_kind_comes_back(subject: Project) -> None:
    subject.apply()
    subject.settle()
    comes_back(subject)


@pytest.fixture
def everything(tmp_path: Path) -> Iterator[Project]:
    """The examples of all kinds, applied together."""
    with project(tmp_path) as made:
        for name in kinds():
            made.write(f"{name.lower()}.yaml", example(models()[name]))
        assert made.apply().complete
        yield made


def test_an_estate_of_all_kinds_comes_back(everything: Project) -> None:
    """Each kind as itself, and not as another one that wants the same objects."""
    comes_back(everything)
    text = "".join(content.decode() for content in files(everything).values())
    assert {kind for kind in kinds() if f"\nkind: {kind}\n" in text} == kinds().keys() - {"Webhook", "Asset"}
    # What `watch` delivers, as in the example of that kind, lives in manifests alone; nothing says whose assets are.


def test_what_the_manifests_have_is_not_pulled_again(everything: Project) -> None:
    before = files(everything)
    found = pull(everything)
    assert {name: text for name, text in files(everything).items() if name in before} == before
    for name in files(everything).keys() - before.keys():
        assert b"key_prefix: customer" not in files(everything)[name]
    assert found.updated == []
    assert {action for action, _ in everything.actions()} == {"adopt"}


def test_the_worked_example_comes_back(tmp_path: Path) -> None:
    worked = Path(__file__).parents[2] / "manifests"
    with project(tmp_path) as made:
        for path in worked.rglob("*.yaml"):
            name = path.relative_to(worked).as_posix()
            if not name.startswith("environments/"):
                made.write(name, path.read_text(encoding="utf-8"))
        person = "sales-ops: {object_id: 7c0e5d0e-2f0b-4a0e-8a39-0a3f6f2b9a11, email: sales-ops@example.com}"
        made.edit("environments/sandbox.yaml", "  policy:", f"    {person}\n  policy:")
        labels = frozenset({"PII", "Restricted", "Confidential"})
        assert apply_plan(made.session(), Options(), Approval(labels=labels)).complete
        comes_back(made)


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_a_way_back(kind: str) -> None:
    puller = pullers()[kind]
    assert puller.types or puller.why_not
    assert set(puller.types) | set(puller.gives_way) <= types().keys()
    assert all(way.field in kinds()[kind].manifest.model_fields or way.of_item for way in puller.gives_way.values())


@pytest.mark.long
def test_one_system_alone(everything: Project) -> None:
    start_anew(everything)
    pull_estate(everything.session(), Limits(system="cluedin"))
    is_only_adopting(everything.plan(adopt="matching"), ALWAYS_SAID)
    assert not any(b"\n  glossary: " in text for text in files(everything).values())


RECORDS = "    name: full_name\n    created: updated_at\n    description: email\n"
RICH = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: rich}
spec:
  glossary: Enterprise
  term: {name: Rich, definition: What rich is., usage: When to say so., abbreviation: R, summary: In short.}
  vocabulary: {name: Rich, key_prefix: rich, active: true, entity_type: {name: Rich, code: /Rich, icon: Tag}}
  terms:
    - {name: One, key: one, annotations: {editable: true, nullable: true}}
"""
LISTED = list(lists_of_fields(pulling=True))


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, dict[str, bytes]]]:
    """The examples of all kinds and a term with every text, live and pulled."""
    with project(tmp_path_factory.mktemp("pulled")) as made:
        for name in kinds():
            made.write(f"{name.lower()}.yaml", example(models()[name]))
        made.edit("datasourcelink.yaml", "    name: full_name\n", RECORDS)
        made.write("rich.yaml", RICH)
        assert made.apply().complete
        start_anew(made)
        pull(made)
        yield made, files(made)


@pytest.mark.long
@pytest.mark.parametrize(("module", "word", "name"), LISTED, ids=lambda one: getattr(one, "__name__", one))
def test_a_name_that_is_dropped_from_a_list(
    module: Any, word: str, name: str, pulled: tuple[Project, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutations: where a name is left out on the way back, something else is written."""
    subject, sound = pulled
    monkeypatch.setattr(module, word, without(getattr(module, word), name))
    start_anew(subject)
    pull(subject)
    assert files(subject) != sound
