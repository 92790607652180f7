"""A crawler or an enricher on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from reconciler.kinds.base import Kind, origin_at
from reconciler.kinds.project.configured import Configured, Script
from reconciler.kinds.project.entities import EntityAssets
from reconciler.kinds.project.text_files import text_of
from reconciler.manifest.findings import Path
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.questions.providers import Enrichers
from reconciler.resources.cluedin.providers import is_of_sources
from reconciler.resources.keys import quote
from reconciler.resources.objects import Origin

C = TypeVar("C", bound=Configured)


class Configuration(Kind[C], Generic[C]):
    """A document with its world, and the names that follow from both."""

    told_by_answers = frozenset({"purview.entity"})
    type_name: ClassVar[str]
    """The type of its resource: `cluedin.crawler`."""
    process_type: ClassVar[str]
    """The type of its process in Purview, without the prefix."""
    noun: ClassVar[str]
    """What people call one."""

    # -- what a kind says of itself ------------------------------------------------------------------------

    @property
    def brings(self) -> tuple[tuple[Path, str], ...]:
        """The words for entity types that its lineage leads to, each with its place."""
        return ()

    @property
    def returned_keys(self) -> tuple[str, ...]:
        """The vocabulary keys that it fills, as far as that is declared."""
        return ()

    def of_process(self, assets: EntityAssets, provider: str, codes: Sequence[str]) -> Mapping[str, Any]:  # noqa: ARG002
        """Further fields of its process in Purview, which leads from `provider` to entity types."""
        return {}

    def more_options(self) -> Mapping[str, Any]:
        """Options that are written as fields of their own."""
        return {}

    def more_values(self) -> Mapping[str, Any]:
        """Further fields of its resource."""
        return {}

    def more_needs(self) -> Iterable[str]:
        """Addresses of what it needs before."""
        return ()

    @property
    def labels(self) -> frozenset[str]:
        """Words for sensitivity of what it sends to others."""
        return frozenset()

    # -- names ---------------------------------------------------------------------------------------------

    @property
    def concept(self) -> str:
        """What it is called."""
        return self.name

    @cached_property
    def connectors(self) -> tuple[Connector, ...] | None:
        """The live catalogue; None where it was not asked."""
        return self.world.answers.of(Connectors())

    @cached_property
    def connector(self) -> Connector | None:
        """Its connector in the live catalogue; None where it is not installed, or not known."""
        word = self.spec.provider.strip().strip("{}").casefold()
        rows = self.connectors or ()
        return next((one for one in rows if word in (one.id.casefold(), one.name.casefold())), None)

    @property
    def provider(self) -> str:
        """The name of the connector: as the live catalogue spells it, else as it is written."""
        return self.connector.name if self.connector is not None else self.spec.provider.strip()

    @property
    def name(self) -> str:
        """Its own name in CluedIn."""
        return self.spec.name.strip()

    @property
    def key(self) -> str:
        """The key of its resource, and of its state."""
        return f"{quote(self.provider)}/{quote(self.name)}"

    @property
    def address(self) -> str:
        """The address of its resource."""
        return f"{self.type_name}:{self.key}"

    def origin(self, *path: str | int) -> Origin:
        """Where the document wants something."""
        return origin_at(self.document, path)

    # -- options -------------------------------------------------------------------------------------------

    @cached_property
    def scripts(self) -> Mapping[str, str | None]:
        """The texts of files by option; None for one that cannot be read."""
        given = self.spec.config.items()
        return {
            name: text_of(self.world, self.document, value.file) for name, value in given if isinstance(value, Script)
        }

    @cached_property
    def options(self) -> dict[str, Any]:
        """Every option that is no secret, in the spelling of the live catalogue where that offers a choice."""
        given = {name: value for name, value in self.spec.config.items() if not isinstance(value, Script)}
        given |= {name: text for name, text in self.scripts.items() if text is not None}
        return {name: self._spelled(name, value) for name, value in (given | dict(self.more_options())).items()}

    def _spelled(self, name: str, value: Any) -> Any:
        option = self.connector.option(name) if self.connector is not None else None
        choices = option.choices if option is not None else ()
        return next((one for one in choices if str(value).casefold() == one.casefold()), value)

    # -- which connectors are which ------------------------------------------------------------------------

    def sort_of(self, connector: Connector) -> str:
        """What a connector is for, as far as the answers tell."""
        enrichers = self.world.answers.of(Enrichers())
        if connector.modes:
            return "export target"
        if is_of_sources({"id": connector.id, "name": connector.name}):
            return "data source"
        if enrichers is None:
            return self.noun
        return "enricher" if connector.id.casefold() in enrichers else "crawler"

    def fitting(self) -> Iterator[str]:
        """The names of the connectors that it may be made of."""
        yield from (one.name for one in self.connectors or () if self.sort_of(one) == self.noun)
