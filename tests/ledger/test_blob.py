"""The ledger in Azure Blob Storage: what is written, lost answers, what is thrown away, and what Azure may say."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from reconciler.environment.spec import BlobPlace, Environment
from reconciler.errors import ConfigurationError, ReconcilerError
from reconciler.kinds import models
from reconciler.ledger import Entry, blob, blob_client
from reconciler.ledger.blob_client import Blobs
from reconciler.ledger.place import book_of
from reconciler.ledger.sharded import ShardedBook, shard_of
from reconciler.manifest.spec import example
from reconciler.systems.redact import SECRETS

from ..support import project
from ..support_azurite import KEY, Asked
from .estates import PREFIX, BlobEstate, fill

HEADER = f"{PREFIX}/header"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library repeats at once."""
    quick = {"initial_backoff": 0, "increment_base": 0, "random_jitter_range": 0}
    monkeypatch.setattr(blob_client, "_RETRIES", {**blob_client._RETRIES, **quick})


def kinds(account: BlobEstate) -> list[str]:
    return sorted(name.removeprefix(f"{PREFIX}/").partition("/")[0] for name in account.names())


@pytest.mark.node
def test_a_flush_writes_what_changed_then_the_header_under_a_condition(account: BlobEstate) -> None:
    book = account.book("one")
    fill(book, *map(str, range(400)))
    account.between.asked.clear()
    fill(book, "17", "new")
    written = [asked for asked in account.between.asked if asked.blob]
    shards = {shard_of("purview.thing:new"), shard_of("purview.thing:17")}
    assert {asked.blob[:2] for asked in written[:-1] if "/shards/" in asked.path} == shards
    assert written[-1].blob == "header"
    assert written[-1].condition.startswith('"0x')


@pytest.mark.node
def test_nothing_to_write_is_no_request(account: BlobEstate) -> None:
    book = account.book("one")
    ledger = fill(book, "a")
    account.between.asked.clear()
    book.flush(ledger)
    assert account.between.asked == []


@pytest.mark.node
def test_what_is_not_whole_does_not_show(account: BlobEstate, hasty: None) -> None:
    """A writer that ends between the shards and the header leaves the version before."""
    book = account.book("one")
    ledger = fill(book, "a")
    ledger.put(Entry("purview.thing:b"))
    account.between.happens = lambda asked: "503" if asked.blob == "header" else ""
    with pytest.raises(ReconcilerError, match="could not be written: Azure answers 503"):
        book.flush(ledger)
    assert ledger.header.serial == 1
    account.between.happens = lambda asked: ""
    assert list(account.book("two").load().entries) == ["purview.thing:a"]
    book.flush(ledger)
    assert sorted(account.book("two").load().entries) == ["purview.thing:a", "purview.thing:b"]


@pytest.mark.node
@pytest.mark.parametrize("lost", ["lost", "done 500", "done 503", "done 504"])
@pytest.mark.parametrize("first", [True, False])
def test_an_answer_that_was_lost_is_looked_up(account: BlobEstate, hasty: None, lost: str, first: bool) -> None:
    """The library sends the write again, which is refused by its own condition: that is no other writer."""
    book = account.book("one")
    ledger = book.load() if first else fill(book, "a")
    ledger.put(Entry("purview.thing:b"))
    left = [lost]
    account.between.happens = lambda asked: left.pop() if asked.blob == "header" and left else ""
    book.flush(ledger)
    assert not left
    ledger.put(Entry("purview.thing:c"))
    book.flush(ledger)
    again = account.book("two").load()
    assert "purview.thing:c" in again.entries
    assert again.header.serial == ledger.header.serial


@pytest.mark.node
def test_a_writer_whose_answer_was_lost_and_who_was_overtaken_is_told(account: BlobEstate, hasty: None) -> None:
    one, two = account.book("one"), account.book("two")
    ledger, other = fill(one, "a"), two.load()
    ledger.put(Entry("purview.thing:b"))

    def overtake(asked: Asked) -> str:
        account.between.happens = lambda asked: ""
        other.put(Entry("purview.thing:c"))
        two.flush(other)
        return "503"

    account.between.happens = lambda asked: overtake(asked) if asked.blob == "header" else ""
    with pytest.raises(ReconcilerError, match="somebody else wrote"):
        one.flush(ledger)
    assert sorted(account.book("three").load().entries) == ["purview.thing:a", "purview.thing:c"]


@pytest.mark.node
def test_a_lost_answer_to_the_lock_is_the_lock(account: BlobEstate, hasty: None) -> None:
    left = ["done 503", "lost"]
    account.between.happens = lambda asked: left.pop() if asked.path.endswith("comp=lease") and left else ""
    with account.book("one").lock(0) as held:
        held()
        assert not left
    assert account.book("two").holder() == ""


