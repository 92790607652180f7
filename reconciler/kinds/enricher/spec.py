"""What people write in an `Enricher`."""

from __future__ import annotations

from typing import ClassVar, Literal

from reconciler.kinds.project.configured import Configured
from reconciler.kinds.project.exported import Name, Text
from reconciler.manifest.spec import Spec


class Returns(Spec):
    """What an enricher gives back, for the lineage."""

    entity_types: tuple[Name, ...] = ()
    """Entity types of the records that get values; default the one that it is asked about."""
    keys: tuple[Text, ...] = ()
    """Full vocabulary keys that it fills."""


class Enricher(Configured):
    """A service that CluedIn asks about records of one entity type.

    In CluedIn it makes the configuration of an installed enricher, which works as soon as it is made and sends new
    records of its type to the service; records that are there are enriched when somebody asks for it. Where keys of the
    type carry labels, somebody has to approve each of them. In Purview it makes the provider and a process.

    Example::

        apiVersion: reconciler/v1
        kind: Enricher
        metadata: {name: vat}
        spec:
          provider: REST API
          name: VAT check
          entity_type: /Organization
          config:
            version: v2
            includeConfidenceScore: true
            processScript: "return ask(record);"
          secrets: {apiKey: {env: LAKE_KEY, version: "1"}}
          active: true
          owners: [ada]
          returns: {keys: [organization.website]}
          on_remove: delete
    """

    kind: ClassVar[str] = "Enricher"

    entity_type: Name | None = None
    """The records that it is asked about: code, display name, or name of a GlossaryMapping."""
    returns: Returns = Returns()
    """What it gives back. Declared, and compared with what the enricher says of itself."""
    test: Literal["verify", "never"] = "verify"
    """Whether CluedIn tries the credentials before it is made, as far as the enricher can."""
    on_remove: Literal["disable", "delete", "keep"] = "disable"
    """What becomes of it when no manifest wants it any more: it is switched off, deleted, or left as it is. What it
    found stays on the records either way."""
