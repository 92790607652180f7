"""The half of a link that exists where its data set is shown in Purview: the system, and the keys of assets there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from reconciler.environment.sign_in import PurviewSystem
from reconciler.kinds.project.names import QualifiedNames


@dataclass(frozen=True)
class PurviewHalf:
    """The Purview that a data set is shown in, and what it is called there."""

    system: PurviewSystem
    names: tuple[str, str, str]
    """The names of the group, the source and the set."""

    @cached_property
    def qualified(self) -> QualifiedNames:
        """The qualified names of the environment."""
        return QualifiedNames(self.system.name_prefix)

    @cached_property
    def data_set_name(self) -> str:
        """The qualified name of the data set as an asset."""
        return self.qualified.data_set(*self.names)

    @cached_property
    def data_set(self) -> str:
        """The key of the data set as an asset."""
        return f"{self.system.type_prefix}dataset/{self.data_set_name}"

    def column(self, name: str) -> str:
        """The key of a column of the data set as an asset."""
        return f"{self.system.type_prefix}column/{self.qualified.column(self.data_set_name, name)}"
