"""A place on an Apache Atlas that one run of the suite has to itself: names of its own, and a way to clear them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from reconciler.claims import register as claims
from reconciler.resources import type_of, types
from reconciler.resources.base import Resource
from reconciler.resources.keys import PARTS
from reconciler.resources.objects import Live, Write
from reconciler.systems.auth import Basic
from reconciler.systems.dialect import ATLAS
from reconciler.systems.http import Connection
from reconciler.systems.purview import Purview, errors

from ..support import Project

API = "/api/atlas/v2"
SPREADING = 20.0
"""Seconds within which Atlas has put a classification on all that it reaches."""
A_URL = 100
"""Guids that one address has room for."""
SEARCHED = 30.0
"""Seconds within which Atlas' search shows what was written."""

ENVIRONMENT = """
apiVersion: reconciler/v1
kind: Environment
metadata: {name: sandbox}
spec:
  purview:
    endpoint: "${var.ATLAS_URL}"
    mode: atlas
    sign_in: {method: basic, user: "${var.ATLAS_USER}", password: {env: ATLAS_PASSWORD}}
    type_prefix: "${var.TYPES}"
    name_prefix: "${var.NAMES}"
  policy:
    guards: {deletes_percent: 100, deletes_most: 1000, deletes_all: 1000, updates_percent: 100}
"""


