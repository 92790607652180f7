"""The half of a contract that exists where the environment has Purview: the system, and the keys of assets there."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.project.entities import EntityAssets


@dataclass(frozen=True, slots=True)
class PurviewHalf:
    """The Purview that an export is shown in, and what it is called there."""

    system: PurviewSystem
    entities: EntityAssets
    """The entity types as assets."""
    contract: str
    provider_name: str
    """The name of the connector."""
    target_name: str
    """The name of the export target."""

    @property
    def process(self) -> str:
        """The key of the export process."""
        return self._key("export", self.entities.names.export(self.contract))

    @property
    def provider(self) -> str:
        """The key of the export target as an asset."""
        return self._key("organization_provider", self.entities.names.provider(self.provider_name, self.target_name))

    @property
    def placeholder(self) -> str:
        """The key of the placeholder for the exported asset."""
        return self._key("export_target", self.entities.names.target(self.contract))

    def placeholder_column(self, name: str) -> str:
        """The key of a column of the placeholder."""
        names = self.entities.names
        return self._key("column", names.column(names.target(self.contract), name))

    def _key(self, type_name: str, qualified_name: str) -> str:
        return f"{self.system.type_prefix}{type_name}/{qualified_name}"
