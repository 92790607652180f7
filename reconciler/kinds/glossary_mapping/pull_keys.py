"""Vocabularies of CluedIn with their keys: the way back from `cluedin.vocabulary` and `cluedin.vocabulary_key`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.kinds.glossary_mapping.names import name_problem
from reconciler.kinds.glossary_mapping.rule import KEPT_THERE, sources
from reconciler.kinds.glossary_mapping.spec import Annotations
from reconciler.kinds.glossary_mapping.words import DATA_TYPES
from reconciler.kinds.project.declared import declared
from reconciler.kinds.pulling import Estate, without_nothing
from reconciler.resources.cluedin.key_values import name_in, storage_of
from reconciler.resources.cluedin.shared import PREFIX
from reconciler.resources.keys import steps_of
from reconciler.resources.objects import Live

_NATIVE = "made by CluedIn's own sync with Purview"
_SHIPPED = "comes with CluedIn or a connector"
_CODE = re.compile(r"(/[A-Za-z0-9_.-]+)+")
_USUAL = {"editable": True, "nullable": True}
"""Annotations that say nothing: what a key has that nobody annotated."""


@dataclass
class Vocabularies:
    """The vocabularies that no manifest wants yet, and all of their keys; read once."""

    estate: Estate

    @cached_property
    def all(self) -> Mapping[str, Live]:
        """Every vocabulary that is asked for and may be managed, by its key prefix."""
        found: dict[str, Live] = {}
        for prefix, live in self.estate.live("cluedin.vocabulary").items():
            if not self.estate.takes_prefix(prefix):
                continue
            if live.foreign is not None:
                self.estate.leave(_SHIPPED, f"cluedin.vocabulary:{prefix}")
            elif f"cluedin.vocabulary:{live.id}" in sources(self.estate.world):
                self.estate.leave(KEPT_THERE, f"cluedin.vocabulary:{prefix}")
            elif prefix.casefold().startswith("purview.") or str(live.fields.get("entity_type")).startswith(
                "/Purview/"
            ):
                self.estate.leave(_NATIVE, f"cluedin.vocabulary:{prefix}")
            elif not PREFIX.fullmatch(prefix):
                self.estate.leave("a key prefix that manifests cannot have", f"cluedin.vocabulary:{prefix}")
            else:
                found[prefix] = live
        return found

    @property
    def new(self) -> Iterator[tuple[str, Live]]:
        """Those that no manifest wants."""
        return ((one, live) for one, live in self.all.items() if not self.estate.is_wanted("cluedin.vocabulary", one))

    @cached_property
    def keys(self) -> Mapping[str, dict[str, Live]]:
        """The keys that no manifest wants, by the prefix of their vocabulary."""
        found: dict[str, dict[str, Live]] = {}
        hints = [f"{prefix}.-" for prefix in self.all]
        spelled = {prefix.casefold(): prefix for prefix in self.all}
        spellings = dict(declared(self.estate.world).columns)
        for key, live in self.estate.new("cluedin.vocabulary_key", hints).items() if hints else ():
            prefix = spelled.get(str(live.fields.get("vocabulary")).casefold())
            if prefix is None:
                continue
            if live.foreign is not None:
                self.estate.leave(_SHIPPED, f"cluedin.vocabulary_key:{key}")
            elif (other := spellings.setdefault(key.casefold(), key)) != key:
                self.estate.leave(f"differs from `{other}` only in case", f"cluedin.vocabulary_key:{key}")
            else:
                found.setdefault(prefix, {})[key] = live
        return found

    def vocabulary(self, prefix: str, group: str | None) -> dict[str, Any]:
        """What is said of a vocabulary; `group` is that of most of its keys."""
        live = self.all[prefix]
        fields = live.fields
        return {
            "name": fields.get("name") or prefix,
            "key_prefix": prefix,
            **without_nothing(
                description=fields.get("description"),
                source=fields.get("provider"),
                active=fields.get("active") or None,
                owners=list(self._owners(prefix, live)),
                entity_type=self._entity_type(prefix, fields.get("entity_type")),
                group=group,
            ),
        }

    def group_of(self, prefix: str) -> str | None:
        """The group that most keys of a vocabulary are in."""
        groups = Counter(live.fields.get("group") for live in self.keys.get(prefix, {}).values())
        named = [(-count, str(group)) for group, count in groups.items() if group]
        return min(named)[1] if named and None not in groups else None

    def item(self, key: str, live: Live, group: str | None, labels: Iterable[str]) -> dict[str, Any]:
        """A key as an item that is no term yet; one whose name can be no term's says that."""
        fields = live.fields
        prefix, shown = str(fields.get("vocabulary")), str(fields.get("display_name") or "")
        own = name_in(key, prefix)
        sound = bool(shown) and name_problem(shown) is None
        data_type = fields.get("data_type")
        if data_type not in DATA_TYPES:
            self.estate.leave(f"manifests have no data type `{data_type}`", f"cluedin.vocabulary_key:{key}")
            data_type = None
        storage = fields.get("storage")
        return {
            "name": shown if sound else own,
            "key": own,
            **({} if sound or name_problem(own) is None else {"term": False}),
            **without_nothing(
                display_name=None if sound or shown == own else shown,
                description=fields.get("description"),
                data_type=data_type,
                storage=None if data_type is not None and storage == storage_of(data_type) else storage,
                group=None if fields.get("group") == group else fields.get("group"),
                classification=fields.get("classification"),
                labels=list(labels),
                visible=False if fields.get("visible") is False else None,
                annotations=_annotations(fields),
                value_change_insignificant=fields.get("value_change_insignificant") or None,
                lookup=fields.get("lookup"),
                maps_to=fields.get("maps_to"),
                obsolete=fields.get("obsolete") or None,
            ),
        }

    def _owners(self, prefix: str, live: Live) -> Iterator[str]:
        people = self.estate.world.environment.people
        aliases = {one.user.casefold(): alias for alias, one in people.items() if one.user is not None}
        for path in live.fields:
            if path.startswith("owners["):
                (user,) = steps_of(path)
                if user in aliases or "@" in user:
                    yield aliases.get(user, user)
                else:
                    self.estate.leave("owners that manifests cannot name", f"cluedin.vocabulary:{prefix}")

    def _entity_type(self, prefix: str, code: Any) -> dict[str, Any] | None:
        live = self._entity_types.get(str(code))
        if code is None or live is None:
            return None
        if not _CODE.fullmatch(str(code)) or not live.fields.get("display_name"):
            self.estate.leave("an entity type that manifests cannot name", f"cluedin.vocabulary:{prefix}")
            return None
        return {"name": live.fields["display_name"], "code": code, **without_nothing(icon=live.fields.get("icon"))}

    @cached_property
    def _entity_types(self) -> Mapping[str, Live]:
        return self.estate.live("cluedin.entity_type")


def _annotations(fields: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: fields[name] for name in Annotations.model_fields if name in fields}
    return {name: value for name, value in said.items() if value != _USUAL.get(name, False) and value != 0}
