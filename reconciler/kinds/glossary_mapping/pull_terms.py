"""Terms of Purview as items: the way back from `purview.term`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

from reconciler.kinds.glossary_mapping.marks import Contacts, Edge
from reconciler.kinds.glossary_mapping.names import name_problem
from reconciler.kinds.glossary_mapping.rule import KEPT_THERE, sources
from reconciler.kinds.glossary_mapping.spec import TermText
from reconciler.kinds.glossary_mapping.words import Status
from reconciler.kinds.project.people import MOST_CONTACTS
from reconciler.kinds.pulling import Estate, without_nothing
from reconciler.questions.templates import TermTemplates
from reconciler.resources.keys import quote, steps_of, unquote
from reconciler.resources.objects import Live
from reconciler.resources.purview.templates import DEFAULT
from reconciler.resources.purview.term_parts import unsaid

NATIVE_ROOT = "CluedIn-"
"""How the root terms begin that CluedIn's own sync makes ([B]: its documentation)."""
_PLAIN = ("definition", "summary", "abbreviation", "usage")
STATUSES = {status.casefold(): status for status in get_args(Status)}
"""What a manifest may say of how far a term is agreed on, by the same without case."""
_NATIVE = "made by CluedIn's own sync with Purview"


def glossary_of(key: str) -> str:
    """The name of the glossary that a term's key begins with."""
    return unquote(key.partition("/")[0])


def above(key: str) -> str:
    """The key of the term above, or the quoted name of the glossary."""
    return key.rpartition("/")[0]