@pytest.mark.node
def test_every_write_to_the_lock_names_the_lease(account: BlobEstate) -> None:
    book = account.book("one")
    with book.lock(0):
        pass
    said = [asked for asked in account.between.asked if "comp=metadata" in asked.path]
    released = [asked for asked in account.between.asked if "comp=lease" in asked.path][-1]
    assert said
    assert {asked.lease for asked in said} == {released.lease} != {""}


@pytest.mark.node
def test_a_job_of_ci_plans_and_applies_on_it(account: BlobEstate, tmp_path: Path) -> None:
    """Each verb is a machine of its own, that has nothing of the one before."""
    with project(tmp_path) as made:
        made.env |= {"CI": "true", "RECONCILER_BLOB_KEY": KEY}
        place = f"{{blob: {{account_url: '{account.place.account_url}', container: {account.place.container}}}}}"
        made.edit("environments/sandbox.yaml", "spec:\n", f"spec:\n  ledger: {place}\n")
        made.write("labels.yaml", example(models()["LabelMap"]))
        made.write("customer.yaml", example(models()["GlossaryMapping"]))
        assert made.apply().exit_code == 0
        assert made.actions() == []
        (tmp_path / "manifests/customer.yaml").unlink()
        removed = made.actions(prune=True)
        assert removed
        assert "create" not in {action for action, _ in removed}
        assert not list(tmp_path.glob(".reconciler/ledger/*"))
    held = b"".join(account.read(name) for name in account.names())
    assert b"purview.term:" in held
    assert KEY.encode() not in held


# -- what is thrown away ------------------------------------------------------------------------------------------


@pytest.mark.node
def test_a_few_versions_are_kept_whole_and_nothing_of_others_goes(
    account: BlobEstate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blob, "KEPT", 2)
    others = [
        f"{PREFIX}/shards/notes.txt",
        f"{PREFIX}/versions/readme",
        f"{PREFIX}-2/shards/00-{'0' * 32}",
        "elsewhere",
    ]
    for name in others:
        account.write(name, b"of others")
    book = account.book("one")
    for number in range(6):
        ledger = fill(book, f"n{number}", "same")
        ledger.entries["purview.thing:same"].id = f"id-{number}"
        ledger.touch("purview.thing:same")
        book.flush(ledger)
    time.sleep(1.1)
    ledger = fill(book, "last")
    before = account.names()
    book.compact(ledger)
    after = account.names()
    assert len(after) < len(before)
    assert set(others) <= set(after)
    versions = [name for name in after if name.startswith(f"{PREFIX}/versions/0")]
    assert versions == [f"{PREFIX}/versions/00000011", f"{PREFIX}/versions/00000012"]
    for version in [*versions, HEADER]:
        account.write(HEADER, account.read(version))  # the way out that an error tells
        assert len(account.book("two").load().entries) >= 7


@pytest.mark.node
def test_shards_of_a_version_that_is_being_written_stay(account: BlobEstate) -> None:
    book = account.book("one")
    ledger = fill(book, "a")
    account.write(f"{PREFIX}/shards/00-{'0' * 32}", b"on its way")
    book.compact(ledger)
    assert f"{PREFIX}/shards/00-{'0' * 32}" in account.names()
    time.sleep(1.1)
    ledger = fill(book, "b")
    book.compact(ledger)
    assert f"{PREFIX}/shards/00-{'0' * 32}" not in account.names()


@pytest.mark.node
def test_a_shard_that_is_written_again_while_others_tidy_stays(account: BlobEstate) -> None:
    """Its name is that of its content, so that the next version may need what was about to go."""
    book = account.book("one")
    old = f"{PREFIX}/shards/00-{'0' * 32}"
    account.write(old, b"the same")
    time.sleep(1.1)
    ledger = fill(book, "a")

    def again(asked: Asked) -> str:
        if asked.method == "DELETE":
            account.write(old, b"the same")
        return ""

    account.between.happens = again
    book.compact(ledger)
    assert old in account.names()


@pytest.mark.node
@pytest.mark.parametrize("damage", [b"", b"{}\n", b"not json\nat all", b'{}\n{"shards":{"aa":"../../x"}}'])
def test_nothing_is_thrown_away_where_the_header_does_not_read(account: BlobEstate, damage: bytes) -> None:
    book = account.book("one")
    ledger = fill(book, "a")
    time.sleep(1.1)
    account.write(HEADER, damage)
    before = account.names()
    book.compact(ledger)
    assert account.names() == before
    with pytest.raises(ReconcilerError, match="not as it was written"):
        book.load()


