"""What an expansion kept from an earlier run says is what the manifests say: a plan never differs by it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import recorded
from benchmarks.projects import write_project
from reconciler.desired import Wishes, expansion, load, name_of, wishes
from reconciler.desired.recalled import recalled
from reconciler.desired.wishes import Draft
from reconciler.diff import Options
from reconciler.ledger import Header, Ledger
from reconciler.plan import Plan, compare
from reconciler.questions import Answers
from reconciler.systems.redact import SECRETS

ENV = "bench"
NAMES = {"cluedin": ("cluedin:bench",), "purview": ("purview:bench",)}
Flaw = Callable[[bytes], bytes]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("RECONCILER_CACHE", str(folder))
    monkeypatch.setattr(expansion, "WORTH", 1)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    write_project(folder, [3, 7, 1])
    return folder


def kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.json")) if cache.exists() else []


def told(found: Wishes) -> dict[str, Any]:
    """All that wishes say, as plain data; what the documents say is asked of the world, which a plan tells names by."""
    wants = {}
    for address, want in found.resources.items():
        values = {one.name: getattr(want, one.name) for one in dataclasses.fields(want)}
        wants[address] = values | {"strength": dict(want.strength)}
    world = found.world
    assert world is not None
    return {
        "wants": list(wants.items()),
        **{name: getattr(found, name) for name in ("levels", "findings", "superseded", "held", "files", "documents")},
        "environment": (found.environment_name, found.environment, type(found.environment)),
        "documents told": [(name_of(one), one.data, one.spec) for one in world.documents],
        "world": (world.environment_name, world.environment, world.root, world.unread),
    }


def fresh(root: Path, **variables: str) -> Wishes:
    return wishes.draft(root, ENV, variables).wishes()


def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that are read from now on, document by document."""
    seen: list[Path] = []
    from reconciler.manifest import project

    def load_project(folder: Path, *args: Any, **more: Any) -> Any:
        seen.append(folder)
        return real(folder, *args, **more)

    real = project.load_project
    monkeypatch.setattr(project, "load_project", load_project)
    return seen


