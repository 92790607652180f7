"""Small kinds that want what the actions act on: a stream with its target, a data set with its asset.

They stand under the names of the real kinds, with fewer fields, so that these tests need nothing of Purview's scans.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from reconciler.kinds._names import QualifiedNames
from reconciler.kinds._types import type_resources
from reconciler.kinds.base import Kind, World, origin_at
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


class Exported(Kind):
    """A stream into a lake."""

    kind: ClassVar[str] = "ExportContract"
    stream: str = ""
    mode: str = "Sync"
    cache: bool = True
    state: str | None = "started"

    def expand(self, document: Any, world: World) -> Iterator[Desired]:
        """Target, stream, export and state."""
        origin, name = origin_at(document), self.stream or document.name
        target = f"{LAKE}/{name}"
        options = {
            "AccountName": "contosolake", "FileSystemName": "mdm", "DirectoryName": f"exports/{document.name}",
            "OutputFormat": "parquet", "Schedule": "Hourly", "IsStreamCacheEnabled": self.cache,
        }  # fmt: skip
        from reconciler.manifest.secrets import SecretRef

        yield types()["cluedin.export_target"].desired(
            target, origin, config=options, secrets={"AccountKey": SecretRef(env="LAKE_KEY")}
        )
        yield types()["cluedin.stream"].desired(name, origin, condition=PERSON)
        where = f"cluedin.export_target:{target}"
        yield types()["cluedin.stream_export"].desired(
            name, origin, needs=(f"cluedin.stream:{name}", where), target=target, container="people",
            export_mode=self.mode, columns=["metadata:Name"],
        )  # fmt: skip
        if self.state:
            yield types()["cluedin.stream_state"].desired(
                name, origin, needs=(f"cluedin.stream_export:{name}",), state=self.state
            )


class Linked(Kind):
    """A data set and its asset."""

    kind: ClassVar[str] = "DataSourceLink"
    group: str = "CRM"
    metrics: Literal["none", "publish"] = "none"
    lineage: bool = True

    def expand(self, document: Any, world: World) -> Iterator[Desired]:
        """Group, source and set; the types and the entity."""
        origin, purview = origin_at(document), world.environment.purview
        names = (self.group, "contacts", document.name)
        group, source, one = names[0], "/".join(names[:2]), "/".join(names)
        yield types()["cluedin.data_source_group"].desired(group, origin)
        yield types()["cluedin.data_source"].desired(
            source, origin, needs=(f"cluedin.data_source_group:{group}",), type="endpoint"
        )
        yield types()["cluedin.data_set"].desired(
            one, origin, needs=(f"cluedin.data_source:{source}",), type="endpoint", fields=["id"]
        )
        if not self.lineage:
            return
        kept = ("dataset", "metrics") if self.metrics == "publish" else ("dataset",)
        yield from type_resources(purview.type_prefix, origin, *kept)
        key = f"{purview.type_prefix}dataset/{QualifiedNames(purview.name_prefix).data_set(*names)}"
        needs = (f"purview.type:{purview.type_prefix}dataset",)
        yield types()["purview.entity"].desired(key, origin, needs=needs, name=document.name)
