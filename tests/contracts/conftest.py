"""A project in a Git repository: what was promised is committed, what is now stands in the folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.contracts.check import Comparison, against
from reconciler.contracts.revision import at_revision
from reconciler.desired.wishes import Draft, draft

from ..support import ENVIRONMENT
from ..tools import program

GLOSSARY = """
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: customer}
spec:
  vocabulary: {name: Customer, key_prefix: customer, entity_type: {name: Customer, code: /Customer}}
  terms:
    - {name: Customer Id, key: id}
    - {name: Email, key: email, labels: [PII]}
    - {name: Full Name, key: fullName}
    - {name: Segment, key: segment}
"""
LABELS = """
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: default}
spec:
  labels:
    PII: {classification: CLUEDIN.PII}
    Restricted: {classification: CLUEDIN.RESTRICTED}
"""
CONTRACT = """
apiVersion: reconciler/v1
kind: ExportContract
metadata: {name: customers_wide_v1}
spec:
  owner: Sales Ops
  entity: Customer
  where:
    - {key: customer.segment, operator: in, value: [A, B]}
  primary_key: customer_id
  delivery:
    type: file-parquet
    connection: abfss://mdm@contosolake.dfs.core.windows.net
    path: exports/customers_wide_v1/
    schedule: hourly
    overwrite: true
    target: {secrets: {AccountKey: {env: LAKE_KEY}}}
  columns:
    - {name: customer_id, from: customer.id}
    - {name: customer_email, from: customer.email, logical_type: string}
    - {name: customer_fullName, from: customer.fullName}
  labels: ["Restricted:customer_id"]
  sla: {freshness_p95_minutes: 90, rpo_minutes: 60}
  retention: {days: 30}
  compatibility: additive_only
  lineage_required: true
  approval_required_when_labels: [PII, Restricted]
"""
FILES = {
    "environments/sandbox.yaml": ENVIRONMENT,
    "glossary.yaml": GLOSSARY,
    "labels.yaml": LABELS,
    "contract.yaml": CONTRACT,
}


class Repository:
    """The project, its first commit tagged `promised`."""

    def __init__(self, root: Path) -> None:
        self.root, self._git = root, program("git", why="contracts are compared with what Git remembers")
        for name, text in FILES.items():
            self.write(name, text)
        self.git("init", "-q")
        self.commit()
        self.git("tag", "promised")

    def git(self, *words: str) -> None:
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run([self._git, "-C", str(self.root), *identity, *words], check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "manifests")

    def write(self, name: str, text: str) -> None:
        path = self.root / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / "manifests" / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def draft(self, root: Path | None = None) -> Draft:
        return draft(root or self.root, "sandbox", {"RECONCILER_VAR_SANDBOX_URL": "http://127.0.0.1:1"})

    def compared(self, *approved: str) -> Comparison:
        with at_revision(self.root, "promised") as folder:
            return against(self.draft(folder), self.draft(), "promised", approved)

    def verdicts(self, name: str = "customers_wide_v1") -> list[tuple[str, str]]:
        return [(f"{f.verdict}{', disruptive' * f.disruptive}", f.code) for f in self.compared().findings[name]]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A project whose promise is committed."""
    return Repository(tmp_path)


Edit = Callable[[Repository], None]
