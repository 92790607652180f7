"""Small kinds that want what the actions act on: a stream with its target, a data set with its asset.

They stand under the names of the real kinds, with fewer fields, so that these tests need nothing of Purview's scans.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from reconciler.kinds.base import Kind, origin_at
from reconciler.kinds.project.asset_types import type_resources
from reconciler.kinds.project.names import QualifiedNames
from reconciler.manifest.spec import Manifest
from reconciler.resources import types
from reconciler.resources.base import Desired

LAKE = "Azure DataLake Connector"
PERSON = {
    "field": "EntityType",
    "objectTypeId": "3be85371-cbe0-4180-8820-73e6e37a6c32",
    "operator": "0bafc522-8011-43ba-978a-babe222ba466",
    "type": "string",
    "value": ["/Person"],
}


class ExportedSpec(Manifest):
    """A stream into a lake."""

    kind: ClassVar[str] = "ExportContract"
    stream: str = ""
    mode: str = "Sync"
    cache: bool = True
    state: str | None = "started"


class Exported(Kind[ExportedSpec]):
    """A stream into a lake."""

    manifest = ExportedSpec

    def expand(self) -> Iterator[Desired]:
        """Target, stream, export and state."""
        document, spec = self.document, self.spec
        origin, name = origin_at(document), spec.stream or document.name
        target = f"{LAKE}/{name}"
        options = {
            "AccountName": "contosolake", "FileSystemName": "mdm", "DirectoryName": f"exports/{document.name}",
            "OutputFormat": "parquet", "Schedule": "Hourly", "IsStreamCacheEnabled": spec.cache,
        }  # fmt: skip
        from reconciler.manifest.secrets import SecretRef

        yield types()["cluedin.export_target"].desired(
            target, origin, config=options, secrets={"AccountKey": SecretRef(env="LAKE_KEY")}
        )
        yield types()["cluedin.stream"].desired(name, origin, condition=PERSON)
        where = f"cluedin.export_target:{target}"
        yield types()["cluedin.stream_export"].desired(
            name, origin, needs=(f"cluedin.stream:{name}", where), target=target, container="people",
            export_mode=spec.mode, columns=["metadata:Name"],
        )  # fmt: skip
        if spec.state:
            yield types()["cluedin.stream_state"].desired(
                name, origin, needs=(f"cluedin.stream_export:{name}",), state=spec.state
            )


class LinkedSpec(Manifest):
    """A data set and its asset."""

    kind: ClassVar[str] = "DataSourceLink"
    group: str = "CRM"
    metrics: Literal["none", "publish"] = "none"
    lineage: bool = True


class Linked(Kind[LinkedSpec]):
    """A data set and its asset."""

    manifest = LinkedSpec

    def expand(self) -> Iterator[Desired]:
        """Group, source and set; the types and the entity."""
        document, spec = self.document, self.spec
        origin, purview = origin_at(document), self.environment.purview
        names = (spec.group, "contacts", document.name)
        group, source, one = names[0], "/".join(names[:2]), "/".join(names)
        yield types()["cluedin.data_source_group"].desired(group, origin)
        yield types()["cluedin.data_source"].desired(
            source, origin, needs=(f"cluedin.data_source_group:{group}",), type="endpoint"
        )
        yield types()["cluedin.data_set"].desired(
            one, origin, needs=(f"cluedin.data_source:{source}",), type="endpoint", fields=["id"]
        )
        if not spec.lineage:
            return
        kept = ("dataset", "metrics") if spec.metrics == "publish" else ("dataset",)
        yield from type_resources(purview.type_prefix, origin, *kept)
        key = f"{purview.type_prefix}dataset/{QualifiedNames(purview.name_prefix).data_set(*names)}"
        needs = (f"purview.type:{purview.type_prefix}dataset",)
        yield types()["purview.entity"].desired(key, origin, needs=needs, name=document.name)
