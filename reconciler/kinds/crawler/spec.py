"""What people write in a `Crawler`."""

from __future__ import annotations

from typing import ClassVar, Literal

from reconciler.kinds.project.configured import Configured
from reconciler.kinds.project.exported import Name, Text


class Crawler(Configured):
    """A system that CluedIn fetches records from by itself.

    In CluedIn it makes the configuration of an installed crawler, which starts to fetch as soon as it is made; in
    Purview the provider and a process to the entity types that it brings. Files, endpoints and databases are data
    sources, and belong to a `DataSourceLink`.

    Example::

        apiVersion: reconciler/v1
        kind: Crawler
        metadata: {name: hubspot-eu}
        spec:
          provider: HubSpot
          name: Sales EU
          secrets: {apiToken: {env: LAKE_KEY, version: "1"}}
          source: Sales EU
          source_quality: 4
          active: true
          users: [ada]
          owners: [ada]
          entities: [/Person, /Organization]
          schedule: every 4 hours
    """

    kind: ClassVar[str] = "Crawler"

    entities: tuple[Name, ...] = ()
    """Entity types that it brings, for the lineage: codes, display names, or names of GlossaryMappings. Declared:
    nobody reads records to see."""
    schedule: Text | None = None
    """How often it fetches, as Purview shows it. Declared: the crawler's own code decides."""
    on_remove: Literal["disable", "keep"] = "disable"
    """What becomes of it when no manifest wants it any more: it is switched off, or left as it is. No call that is
    documented removes one, and the records that it brought stay either way."""