@settings(max_examples=12)
@given(data=st.data())
def test_it_says_what_the_manifests_say(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    top = tmp_path_factory.mktemp("any")
    sizes = data.draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    write_project(top, sizes, cluedin=data.draw(st.booleans()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECONCILER_CACHE", str(top / "cache"))
        patch.setattr(expansion, "WORTH", 1)
        first = load(top, ENV, {})
        assert len(kept(top / "cache")) == 1
        read = loads(patch)
        again = load(top, ENV, {})
        assert read == []
        assert told(again) == told(first) == told(fresh(top))
        assert read == [top, top]  # once for what people call things, once without


def test_the_plan_is_the_same(cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    folder.mkdir()
    recorded.write(folder, 300)
    live, salt = recorded.read_live(folder), "00" * 8

    def plan(found: Wishes) -> Plan:
        nothing = dataclasses.replace(Header.new(ENV), ledger="one", salt=salt)
        return compare(found, Ledger(nothing), live, NAMES, Options())

    one, other = plan(fresh(folder)), plan(load(folder, ENV, {}))
    assert kept(cache), "it was not kept by the run before"
    one.created_at = other.created_at = ""
    assert one.changes
    assert orjson.dumps(other.as_dict()) == orjson.dumps(one.as_dict())
    assert other.digest == one.digest


def test_a_draft_is_one_as_any_other(cache: Path, root: Path) -> None:
    first = recalled(root, ENV, {})
    asked = first.questions()
    first.wishes()
    again = recalled(root, ENV, {})
    assert isinstance(again, Draft)
    assert again.ok
    assert again.required() is again
    assert again.questions() == asked
    assert again.files == first.files
    assert again.findings == first.findings
    assert again.faulty == set()
    assert [name_of(one) for one in again.project.documents] == [name_of(one) for one in first.project.documents]
    kinds = [again.world.kind(one) for one in again.project.documents]
    assert [type(kind).__name__ for kind in kinds] == ["GlossaryMappingKind"] * 3 + ["LabelMapKind"]


def test_answers_are_heard(cache: Path, root: Path) -> None:
    recalled(root, ENV, {}).wishes()
    online = recalled(root, ENV, {}).wishes(Answers())
    assert told(online) == told(wishes.draft(root, ENV, {}).wishes(Answers()))
    assert told(recalled(root, ENV, {}).wishes(Answers())) == told(online)


@pytest.mark.parametrize(
    "flaw",
    [
        lambda whole: b"",
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole.replace(b"Approved", b"Draft   ", 1),
        lambda whole: whole + b" ",
        lambda whole: b"\0" * len(whole),
        lambda whole: sealed(b"[]"),
        lambda whole: sealed(b""),
        lambda whole: sealed(b'{"origins": []}'),
        lambda whole: sealed(whole.partition(b"\n")[2].replace(b'"purview.term"', b'"purview.word"')),
        lambda whole: sealed(whole.partition(b"\n")[2].replace(b'"environment":{', b'"environment":{"wrong":1,', 1)),
    ],
)
def test_what_is_damaged_is_not_there(cache: Path, root: Path, flaw: Flaw, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told(load(root, ENV, {}))
    [file] = kept(cache)
    file.write_bytes(flaw(file.read_bytes()))
    read = loads(monkeypatch)
    assert told(load(root, ENV, {})) == before
    assert read == [root]
    assert told(load(root, ENV, {})) == before


def sealed(body: bytes) -> bytes:
    return expansion._MARK + expansion._seal([body]) + body


def test_another_tool_does_not_read_it(cache: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(root, ENV, {})
    read = loads(monkeypatch)
    load(root, ENV, {})
    assert read == []
    monkeypatch.setattr(expansion, "__version__", "999")
    load(root, ENV, {})
    assert read == [root]
    monkeypatch.setattr(expansion, "_stamp", lambda path: b"edited")
    load(root, ENV, {})
    assert read == [root, root]


@pytest.mark.parametrize(
    "edit",
    [
        lambda root: (root / "manifests/glossary/concept-1.yaml").write_text(
            (root / "manifests/glossary/concept-1.yaml").read_text().replace("Item 2 of 1", "Item Two")
        ),
        lambda root: (root / "manifests/glossary/concept-1.yaml").rename(root / "manifests/glossary/other.yaml"),
        lambda root: (root / "manifests/glossary/concept-2.yaml").unlink(),
        lambda root: (root / "manifests/glossary/script.js").write_text("return 1"),
        lambda root: (root / "manifests/environments/bench.yaml").write_text(
            (root / "manifests/environments/bench.yaml").read_text().replace("ada@contoso.test", "eve@contoso.test")
        ),
    ],
)
def test_what_is_edited_is_read(
    cache: Path, root: Path, edit: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(root, ENV, {})
    edit(root)
    read = loads(monkeypatch)
    after = load(root, ENV, {})
    assert read == [root]
    assert told(after) == told(fresh(root))


def test_variables_are_part_of_it(cache: Path, root: Path) -> None:
    load(root, ENV, {})
    other = load(root, ENV, {"RECONCILER_VAR_SANDBOX_URL": "http://127.0.0.1:9"})
    assert other.environment.cluedin is not None
    assert other.environment.cluedin.url == "http://127.0.0.1:9"
    assert told(load(root, ENV, {"RECONCILER_VAR_SANDBOX_URL": "http://127.0.0.1:9"})) == told(other)
    assert len(kept(cache)) == 2


def test_it_can_be_switched_off(cache: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(root, ENV, {})
    monkeypatch.setenv("RECONCILER_CACHE", "off")
    read = loads(monkeypatch)
    load(root, ENV, {})
    assert read == [root]


def test_what_is_wrong_or_small_is_not_kept(cache: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expansion, "WORTH", 10_000)
    load(root, ENV, {})
    monkeypatch.setattr(expansion, "WORTH", 1)
    (root / "manifests/wrong.yaml").write_text("kind: Nothing\n")
    assert not load(root, ENV, {}).ok
    assert kept(cache) == []


def test_nobody_else_reads_it_and_no_secret_is_in_it(cache: Path, root: Path) -> None:
    load(root, ENV, {})
    [file] = kept(cache)
    assert file.stat().st_mode & 0o077 == 0
    assert cache.stat().st_mode & 0o077 == 0
    file.unlink()
    known = SECRETS.known()
    try:
        load(
            root, ENV, {"RECONCILER_SECRETS": "CLUEDIN_PASSWORD", "CLUEDIN_PASSWORD": "as the business understands it"}
        )
    finally:
        SECRETS.forget_since(known)
    assert kept(cache) == []


def test_the_oldest_makes_room(cache: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expansion, "MOST", 2)
    for port in range(1, 5):
        load(root, ENV, {"RECONCILER_VAR_SANDBOX_URL": f"http://127.0.0.1:{port}"})
    assert len(kept(cache)) == 2


def test_a_folder_that_cannot_be_written_is_no_matter(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RECONCILER_CACHE", str(tmp_path / "file" / "below"))
    monkeypatch.setattr(expansion, "WORTH", 1)
    assert told(load(root, ENV, {})) == told(fresh(root))


def test_documents_and_what_checks_them_are_not_imported_before_somebody_asks(cache: Path, root: Path) -> None:
    load(root, ENV, {})
    script = (
        f"import sys; from pathlib import Path; from reconciler.desired import load\n"
        f"found = load(Path({str(root)!r}), {ENV!r}, {{}})\n"
        "before = {'pydantic', 'yaml', 'reconciler.kinds'} & sys.modules.keys()\n"
        "print(len(found.resources), before, found.environment.policy.on_drift.default, 'pydantic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.split(maxsplit=1)[1] == "set() None True\n"
    assert int(said.stdout.split()[0]) > 30
