"""What people write alike of crawlers and enrichers: a connector, a name, options and secrets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.project.exported import Name, Text
from reconciler.kinds.project.filters import Scalar
from reconciler.manifest.secrets import SecretRef
from reconciler.manifest.spec import Manifest, Spec


class Script(Spec):
    """A longer text that stands in a file of its own."""

    file: Text
    """Its path from the folder of the manifest."""


class RoleRef(Spec):
    """A role of CluedIn."""

    role: Name
    """Its alias in `cluedin.roles` of the environment."""


class Configured(Manifest):
    """A connector of CluedIn's catalogue, set up under a name."""

    provider: Name
    """Name or id of the connector in the live catalogue."""
    name: Name
    """What it is called in CluedIn."""
    config: dict[Text, Scalar | Script] = {}
    """Options by the names that the live catalogue has for them; a script may stand in a file: `{file: vat.js}`."""
    secrets: dict[Text, SecretRef] = {}
    """Options that are secret, whatever CluedIn shows of them: `{apiToken: {env: NAME, version: "1"}}`. They are never
    compared; another `version` writes them again."""
    source: Text | None = None
    """What CluedIn calls the source of its records."""
    source_quality: Annotated[int, Field(ge=0)] | None = None
    """How much its values count against those of others."""
    active: bool | None = None
    """Whether it works; left to people where it is not said. Making one starts it at once."""
    users: tuple[Text, ...] | None = None
    """Who may see what it brings, where CluedIn controls access by source; left to people where it is not said."""
    owners: tuple[Text | RoleRef, ...] | None = None
    """Who approves changes of it in CluedIn, and makes them without asking: people, and roles of the environment as
    `{role: steward}`. All of them, beside the account that signs in; left to people where it is not said."""
    lineage: bool = True
    """Whether Purview shows it, with a process to what it brings."""