@pytest.mark.node
def test_tidying_that_fails_fails_no_apply(account: BlobEstate, hasty: None) -> None:
    book = account.book("one")
    ledger = fill(book, "a")
    account.between.happens = lambda asked: "500"
    book.compact(ledger)


# -- what Azure may say -------------------------------------------------------------------------------------------


def told(book: ShardedBook) -> tuple[str, str]:
    with pytest.raises(ReconcilerError) as found:
        book.load()
    [one] = found.value.diagnostics
    assert one.code == "ledger.blob"
    return one.summary, one.detail


def of(place: BlobPlace, key: str = KEY) -> ShardedBook:
    spec = Environment.model_validate({"ledger": {"blob": place.model_dump()}})
    book = book_of(spec, "test", None, {"RECONCILER_BLOB_KEY": key})  # type: ignore[arg-type]
    assert isinstance(book, ShardedBook)
    return book


@pytest.mark.node
def test_the_place_of_an_environment_is_below_its_name(account: BlobEstate) -> None:
    book = of(account.place)
    fill(book, "a")
    assert HEADER in account.names()
    assert book.id == "blob:test"
    assert book.place == f"{account.place.account_url}/{account.place.container}/reconciler/test"


@pytest.mark.node
def test_a_container_that_is_not_there(account: BlobEstate) -> None:
    summary, detail = told(of(account.place.model_copy(update={"container": "no-such"})))
    assert summary.endswith("could not be read: there is no container no-such")
    assert "Storage Blob Data Contributor" in detail


@pytest.mark.node
def test_a_key_that_is_refused_is_not_repeated(account: BlobEstate) -> None:
    key = "d3Jvbmcta2V5LXRoYXQtbm9ib2R5LWhhcw=="
    summary, detail = told(of(account.place, key))
    assert "403" in summary
    assert "Storage Blob Data Contributor" in detail
    assert key not in summary + detail
    assert key not in SECRETS.clean(f"something with {key} in it")


@pytest.mark.node
def test_who_may_read_and_not_write_is_told_by_a_look(account: BlobEstate) -> None:
    account.between.happens = lambda asked: "403" if asked.method == "PUT" else ""
    book = of(account.place)
    assert book.load().header.serial == 0
    with pytest.raises(ReconcilerError, match="could not be written: Azure answers 403"):
        book.require_writable()


@pytest.mark.node
def test_an_account_that_nobody_reaches(account: BlobEstate, hasty: None) -> None:
    account.cut_off()
    summary, detail = told(of(account.place))
    assert "127.0.0.1 cannot be reached" in summary
    assert "account_url" in detail


@pytest.mark.node
def test_an_answer_of_something_else(account: BlobEstate, hasty: None) -> None:
    account.between.happens = lambda asked: "418"
    assert "Azure answers 418" in told(of(account.place))[0]


def refused(account_url: str, **variables: str) -> str:
    place = BlobPlace(account_url=account_url, container="ledgers")
    with pytest.raises(ConfigurationError) as found:
        Blobs(place, PREFIX, variables)
    [one] = found.value.diagnostics
    return f"{one.summary} {one.detail}"


def test_only_allowed_hosts_are_asked() -> None:
    assert "host blobs.example is not allowed" in refused("https://blobs.example")
    assert "host acme.purview.azure.com is not allowed" in refused("https://acme.purview.azure.com")
    assert "is not encrypted" in refused("http://acme.blob.core.windows.net")
    place = BlobPlace(account_url="https://Acme.blob.core.windows.net:443/", container="ledgers")
    assert Blobs(place, PREFIX, {}).url == f"https://acme.blob.core.windows.net/ledgers/{PREFIX}"


def test_over_plain_http_goes_no_token() -> None:
    assert "RECONCILER_BLOB_KEY" in refused("http://127.0.0.1:10000/devstoreaccount1")


def test_a_key_that_is_none_is_told_without_it() -> None:
    said = refused("https://acme.blob.core.windows.net", RECONCILER_BLOB_KEY="no key at all, and a long one")
    assert "holds no key" in said
    assert "at all" not in said


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.storage.blob", None)
    assert "pip install 'cluedin-purview-reconciler[azure]'" in refused("https://acme.blob.core.windows.net")


@pytest.mark.parametrize("prefix", ["a/../b", "a//b", "/a", "a/", "a/./b", "a b", ".."])
def test_a_prefix_that_leads_elsewhere_is_none(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        BlobPlace(account_url="https://acme.blob.core.windows.net", container="ledgers", prefix=prefix)
