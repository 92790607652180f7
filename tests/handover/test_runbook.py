"""The runbook knows which rules of the manifests write keys beneath its columns."""

from __future__ import annotations

from pathlib import Path

from .conftest import Run

RULES = """
apiVersion: reconciler/v1
kind: Rule
metadata: {name: keep-the-newest}
spec:
  name: Keep | the newest
  scope: survivorship
  where: [{entity_type: /Customer}]
  do: [{actions: [{set_value: {key: customer.segment, value: A}}, {delete_value: customer.email}]}]
---
apiVersion: reconciler/v1
kind: Rule
metadata: {name: elsewhere}
spec:
  scope: data_part
  where: [{entity_type: /Customer}]
  do: [{actions: [{set_value: {key: customer.accountId, value: none}}, {add_tag: Seen}]}]
"""


def test_rules_that_write_its_keys_are_named(offline: Path, run: Run) -> None:
    page = offline / "handover/runbook/customers_wide_v1.md"
    assert run("handover", "runbook").code == 0
    assert "Rules of the manifests that write them: none of this project." in page.read_text()
    (offline / "manifests/rules.yaml").write_text(RULES)
    assert run("handover", "runbook").code == 0
    text = page.read_text()
    assert "`Keep | the newest` (survivorship: `customer.email`, `customer.segment`)" in text
    assert "elsewhere" not in text
    assert "`.reconciler/audit/sandbox.jsonl`" in text
