"""One peer's load against a sandbox, run by the interpreter of the environment that has the peer, and nothing of ours.

`python loading.py PEER TASK URL GLOSSARY SIZE` prints `{"seconds": S, "error": "…"}`. Only the calls are timed. What a
command-line tool does for one command is called in this process, as its start would be most of the time; the hosts
and sign-ins that such a tool has built in are pointed to the sandbox.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TOKEN, CLASSIFICATION, TYPE = "a-token-of-the-sandbox", "MICROSOFT.PERSONAL.EMAIL", "azure_datalake_gen2_path"
BATCH, PAGE = 500, 100


class PyApacheAtlas:
    """The library, by its own calls."""

    def __init__(self, url: str, glossary: str) -> None:
        core = importlib.import_module("pyapacheatlas.core")
        base = importlib.import_module("pyapacheatlas.auth.base")

        class Bearer(base.AtlasAuthBase):  # type: ignore[misc, name-defined]
            def get_authentication_headers(self, **given: Any) -> dict[str, str]:
                return {"Authorization": f"Bearer {TOKEN}"}

        self.client = core.AtlasClient(endpoint_url=f"{url}/datamap/api/atlas/v2", authentication=Bearer())
        self.mark, self.guid = core.AtlasClassification(CLASSIFICATION), glossary

    def term(self, body: dict[str, Any]) -> None:
        self.client.glossary.upload_term(body)

    def entities(self, bodies: list[dict[str, Any]]) -> list[str]:
        answer = self.client.upload_entities(bodies)
        return list(answer["guidAssignments"].values())

    def classify(self, guids: list[str]) -> None:
        self.client.classify_bulk_entities(guids, self.mark)

    def terms(self) -> int:
        return len(self.client.glossary.get_glossary(guid=self.guid, detailed=True)["terms"])


class ApacheAtlas:
    """Apache Atlas' own client. It addresses `/api/atlas` only, and signs in with a password."""

    def __init__(self, url: str, glossary: str) -> None:
        base = importlib.import_module("apache_atlas.client.base_client")
        self.client, self.guid = base.AtlasClient(url, ("admin", "admin")), glossary

    def term(self, body: dict[str, Any]) -> None:
        self.client.glossary.create_glossary_term(body)

    def entities(self, bodies: list[dict[str, Any]]) -> list[str]:
        return list(self.client.entity.create_entities({"entities": bodies}).guidAssignments.values())

    def classify(self, guids: list[str]) -> None:
        marked = {"classification": {"typeName": CLASSIFICATION}, "entityGuids": guids}
        self.client.entity.add_classification(marked)

    def terms(self) -> int:
        found = 0
        while page := self.client.glossary.get_glossary_terms(self.guid, "ASC", PAGE, found):
            found += len(page)
        return found


class Commands:
    """What the two command-line tools have in common: a payload is a file, and options are words."""

    bulk_marks = ""

    def __init__(self, url: str, glossary: str) -> None:
        self.guid = glossary
        self.folder = tempfile.TemporaryDirectory()
        _redirect(url)
        self.sign_in()
        client = "purviewcli.client"
        self.of_entities = importlib.import_module(f"{client}._entity").Entity
        self.of_glossary = importlib.import_module(f"{client}._glossary").Glossary

    def sign_in(self) -> None:
        raise NotImplementedError

    def term(self, body: dict[str, Any]) -> None:
        self.of_glossary().glossaryCreateTerm(self._given(body))

    def entities(self, bodies: list[dict[str, Any]]) -> list[str]:
        answer = self.of_entities().entityCreateBulk(self._given({"entities": bodies}))
        answer = answer.get("data", answer) if isinstance(answer, dict) else {}
        return list(answer.get("guidAssignments", {}).values())

    def classify(self, guids: list[str]) -> None:
        marked = {"classification": {"typeName": CLASSIFICATION}, "entityGuids": guids}
        getattr(self.of_entities(), self.bulk_marks)(self._given(marked))

    def terms(self) -> int:
        found = 0
        while True:
            page = self.of_glossary().glossaryReadTerms(self._given(None) | {"--limit": PAGE, "--offset": found})
            page = page.get("data", page) if isinstance(page, dict) else page
            if not isinstance(page, list) or not page:
                return found
            found += len(page)

    def _given(self, body: Any) -> dict[str, Any]:
        path = Path(self.folder.name, "payload.json")
        path.write_text(json.dumps(body), encoding="utf-8")
        more = {"--includeTermHierarchy": False, "--extInfo": False, "--sort": "ASC", "--purviewName": None}
        return {"--payloadFile": str(path), "--glossaryGuid": self.guid, **more}


