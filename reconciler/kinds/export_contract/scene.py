"""One export contract on the way to its resources: what every step looks up, found once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from reconciler.environment.sign_in import CluedInSystem
from reconciler.kinds.base import Kind, origin_at
from reconciler.kinds.declarations import NO_EXPORTS, Exports
from reconciler.kinds.export_contract.delivery import FORMS, PROVIDERS, Form, Location, location_of, options_of
from reconciler.kinds.export_contract.paste import Merged, merged
from reconciler.kinds.export_contract.purview import PurviewHalf
from reconciler.kinds.export_contract.schedule import Schedule, schedule_of
from reconciler.kinds.export_contract.spec import Column, Delivery, ExportContract
from reconciler.kinds.project.entities import EntityAssets, labels_of_key
from reconciler.kinds.project.exported import PropertyOf
from reconciler.kinds.project.references import EntityWord, entity_word
from reconciler.manifest.findings import Path
from reconciler.questions.catalogue import Connector, Connectors
from reconciler.resources.cluedin.target_options import as_meant
from reconciler.resources.keys import quote
from reconciler.resources.objects import Origin


class Contract(Kind[ExportContract]):
    """A document with its world, and the names that follow from both."""

    @cached_property
    def merged(self) -> Merged:
        """The delivery, from both forms in which it can be written."""
        return merged(self.spec)

    @property
    def exports(self) -> Exports:
        """The stream, the export target where the contract manages it, and the keys that go out."""
        if not self.wanted:
            return NO_EXPORTS
        keys = tuple(one.from_ for one in self.spec.columns if isinstance(one.from_, str))
        return Exports(self.name, self.target_key if self.delivery.target.manage else None, keys)

    # -- what is written -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name of the contract, its stream and its files."""
        return self.document.name

    @property
    def delivery(self) -> Delivery:
        """The delivery from both forms."""
        return self.merged.delivery

    @cached_property
    def form(self) -> Form:
        """The form of delivery; files of Parquet where the contract does not say.

        A place that no connector known here writes to has only the options of `target.config`.
        """
        form = FORMS[self.delivery.type or "file-parquet"]
        if self.is_elsewhere and self.delivery.target.provider is not None:
            return replace(form, family="other", provider_id="", provider="", strings=False)
        return form

    @property
    def is_elsewhere(self) -> bool:
        """Whether the connection leads to Amazon's or Google's storage."""
        return (self.delivery.connection or "").lower().startswith(("s3://", "s3a://", "gs://"))

    @property
    def address_is_secret(self) -> bool:
        """Whether the address for `http` is given as a secret: a signature in it is one."""
        return self.form.family == "http" and "url" in self.delivery.target.secrets

    @property
    def bound(self) -> bool:
        """Whether the contract says which records go where."""
        return self.spec.entity is not None and (self.delivery.connection is not None or self.merged.mentions("target"))

    @property
    def wanted(self) -> bool:
        """Whether the contract makes anything."""
        return self.bound and self.spec.status != "retired"

    @cached_property
    def purview(self) -> PurviewHalf | None:
        """The half in Purview, where the environment has one."""
        system = self.environment.purview
        if system is None:
            return None
        return PurviewHalf(system, EntityAssets(self.world, system), self.name, self.provider, self.target_name)

    @property
    def cluedin(self) -> CluedInSystem | None:
        """The CluedIn of the environment, if it has one."""
        return self.environment.cluedin

    def origin(self, path: Path = ()) -> Origin:
        """Where the contract wants something."""
        return origin_at(self.document, path)

    def at(self, field: str) -> Path:
        """Where a field of the delivery is written, in either form."""
        return self.merged.path(field)

    @cached_property
    def schedule(self) -> Schedule | None:
        """The schedule; None when there is none, or it is not one."""
        try:
            return schedule_of(self.delivery.schedule) if self.delivery.schedule else None
        except ValueError:
            return None

    @cached_property
    def location(self) -> Location:
        """The connection taken apart; empty when it does not fit the form."""
        try:
            return location_of(self.form, self.delivery.connection) if self.delivery.connection else Location()
        except ValueError:
            return Location()

    # -- which records -------------------------------------------------------------------------------------

    @cached_property
    def entity(self) -> EntityWord:
        """The entity type; its code is None when it is not known."""
        return entity_word(self.world, self.spec.entity) if self.spec.entity else EntityWord(None)

    @property
    def code(self) -> str:
        """The code of the entity type, which a check has found; the word itself offline."""
        return self.entity.code or f"/{''.join((self.spec.entity or '').split())}"

    def columns(self) -> Iterator[tuple[int, Column]]:
        """The columns with their numbers."""
        yield from enumerate(self.spec.columns)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The vocabulary keys under the columns, each once."""
        return tuple(dict.fromkeys(one.from_ for one in self.spec.columns if isinstance(one.from_, str)))

    @cached_property
    def all_keys(self) -> tuple[str, ...]:
        """The vocabulary keys under the columns and in the conditions, each once."""
        return tuple(dict.fromkeys([*self.keys, *(one.key for one in self.spec.where if one.key is not None)]))

    def labels_of(self, column: Column) -> tuple[str, ...]:
        """The labels that a column has from its key."""
        return () if isinstance(column.from_, PropertyOf) else labels_of_key(self.world, column.from_)

    # -- names and keys of resources -----------------------------------------------------------------------

    @cached_property
    def connector(self) -> Connector | None:
        """The connector in the live catalogue; None when it was not asked or is not installed."""
        wanted = self.delivery.target.provider or self.form.provider_id
        words = {wanted.strip().strip("{}").casefold(), self.provider_written.casefold()} - {""}
        rows: tuple[Connector, ...] = self.world.answers.of(Connectors()) or ()
        by_id = next((one for one in rows if one.id.casefold() in words), None)
        return by_id or next((one for one in rows if one.name.casefold() in words), None)

    @property
    def provider_written(self) -> str:
        """The name of the connector as far as it is known offline; an id that nobody knows stays one."""
        given = self.delivery.target.provider
        if given is None:
            return self.form.provider
        return PROVIDERS.get(given.strip().strip("{}").casefold(), given.strip())

    @property
    def provider(self) -> str:
        """The name of the connector: the live one, else as it is known offline."""
        return self.connector.name if self.connector is not None else self.provider_written

    @property
    def target_name(self) -> str:
        """The name of the export target."""
        return (self.delivery.target.name or self.name).strip()

    @property
    def target_key(self) -> str:
        """The key of the export target."""
        return f"{quote(self.provider)}/{quote(self.target_name)}"

    @property
    def stream_key(self) -> str:
        """The key of the stream, its export and its state."""
        return quote(self.name)

    @cached_property
    def options(self) -> dict[str, Any]:
        """Every option of the target that the contract says, `config` last, in the form that is compared."""
        try:
            found = options_of(self.form, self.delivery, self.schedule)
        except ValueError:
            found = {}
        return as_meant(found | dict(self.delivery.target.config))
