"""An audit in an append blob of Azurite, Microsoft's own stand-in of Azure Blob Storage, signed with its key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from reconciler.audit import blob
from reconciler.audit.blob import BlobTrail
from reconciler.environment.audit import AuditBlob
from reconciler.errors import ReconcilerError

from ..ledger.estates import BlobEstate, blob_estate
from ..support import Project
from ..support_azurite import KEY
from .conftest import Ran

Run = Callable[..., Ran]
NAME = "audit/sandbox.jsonl"
pytestmark = pytest.mark.node


@pytest.fixture
def account(azurite_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[BlobEstate]:
    """A container of its own."""
    monkeypatch.setattr(blob, "_REPEATS", {"retry_total": 1, "initial_backoff": 0, "increment_base": 0})
    with blob_estate(azurite_port) as made:
        yield made


def trail(account: BlobEstate, container: str = "") -> BlobTrail:
    url = account.place.account_url
    spec = AuditBlob(account_url=url, container=container or account.place.container, name=NAME)
    return BlobTrail(spec, {"RECONCILER_BLOB_KEY": KEY})


def refused(account: BlobEstate, container: str = "") -> str:
    with pytest.raises(ReconcilerError) as found:
        trail(account, container).require_writable()
    [one] = found.value.diagnostics
    assert one.code == "audit.unwritable"
    return f"{one.summary} {one.detail}"


def test_lines_are_appended_over_the_runs(account: BlobEstate) -> None:
    first = trail(account)
    first.append([b'{"audit":1}\n', b'{"audit":2}\n'])
    first.append([b'{"audit":3}\n'])
    trail(account).append([b'{"audit":4}\n'])
    assert account.read(NAME) == b"".join(b'{"audit":%d}\n' % number for number in range(1, 5))


def test_what_was_added_since_is_read(account: BlobEstate) -> None:
    assert trail(account).read(0) == (0, b"")
    trail(account).append([b'{"audit":1}\n'])
    assert trail(account).read(0) == (0, b'{"audit":1}\n')
    trail(account).append([b'{"audit":2}\n'])
    assert trail(account).read(12) == (12, b'{"audit":2}\n')
    assert trail(account).read(24) == (24, b"")
    assert trail(account).read(99)[0] == 0, "another audit, which is read from its beginning"
    account.cut_off()
    with pytest.raises(ReconcilerError) as found:
        trail(account).read(0)
    assert found.value.diagnostics[0].code == "audit.unreadable"


def test_a_look_adds_nothing_and_makes_nothing(account: BlobEstate) -> None:
    trail(account).require_writable()
    assert account.names() == []
    trail(account).append([b'{"audit":1}\n'])
    trail(account).require_writable()
    assert account.read(NAME) == b'{"audit":1}\n'


def test_a_look_tells_what_stands_in_the_way(account: BlobEstate) -> None:
    assert "Make the container" in refused(account, "no-such")
    account.write(NAME, b"a blob of another kind")
    assert "no append blob" in refused(account)
    account.between.happens = lambda asked: "403" if asked.method == "PUT" else ""
    assert "Storage Blob Data Contributor" in refused(account)
    account.cut_off()
    assert "Check the network" in refused(account)


def test_doctor_says_it_before_an_apply_does(
    account: BlobEstate, secure: Project, run: Run, clean: pytest.MonkeyPatch
) -> None:
    clean.setenv("RECONCILER_BLOB_KEY", KEY)
    place = f"account_url: '{account.place.account_url}', container: {account.place.container}, name: {NAME}"
    secure.edit("environments/sandbox.yaml", "spec:\n", f"spec:\n  audit: {{blob: {{{place}}}}}\n")
    [found] = audits(run)
    assert (found["status"], found["code"]) == ("ok", "audit.writable")
    assert account.names() == []
    assert [asked.method for asked in account.between.asked] == ["PUT"]
    account.between.happens = lambda asked: "403"
    [found] = audits(run)
    assert (found["status"], found["code"]) == ("warning", "audit.unwritable")
    assert found["detail"].startswith("A plan can be made, an apply cannot.")


def audits(run: Run) -> list[dict[str, str]]:
    checks = json.loads(run("doctor", "--format", "json").out)["checks"]
    return [check for check in checks if check["code"].startswith("audit.")]
