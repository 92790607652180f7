"""What a document needs to know could not be read: it is held back, loses nothing, and the rest can go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.errors import Exit, RefusedError, SystemFailureError

from ..support import Project

STREAM = "cluedin.stream:customers_wide_v1"
CUSTOMER = "glossary/customer.yaml"
SET = "cluedin.data_set:CRM/contacts/contacts"


@contextmanager
def refusing(project: Project, method: str, path: str, status: int = 403) -> Iterator[None]:
    project.http("POST", "/_sandbox/faults", json={"method": method, "path": path, "status": status, "every": 1})
    yield
    project.http("DELETE", "/_sandbox/faults")


def test_a_contract_waits_while_search_is_refused(applied: Project) -> None:
    applied.edit(CUSTOMER, "Primary contact address.", "Where to write to.")
    with refusing(applied, "POST", "search/query"):
        plan = applied.plan(prune=True)
        found = {c.address: c.action for c in plan.changes}
        assert found[STREAM] == "blocked"
        assert "update" in found.values()
        assert not {"delete", "retire", "forget"} & set(found.values())
        [said] = [d for d in plan.diagnostics if d.code == "source.unreadable"]
        assert "ExportContract customers_wide_v1 waits" in said.summary
        assert said.source is not None
        assert said.source.file == "manifests/exports/customers_wide_v1.yaml"
        assert said.document == "ExportContract/customers_wide_v1"
        assert plan.exit_code == Exit.REFUSED
        with pytest.raises(RefusedError, match="customers_wide_v1 waits"):
            applied.apply()
        result = applied.apply(skip_refused=True)
        assert result.exit_code == Exit.PARTIAL
    assert applied.apply().exit_code == Exit.OK
    assert applied.actions() == []


def test_what_needs_a_waiting_document_waits_on_the_first_apply_too(example: Project) -> None:
    with refusing(example, "GET", "uniqueAttribute/type/azure_datalake"):
        result = example.apply(skip_refused=True)
        assert result.exit_code == Exit.PARTIAL
        live = {o.change.address for o in result.outcomes if o.status == "done"}
        assert SET not in live
        assert "cluedin.vocabulary:customer" in live
    assert example.apply().complete
    assert example.actions() == []


def test_nobody_answers(applied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(applied.env, "RECONCILER_VAR_SANDBOX_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("reconciler.systems.pacing.backoff", lambda attempt: 0.0)
    with pytest.raises(SystemFailureError, match="refused"):
        applied.plan()
