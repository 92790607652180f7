"""Generated projects: many data sources that are linked, and many exports."""

from __future__ import annotations

from collections import Counter

from reconciler.resources import types

from .resources.cluedin_support import connect
from .support import Project

COLUMNS = ("id", "email")
NOT_UNIQUE = ("data_source", "data_set", "annotation", "column_mapping", "identifier", "export_target", "stream")
"""Types of which CluedIn takes a second object of the same name."""


def write_flows(made: Project, *, sources: int, exports: int) -> None:
    """A vocabulary, links from scanned files to it, and exports of its records."""
    made.write(
        "glossary.yaml",
        """
        apiVersion: reconciler/v1
        kind: GlossaryMapping
        metadata: {name: client}
        spec:
          vocabulary: {name: Client, key_prefix: client, active: true, entity_type: {name: Client, icon: User}}
          terms: [{name: Id, key: id, term: false}, {name: Email, key: email, term: false}]
          assign_terms: false
        """,
    )
    for number in range(sources):
        body = {"account": "contosolake", "filesystem": "raw", "path": f"in/{number}.csv", "columns": list(COLUMNS)}
        made.http("POST", "/_sandbox/scan", json=body | {"collection": "1lfhuf"})
        made.write(f"sources/{number}.yaml", _link(number))
    for number in range(exports):
        made.write(f"exports/{number}.yaml", _contract(number))


def _link(number: int) -> str:
    return f"""
        apiVersion: reconciler/v1
        kind: DataSourceLink
        metadata: {{name: in-{number}}}
        spec:
          asset:
            type: azure_datalake_gen2_path
            qualified_name: https://contosolake.dfs.core.windows.net/raw/in/{number}.csv
          data_set: {{group: Group {number % 4}, source: file {number}, name: file {number}}}
          map:
            vocabulary: client
            primary_identifier: id
            columns: {{id: client.id, email: {{key: client.email, identifier: {{origin: email}}}}}}
        """


def _contract(number: int) -> str:
    return f"""
        apiVersion: reconciler/v1
        kind: ExportContract
        metadata: {{name: clients_{number}_v1}}
        spec:
          entity: /Client
          delivery:
            type: file-parquet
            connection: abfss://mdm@contosolake.dfs.core.windows.net
            path: out/clients_{number}_v1/
            schedule: daily
            overwrite: true
            target: {{secrets: {{AccountKey: {{env: LAKE_KEY}}}}}}
          columns: [{{from: client.id}}, {{from: client.email}}]
        """


def live_flows(made: Project) -> dict[str, Counter[str]]:
    """How often each object that the ledger knows is there, by type; ledger and live of one project."""
    session = made.session()
    entries = session.book(session.draft()).load().entries
    cluedin = connect(made)  # type: ignore[arg-type]
    found = {}
    for name in NOT_UNIQUE:
        type = types()[f"cluedin.{name}"]
        keys = [address.partition(":")[2] for address in entries if address.startswith(f"cluedin.{name}:")]
        wanted = {key: frozenset(type.fields) for key in keys}
        found[name] = Counter(live.key for live in type.read(cluedin.fresh(), wanted) if live.key in wanted)
    return found
