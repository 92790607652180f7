"""Export contracts in a few lines, with the answers that live systems would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds import kinds, models
from reconciler.kinds.base import World
from reconciler.kinds.export_contract.physical import PhysicalSchema
from reconciler.kinds.export_contract.scene import Contract
from reconciler.kinds.export_contract.schema import physical_schema
from reconciler.manifest.project import Document, load_project
from reconciler.questions import Answers, Question
from reconciler.questions.catalogue import Connector, Connectors, KeyAt, KeyTypeOf, LiveKey, Option
from reconciler.questions.outbound import (
    EntityTypes,
    LiveEntityType,
    StreamNamed,
    StreamProperties,
    TargetsCalled,
)
from reconciler.resources.base import Desired

from .conftest import TEST_ENVIRONMENT, document

LAKE = "abfss://mdm@contosolake.dfs.core.windows.net"
LABELS = """
labels:
  PII: {classification: CLUEDIN.PII, purview_label: pii, detected_by: [MICROSOFT.PERSONAL.EMAIL]}
  Restricted: {classification: CLUEDIN.RESTRICTED}
"""
CUSTOMER = """
glossary: Enterprise
term: {name: Customer}
vocabulary:
  name: Customer
  key_prefix: customer
  entity_type: {name: Customer, code: /Customer}
terms:
  - {name: Email, key: email, labels: [PII]}
  - {name: Full Name, key: fullName}
  - {name: Customer Id, key: id}
  - {name: Segment, key: segment}
  - {name: Mail (old), key: mail, term: false, obsolete: true, maps_to: customer.email}
"""
CONTRACT = f"""
entity: customer
delivery:
  type: file-parquet
  connection: {LAKE}
  path: exports/customers_wide_v1/
  schedule: hourly
  overwrite: true
columns:
  - {{name: customer_id, from: customer.id}}
  - {{from: customer.email}}
"""
"""A contract that is right, and promises nothing that CluedIn does not do."""

_OPTIONS = (
    "AccountName FileSystemName DirectoryName IsStreamCacheEnabled OutputFormat Schedule CustomCron FileNamePattern"
    " ShouldEscapeVocabularyKeys ShouldWriteGuidAsString"
)
LAKE_CONNECTOR = Connector(
    "f6178e19-7168-449c-b4b6-f9810e86c1c2",
    "Azure DataLake Connector",
    ("Sync", "EventStream"),
    (*(Option(name, "input") for name in _OPTIONS.split()), Option("AccountKey", "password", required=True)),
)
HTTP_CONNECTOR = Connector("486cc091-4c77-4190-8e2d-058bc4ca8a85", "Http Connector", ("EventStream",))
ANSWERS: dict[Question, tuple[Any, ...]] = {
    Connectors(): (LAKE_CONNECTOR, HTTP_CONNECTOR),
    EntityTypes(): (LiveEntityType("/Person", "Person"),),
    StreamProperties(): ("CreatedDate", "Name"),
    StreamNamed("customers_wide_v1"): (),
    KeyAt("person.email"): (LiveKey("person.email", "E-mail", "Email"),),
    KeyAt("person.mail"): (LiveKey("person.mail", "Mail", "Email", True, "person.email"),),
}  # fmt: skip


@dataclass
class Judged:
    """A project of contracts, checked, judged and expanded."""

    world: World
    documents: list[Document]
    findings: list[Diagnostic] = field(default_factory=list)
    resources: list[Desired] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Severity and code of each finding that is more than information."""
        return [(finding.severity, finding.code) for finding in self.findings if finding.severity != "info"]

    def only(self, code: str) -> Diagnostic:
        """The one finding that is more than information."""
        found = [finding for finding in self.findings if finding.severity != "info"]
        assert [finding.code for finding in found] == [code], [str(finding) for finding in found]
        return found[0]

    def one(self, code: str) -> Diagnostic:
        found = [finding for finding in self.findings if finding.code == code]
        assert len(found) == 1, self.codes
        return found[0]

    def resource(self, address: str) -> Desired:
        found = [one for one in self.resources if one.address == address]
        assert found, sorted(one.address for one in self.resources)
        return found[0]

    def of(self, type_name: str) -> list[Desired]:
        return [one for one in self.resources if one.type.full_name == type_name]

    def schema(self, name: str = "customers_wide_v1") -> PhysicalSchema:
        return physical_schema(next(one for one in self.world.of(Contract) if one.name == name))


class Bench:
    """Writes a project, and says what becomes of it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(
        self,
        contract: str = CONTRACT,
        *others: str,
        name: str = "customers_wide_v1",
        kind: str = "ExportContract",
        environment: str = TEST_ENVIRONMENT,
        answers: Mapping[Question, tuple[Any, ...]] | None = None,
        labels: str = LABELS,
        files: Mapping[str, str] = {},
    ) -> Judged:
        texts = {"environments/test.yaml": document("Environment", "test", environment)}
        texts |= {"customer.yaml": document("GlossaryMapping", "customer", CUSTOMER), **files}
        texts |= {"labels.yaml": document("LabelMap", "default", labels)} if labels else {}
        texts["a.yaml"] = document(kind, name, contract)
        texts |= {f"b{at}.yaml": text for at, text in enumerate(others)}
        for file, text in texts.items():
            path = self.root / "manifests" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        project = load_project(self.root, models(), environment="test", process_env={})
        assert project.environment is not None, project.findings
        documents = [*project.environments.values(), *project.documents]
        world = World(documents, project.environment.spec, kinds(), "test")
        judged = Judged(world, list(project.documents), list(project.findings))
        mine = [one for one in project.documents if one.kind in ("ExportContract", "Stream")]
        for one in mine:
            if one.spec is not None:
                judged.findings += world.kind(one).check()
        if any(finding.severity == "error" for finding in judged.findings):
            return judged
        if answers is not None:
            asked = {question for one in mine for question in world.kind(one).questions()}
            judged.world = world = World(documents, project.environment.spec, kinds(), "test", Answers(dict(answers)))
            assert asked <= answers.keys() | _beside(asked), asked - answers.keys()
            for one in mine:
                judged.findings += world.kind(one).judge()
        for one in project.documents:
            if one.spec is not None:
                judged.resources += world.kind(one).expand()
        return judged

    def superseded(self, judged: Judged) -> set[str]:
        """Addresses of stand-ins that are to go."""
        mine = [one for one in judged.documents if one.kind == "ExportContract"]
        return {address for one in mine for address in judged.world.kind(one).superseded()}


def _beside(asked: set[Question]) -> set[Question]:
    """Questions about assets, data types and targets, which a test answers only when it is about them."""
    aside = KeyTypeOf | TargetsCalled
    return {question for question in asked if question.system == "purview" or isinstance(question, aside)}
