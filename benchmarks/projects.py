"""Projects of any size: one environment, one label map, and glossary mappings of up to 50 items."""

from __future__ import annotations

from pathlib import Path

ITEMS = 50
PER_ITEM = 5.36
"""Resources for each item: key, term, column, assignment, CluedIn term, for every fifth a classification, and its
share of what a concept has once."""

PASSWORD, TOKEN = "sandbox-password", "a-token-of-the-sandbox"

_ENVIRONMENT = """\
apiVersion: reconciler/v1
kind: Environment
metadata: {name: bench}
spec:
  variables: {SANDBOX_URL: "http://127.0.0.1:8180"}
"""
_CLUEDIN = """\
  cluedin:
    url: ${var.SANDBOX_URL}
    organization: contoso
    sign_in: {user: admin@contoso.test, password: {env: CLUEDIN_PASSWORD}}
"""
_PURVIEW = """\
  purview:
    endpoint: ${var.SANDBOX_URL}
    collection: contoso-purview/MDM/CluedIn
    sign_in: {method: token, token: {env: PURVIEW_TOKEN}}
"""
_REST = """\
  people:
    ada: {object_id: 30435ff9-9b96-44af-a5a9-e05c8b1ae2df, email: ada@contoso.test, cluedin_user: ada@contoso.test}
    bob: {object_id: 7c0e5d0e-2f0b-4a0e-8a39-0a3f6f2b9a11, email: bob@contoso.test, cluedin_user: bob@contoso.test}
  policy: {allow_disruptive: true}
"""
_LABELS = """\
apiVersion: reconciler/v1
kind: LabelMap
metadata: {name: labels}
spec:
  labels:
    PII: {classification: CLUEDIN.PII, description: Personal data.}
    Restricted: {classification: CLUEDIN.RESTRICTED, description: Need-to-know data.}
"""
_CONCEPT = """\
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {{name: concept-{at}, description: Concept {at} in both systems}}
spec:
  glossary: Bench
  term:
    name: Concept {at}
    definition: What the business calls concept {at}, and where its records come from.
    status: Approved
    experts: [ada]
"""
_VOCABULARY = """\
  vocabulary:
    name: Concept {at}
    key_prefix: concept{at}
    description: Records of concept {at}.
    active: true
    entity_type: {{name: Concept {at}, icon: Tag}}
"""
_CLUEDIN_TERMS = "  cluedin_glossary: {category: Bench}\n"
_TYPES = ("Text", "Integer", "DateTime", "Number")


_FLOW_CONCEPT = """\
apiVersion: reconciler/v1
kind: GlossaryMapping
metadata: {name: people}
spec:
  glossary: Bench
  term: {name: Person}
  vocabulary: {name: People, key_prefix: people, active: true, entity_type: {name: BenchPerson, code: /BenchPerson}}
  terms:
    - {name: Number, key: id}
    - {name: Email, key: email, labels: [PII]}
    - {name: Full Name, key: fullName}
    - {name: Notes, key: notes}
"""
_RULE = """\
apiVersion: reconciler/v1
kind: DataSourceLink
metadata: {name: tagged}
spec:
  select: {term: CluedInSource, glossary: Bench, types: [azure_datalake_gen2_path]}
  data_set: {group: Tagged, source: "{asset.qualified_name}", name: "{asset.name}"}
  map: {vocabulary: people, auto: by_name}
"""
_SOURCE = """\
apiVersion: reconciler/v1
kind: DataSourceLink
metadata: {{name: file{at}}}
spec:
  asset:
    type: azure_datalake_gen2_path
    qualified_name: https://contosolake.dfs.core.windows.net/raw/bench/file{at}.csv
  data_set: {{group: Files, source: file{at}, name: file{at}}}
  map:
    vocabulary: people
    primary_identifier: id
    columns: {{id: people.id, email: people.email, full_name: people.fullName, notes: ignore}}
"""
_EXPORT = """\
apiVersion: reconciler/v1
kind: ExportContract
metadata: {{name: people{at}_v1}}
spec:
  entity: /BenchPerson
  delivery:
    type: file-parquet
    connection: abfss://mdm@contosolake.dfs.core.windows.net
    path: exports/people{at}_v1/
    schedule: hourly
    overwrite: true
    target: {{secrets: {{AccountKey: {{env: LAKE_KEY}}}}}}
  columns:
    - {{from: people.id}}
    - {{from: people.email}}
"""