class PurviewCli(Commands):
    """`pv`; a new credential for each command."""

    bulk_marks = "entityCreateBulkClassification"

    def sign_in(self) -> None:
        module = importlib.import_module("purviewcli.client.client")
        jwt = importlib.import_module("jwt")
        token = jwt.encode({"oid": "a"}, "k" * 32, algorithm="HS256")
        credential = type("Credential", (), {"get_token": lambda *_: type("Token", (), {"token": token})})
        module.DefaultAzureCredential = lambda **_: credential()  # type: ignore[attr-defined]
        importlib.import_module("purviewcli.client.settings").PURVIEW_NAME = "sandbox"  # type: ignore[attr-defined]


class PvwCli(Commands):
    """`pvw`; another package of the same module's name."""

    bulk_marks = "entityBulkClassification"

    def sign_in(self) -> None:
        client = importlib.import_module("purviewcli.client.sync_client").SyncPurviewClient
        client._get_authentication_token = lambda *_, **__: TOKEN
        client._get_purview_account_id = lambda *_: "sandbox"


def _redirect(sandbox: str) -> None:
    """Whatever a tool sends goes to the sandbox."""
    session = importlib.import_module("requests").Session
    send = session.request

    def sent(self: Any, method: str, url: str, *more: Any, **given: Any) -> Any:
        path = url.partition("://")[2].partition("/")[2]
        return send(self, method, f"{sandbox}/{path}", *more, **given)

    session.request = sent


PEERS: dict[str, Any] = {
    "pyapacheatlas": PyApacheAtlas,
    "apache-atlas": ApacheAtlas,
    "purviewcli": PurviewCli,
    "pvw-cli": PvwCli,
}


def load(peer: Any, task: str, glossary: str, size: int) -> None:
    """Does the task; raises what the peer raises."""
    if task == "terms":
        for at in range(size):
            name = f"Load {at}"
            peer.term({"name": name, "longDescription": f"{name}.", "anchor": {"glossaryGuid": glossary}})
    elif task == "entities":
        guids: list[str] = []
        for start in range(0, size, BATCH):
            guids += peer.entities([_entity(at) for at in range(start, min(size, start + BATCH))])
        peer.classify(guids)
    else:
        found = peer.terms()
        if found < size:
            raise RuntimeError(f"{found} of {size} terms listed")


def _entity(at: int) -> dict[str, Any]:
    name = f"load{at}.csv"
    attributes = {"name": name, "qualifiedName": f"https://lake.dfs.core.windows.net/raw/load/{name}"}
    return {"typeName": TYPE, "guid": str(-1 - at), "attributes": attributes}


def main() -> None:
    """One load; a peer's own output is not ours to show."""
    name, task, url, glossary, size = sys.argv[1:]
    error, heard = "", io.StringIO()
    with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
        peer = PEERS[name](url, glossary)
        started = time.perf_counter()
        try:
            load(peer, task, glossary, int(size))
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as why:  # noqa: BLE001 - one of the peers raises what is no Exception, another leaves the process
            error = f"{type(why).__name__}: {why}"[:200]
        seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "error": error}))


if __name__ == "__main__":
    main()