class Place:
    """Names that nobody else uses, on one Atlas."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url, self.user, self.password = url.rstrip("/"), user, password
        self.run = uuid.uuid4().hex[:10]
        self.glossary = f"Live {self.run}"
        self.types = f"live{self.run}_"
        self.names = f"live-{self.run}"
        self.label = f"LIVE {self.run}"
        self.http = httpx.Client(base_url=self.url, auth=(user, password), timeout=600)
        connection = Connection("purview", self.url, Basic(user, password), errors)
        self.purview = Purview(connection, {"endpoint": self.url}, ATLAS)

    # -- as a person does it ---------------------------------------------------------------------------------

    def send(self, method: str, path: str, json: Any, query: Mapping[str, Any]) -> httpx.Response:
        """One request; again while Atlas still spreads a classification that is to go (406-00-001)."""
        until = time.monotonic() + SPREADING
        while True:
            answer = self.http.request(method, API + path, json=json, params=query or None)
            if answer.status_code != 406 or time.monotonic() > until:
                return answer
            time.sleep(0.5)

    def call(self, method: str, path: str, json: Any = None, *, status: int | None = None, **query: Any) -> Any:
        """A plain call below `/api/atlas/v2`; with `status` that one answer is expected, else any that is good."""
        answer = self.send(method, path, json, query)
        if status is None:
            assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        else:
            assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def code(self, method: str, path: str, json: Any = None, **query: Any) -> str:
        """The error code of a call that Atlas refuses."""
        answer = self.send(method, path, json, query)
        assert answer.status_code >= 400, f"{method} {path} was not refused"
        return str(answer.json().get("errorCode") or answer.status_code).removeprefix("ATLAS-")

    def glossary_guid(self) -> str:
        """The guid of our glossary."""
        listed = self.call("GET", "/glossary", ignoreTermsAndCategories="true")
        return next(str(one["guid"]) for one in listed if one["name"] == self.glossary)

    def terms(self) -> dict[str, dict[str, Any]]:
        """The terms of our glossary by name, each read by itself: a listing does not name their categories."""
        found = self.call("GET", f"/glossary/{self.glossary_guid()}/terms/headers", limit=1000, offset=0, sort="ASC")
        terms = [self.call("GET", f"/glossary/term/{term['termGuid']}") for term in found]
        return {str(term["name"]): term for term in terms}

    def categories(self) -> dict[str, dict[str, Any]]:
        """The categories of our glossary by name."""
        found = self.call("GET", f"/glossary/{self.glossary_guid()}/categories", limit=1000, offset=0, sort="ASC")
        return {str(category["name"]): category for category in found}

    def entity(self, type_name: str, qualified_name: str) -> dict[str, Any] | None:
        """An entity by its qualified name, None when there is none or only a deleted one."""
        query = {"attr:qualifiedName": qualified_name}
        answer = self.http.get(f"{API}/entity/uniqueAttribute/type/{type_name}", params=query)
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text[:500]
        found: dict[str, Any] = answer.json()["entity"]
        return found if found["status"] == "ACTIVE" else None

    # -- as the engine does it -------------------------------------------------------------------------------

    def read(self, name: str, *keys: str) -> dict[str, Live]:
        """Live objects of a resource type by key."""
        type = types()[f"purview.{name}"]
        return {live.key: live for live in type.read(self.purview.fresh(), dict.fromkeys(keys, frozenset()))}

    def one(self, name: str, key: str) -> Live:
        """One object that is there."""
        return self.read(name, key)[key]

    def parts(self, name: str, key: str) -> list[str]:
        """Addresses of what hangs on an object; without one, what it is."""
        type = types()[f"purview.{name}"]
        found = {live.key: live for live in type.read(self.purview.fresh(), {key: frozenset({PARTS})})}
        return sorted(part.address or part.what for part in found[key].parts)

    def there(self, name: str, key: str) -> bool:
        """Whether an object is there."""
        return key in self.read(name, key)

    def create(self, name: str, key: str, /, **values: Any) -> str | None:
        """Creates one object from what a kind would give."""
        return self.create_many(name, {key: values})[0]

    def create_many(self, name: str, wanted: Mapping[str, Mapping[str, Any]]) -> list[str | None]:
        """Creates several objects in one batch."""
        type = types()[f"purview.{name}"]
        writes = [self._write(type, key, type.desired(key, **values).values) for key, values in wanted.items()]
        return type.create_many(self.purview.fresh(), writes)

    def find(self, name: str, id: str) -> Live | None:
        """One object by its live id."""
        return types()[f"purview.{name}"].find(self.purview.fresh(), id)

    def update(self, name: str, key: str, values: Mapping[str, Any]) -> None:
        """Changes paths of one object."""
        type = types()[f"purview.{name}"]
        type.update_many(self.purview.fresh(), [self._write(type, key, values, self.one(name, key))])

    def rename(self, name: str, key: str, to: str) -> None:
        """Gives one object another name."""
        type = types()[f"purview.{name}"]
        type.rename(self.purview.fresh(), self._write(type, to, {}, self.one(name, key)))

    def delete(self, name: str, *keys: str) -> None:
        """Deletes objects in one batch."""
        type, live = types()[f"purview.{name}"], self.read(name, *keys)
        type.delete_many(self.purview.fresh(), [self._write(type, key, {}, live[key]) for key in keys])

    def _write(self, type: Resource, key: str, values: Mapping[str, Any], live: Live | None = None) -> Write:
        return Write(type.address(key), key, dict(values), live, self._id_of)

    def _id_of(self, address: str) -> str:
        return self.one(type_of(address).name, address.partition(":")[2]).id

    # -- afterwards ------------------------------------------------------------------------------------------

    def release(self) -> None:
        """Forgets what projects of this run claim, so that the next one may; the types of claims stay for others."""
        ours = [claim for claim in claims.read(self.purview).claims if self.run in str(claim.holdings)]
        claims.remove(self.purview, ours)
        if ours:
            purged = self.http.put("/api/atlas/admin/purge/", json=[claim.guid for claim in ours])
            assert purged.status_code == 200, purged.text[:500]

    def clear(self) -> None:
        """Removes everything of ours: claims, entities for good, glossaries, types; fails when something stays.

        Entities go before the terms that are on them, and what is for some types before these: none could go the other
        way round.
        """
        self.release()
        for definition in self._definitions().get("entityDefs", []):
            self._purge(definition["name"])
        listed = self.call("GET", "/glossary", ignoreTermsAndCategories="true")
        for glossary in [one["guid"] for one in listed if one["name"].startswith(self.glossary)]:
            self.call("DELETE", f"/glossary/{glossary}")
        definitions = self._definitions()
        for category in ("relationshipDefs", "classificationDefs", "businessMetadataDefs", "entityDefs"):
            if definitions.get(category):
                self.call("DELETE", "/types/typedefs", {category: definitions[category]})
        assert not self._definitions()

    def _definitions(self) -> dict[str, list[dict[str, Any]]]:
        found = self.call("GET", "/types/typedefs")
        ours = {
            category: [one for one in listed if one["name"].startswith((self.types, self.label))]
            for category, listed in found.items()
            if isinstance(listed, list)
        }
        return {category: listed for category, listed in ours.items() if listed}

    def _purge(self, type_name: str) -> None:
        """Deletes the entities of a type and forgets them; the search may be behind what was written."""
        body = {"typeName": type_name, "includeSubTypes": False, "excludeDeletedEntities": False, "limit": 1000}
        guids: set[str] = set()
        until = time.monotonic() + SEARCHED
        while time.monotonic() < until:
            found = {entity["guid"] for entity in self.call("POST", "/search/basic", body).get("entities") or []}
            if not found:
                return
            new = sorted(found - guids)
            for part in (new[at : at + A_URL] for at in range(0, len(new), A_URL)):
                self.call("DELETE", "/entity/bulk", guid=part)
                purged = self.http.put("/api/atlas/admin/purge/", json=part)
                assert purged.status_code == 200, purged.text[:500]
                until = time.monotonic() + SEARCHED
            guids.update(new)
            time.sleep(0.5)
        raise AssertionError(f"entities of {type_name} are still found {SEARCHED:.0f} s after they were purged")


class AtlasProject(Project):
    """Manifests and a ledger against a place on an Atlas."""

    def __init__(self, root: Path, place: Place) -> None:
        super().__init__(root, place.url)
        self.place = place
        self.env = {
            "RECONCILER_VAR_ATLAS_URL": place.url,
            "RECONCILER_VAR_ATLAS_USER": place.user,
            "RECONCILER_VAR_TYPES": place.types,
            "RECONCILER_VAR_NAMES": place.names,
            "RECONCILER_SECRETS": "ATLAS_PASSWORD",
            "ATLAS_PASSWORD": place.password,
        }
        self.write("environments/sandbox.yaml", ENVIRONMENT)

    def done(self, **options: Any) -> None:
        """Applies; everything must be done, and the next plan empty."""
        result = self.apply(**options)
        left = [(one.status, one.change.address, one.message) for one in result.outcomes if one.status != "done"]
        assert not left, left
        assert result.complete
        assert self.actions(**options) == []


@contextmanager
def place_on(url: str, user: str, password: str) -> Iterator[Place]:
    """A place that is cleared at the end."""
    found = Place(url, user, password)
    try:
        yield found
        found.clear()
    finally:
        found.http.close()