def sandbox_env(url: str) -> dict[str, str]:
    """The process variables with which a project finds a sandbox and may sign in to it."""
    return {
        "RECONCILER_VAR_SANDBOX_URL": url,
        "RECONCILER_SECRETS": "CLUEDIN_PASSWORD,PURVIEW_TOKEN,LAKE_KEY",
        "LAKE_KEY": "a-key-of-the-sandbox",
        "CLUEDIN_PASSWORD": PASSWORD,
        "PURVIEW_TOKEN": TOKEN,
        "CI": "",
    }


def write_resources(root: Path, resources: int) -> int:
    """A project of about so many resources in both systems; returns the bytes of its manifests."""
    items = max(1, round(resources / PER_ITEM))
    return write_project(root, [min(ITEMS, items - at) for at in range(0, items, ITEMS)])


def write_terms(root: Path, terms: int) -> int:
    """A project of so many terms and nothing else; returns the bytes of its manifests."""
    return write_project(root, [min(ITEMS, terms - at) - 1 for at in range(0, terms, ITEMS)], cluedin=False)


def write_project(root: Path, items: list[int], *, cluedin: bool = True) -> int:
    """A project with a concept for each number, which is how many items it has."""
    environment = _ENVIRONMENT + (_CLUEDIN if cluedin else "") + _PURVIEW + _REST
    size = _write(root, "environments/bench.yaml", environment)
    if cluedin:
        size += _write(root, "labels.yaml", _LABELS)
    for at, count in enumerate(items):
        size += _write(root, f"glossary/concept-{at}.yaml", _concept(at, count, cluedin))
    return size


def flow_project(root: Path, *, by_rule: int, documents: int, exports: int, concept_only: bool = False) -> None:
    """Data sources by a rule and by documents, and exports, around one concept."""
    _write(root, "environments/bench.yaml", _ENVIRONMENT + _CLUEDIN + _PURVIEW + _REST)
    _write(root, "labels.yaml", _LABELS)
    _write(root, "concept.yaml", _FLOW_CONCEPT)
    if concept_only:
        return
    if by_rule:
        _write(root, "rule.yaml", _RULE)
    for at in range(by_rule, by_rule + documents):
        _write(root, f"sources/file{at}.yaml", _SOURCE.format(at=at))
    for at in range(exports):
        _write(root, f"exports/people{at}_v1.yaml", _EXPORT.format(at=at))


def _concept(at: int, items: int, cluedin: bool) -> str:
    parts = [_CONCEPT.format(at=at)]
    if cluedin:
        parts += [_VOCABULARY.format(at=at), _CLUEDIN_TERMS]
    if items:
        parts.append("  terms:\n")
    parts += [_item(at, item, cluedin) for item in range(items)]
    return "".join(parts)


def _item(at: int, item: int, cluedin: bool) -> str:
    lines = [
        f"- name: Item {item} of {at}",
        f"  definition: Item {item} of concept {at}, as the business understands it.",
        "  status: Approved",
        f"  stewards: [{'ada' if item % 2 else 'bob'}]",
    ]
    if cluedin:
        lines += [
            f"  key: item{item}",
            f"  description: Value of item {item}.",
            f"  data_type: {_TYPES[item % 4]}",
        ]
        if item % 5 == 0:
            lines.append(f"  labels: [{'PII' if item % 2 else 'Restricted'}]")
    return "".join(f"    {line}\n" for line in lines)


def _write(root: Path, name: str, text: str) -> int:
    path = root / "manifests" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_text(text, encoding="utf-8")
