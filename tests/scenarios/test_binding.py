"""The ledger of a project whose sign-in gains and loses rights, against the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import RefusedError
from reconciler.ledger import LocalLedger
from reconciler_sandbox.server import running

from ..support import Project, project

GLOSSARY = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: customer}
spec:
  glossary: Words
  term: {name: Customer}
  terms: [{name: Email, definition: Where we write to.}]
"""
NO_COLLECTIONS = {"path": "/collections", "status": 403, "body": {"error": {"code": "Unauthorized", "message": "no"}}}


@pytest.mark.parametrize("first", [True, False], ids=["rights come later", "rights are taken away"])
def test_rights_on_collections(tmp_path: Path, first: bool) -> None:
    with project(tmp_path, seed="empty") as made:
        made.write("glossary/customer.yaml", GLOSSARY)
        for may_not in (first, not first, first):
            made.http("DELETE", "/_sandbox/faults")
            if may_not:
                made.http("POST", "/_sandbox/faults", json=NO_COLLECTIONS)
            result = made.apply()
            assert result.complete, [str(finding) for finding in result.diagnostics]
        assert made.actions() == []
        known = LocalLedger(tmp_path / ".reconciler/ledger/sandbox.jsonl", "sandbox").load().header.systems
        assert len(known["purview"]) == 2, "the address, and the account as soon as it was seen"
        assert len(known["cluedin"]) == 2
        with running(seed="demo") as other:
            elsewhere = Project(tmp_path, other.url)
            other_state = elsewhere.http("GET", "/_sandbox/state")
            elsewhere.http("POST", "/_sandbox/faults", json=NO_COLLECTIONS)
            with pytest.raises(RefusedError, match="this environment now points at"):
                elsewhere.plan()
            assert elsewhere.http("GET", "/_sandbox/state") == other_state