@dataclass
class Terms:
    """The terms that no manifest wants yet, as items; read once."""

    estate: Estate
    used: set[str] = field(default_factory=set)
    """Keys of terms that stand in a document already."""

    @cached_property
    def glossaries(self) -> list[str]:
        """The glossaries that are asked for, by name."""
        found = self.estate.live("purview.glossary")
        found = {name: live for name, live in found.items() if self.estate.takes_glossary(name)}
        for name, live in found.items():
            if live.fields.get("description") or (live.raw or {}).get("longDescription"):
                self.estate.leave("manifests do not describe glossaries", f"purview.glossary:{name}")
        return list(found)

    @cached_property
    def _hints(self) -> list[str]:
        return [f"{quote(name)}/-" for name in self.glossaries]

    @cached_property
    def live(self) -> Mapping[str, Live]:
        """The terms that can be written down, and are in no manifest."""
        found: dict[str, Live] = {}
        for key, live in self.estate.live("purview.term", self._hints).items():
            if f"purview.term:{live.id}" in sources(self.estate.world):
                self.estate.leave(KEPT_THERE, f"purview.term:{key}")
            elif self._is_sound(key) and not self.estate.is_wanted("purview.term", key):
                found[key] = live
        return found

    @cached_property
    def below(self) -> Mapping[str, list[str]]:
        """The keys of terms by what stands above them."""
        found: dict[str, list[str]] = {}
        for key in self.live:
            found.setdefault(above(key), []).append(key)
        return found

    def roots(self) -> Iterator[str]:
        """Terms that are still to be written and stand below none such."""
        for key in self.live:
            if key not in self.used and (above(key) not in self.live or above(key) in self.used):
                yield key

    def item(self, key: str) -> dict[str, Any]:
        """A term with all below it, as an item."""
        self.used.add(key)
        inner = [self.item(one) for one in self.below.get(key, ()) if one not in self.used]
        return {"name": unquote(key.rpartition("/")[2]), **self.text(key), **without_nothing(terms=inner)}

    def text(self, key: str) -> dict[str, Any]:
        """What is said about a term."""
        live = self.live[key]
        said: dict[str, Any] = {name: live.fields.get(name) for name in _PLAIN}
        said["status"] = self._status(key, live)
        said |= self._templates(key, live)
        for name in TermText.marked(Contacts):
            said[name] = self._contacts(key, live, name)
        said |= {name: self._edges.get((name, key)) for name in TermText.marked(Edge)}
        said["resources"] = self._links(key, live)
        self._leave_parts(key, live)
        return without_nothing(**said)

    def _is_sound(self, key: str) -> bool:
        names = [unquote(one) for one in key.split("/")[1:]]
        if names[0].startswith(NATIVE_ROOT):
            self.estate.leave(_NATIVE, f"purview.term:{key.partition('/')[0]}/{names[0]}")
            return False
        problem = next(filter(None, map(name_problem, names)), None)
        if problem is not None:
            self.estate.leave(f"a name in it {problem}", f"purview.term:{key}")
        return problem is None

    def _status(self, key: str, live: Live) -> str | None:
        status = str(live.fields.get("status") or "draft").casefold()
        if status not in STATUSES:
            self.estate.leave(f"manifests have no status `{status}`", f"purview.term:{key}")
        return None if status == "draft" else STATUSES.get(status)

    def _contacts(self, key: str, live: Live, name: str) -> list[str]:
        ids = [steps_of(path)[0] for path in live.fields if path.startswith(f"{name}[")]
        found = list(self.estate.people(ids))
        if len(found) > MOST_CONTACTS or any(self.estate.world.environment.person(one) is None for one in found):
            self.estate.leave(f"{name} that manifests cannot name", f"purview.term:{key}")
            return []
        return found

    def _templates(self, key: str, live: Live) -> dict[str, Any]:
        """The template with its values, where it is one that Purview knows."""
        values: dict[str, dict[str, Any]] = {}
        for path, value in live.fields.items():
            if path.startswith("attributes["):
                template, attribute = steps_of(path)
                values.setdefault(template, {})[attribute] = value
        named = [steps_of(path)[0] for path in live.fields if path.startswith("templates[")]
        unknown = sorted({*named, *values} - self._known_templates)
        if unknown:
            self.estate.leave(f"the term template `{unknown[0]}` is not in the list of Purview", f"purview.term:{key}")
        named = [one for one in named if one in self._known_templates and one != DEFAULT]
        fitting = {one: values[one] for one in (*named, *values) if one in values and one in self._known_templates}
        if len(named) == 1 and fitting.keys() <= {named[0]}:
            return {"template": named[0], "attributes": fitting}
        return {"attributes": fitting}

    @cached_property
    def _known_templates(self) -> frozenset[str]:
        return frozenset((DEFAULT, *(row.name for row in self.estate.rows(TermTemplates()))))

    def _links(self, key: str, live: Live) -> list[dict[str, str]]:
        found: list[dict[str, str]] = list(live.fields.get("resources") or ())
        good = all(
            one.get("name") and str(one.get("url")).startswith(("https://", "http://", "mailto:")) for one in found
        )
        if not good:
            self.estate.leave("resources without a name or an address", f"purview.term:{key}")
        return [{"name": one["name"], "url": one["url"]} for one in found] if good else []

    @cached_property
    def _edges(self) -> Mapping[tuple[str, str], list[str]]:
        """By field and key of a term the terms that it is related to, each pair once: at its first term."""
        fields = {edge.kind: name for name, edge in TermText.marked(Edge).items()}
        hints = [f"{kind}:{hint}@{hint}" for kind in fields for hint in self._hints]
        found: dict[tuple[str, str], list[str]] = {}
        for pair in self.estate.live("purview.related_term", hints):
            kind, _, ends = pair.partition(":")
            first, _, second = ends.partition("@")
            here, there = (first, second) if first in self.live else (second, first)
            if here in self.live and self._may_refer(there):
                found.setdefault((fields[kind], here), []).append(there)
        return found

    def _may_refer(self, key: str) -> bool:
        return key in self.live or self.estate.is_wanted("purview.term", key)

    def _leave_parts(self, key: str, live: Live) -> None:
        for what in unsaid(live.raw or {}):
            self.estate.leave(f"manifests have no {what} of terms", f"purview.term:{key}")
