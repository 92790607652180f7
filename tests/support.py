"""A project in a folder against a running sandbox, planned and applied as a user would."""

from __future__ import annotations

import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import Result
from reconciler.diff import Options
from reconciler.doctor.needs import needs_of
from reconciler.plan import Plan
from reconciler.resources.rights import CLAIMS
from reconciler.workflow import Approval, Session, apply_plan, make_plan
from reconciler_sandbox.server import running
from reconciler_sandbox.sign_in import ADMIN

from . import portal

SANDBOXES: dict[str, dict[str, Any]] = {
    "plain": {},
    "normalising": {"normalise": True},
    "lagging": {"lag_ms": 120},
    "strict": {"strict_claims": True},
}
"""The sandboxes that what is always true must be true on."""

EACH_SANDBOX = [
    "plain",
    pytest.param("normalising", marks=pytest.mark.long),
    pytest.param("lagging", marks=pytest.mark.long),
]
"""The same as the `params` of a fixture: the plain one in every run, the others in `make test-all`."""

EACH_WITH_CLAIMS = [*EACH_SANDBOX, pytest.param("strict", marks=pytest.mark.long)]
"""And one that is strict about claims, where who applies holds those alone that the manifests are told to need."""

SECRETS = {
    "CLUEDIN_PASSWORD": "sandbox-password",
    "PURVIEW_TOKEN": "a-token-of-the-sandbox",
    "LAKE_KEY": "the-key-of-the-lake==",
}

ACCOUNTABLE = "accountable@contoso.test"
"""Who applies where the sandbox is strict about claims."""

ENVIRONMENT = """
apiVersion: reconciler/v1
kind: Environment
metadata: {name: sandbox}
spec:
  cluedin:
    url: "${var.SANDBOX_URL}"
    organization: contoso
    sign_in: {user: admin@contoso.test, password: {env: CLUEDIN_PASSWORD}}
    roles:
      steward: {name: Data Steward, id: e7068523-eb58-5e24-bfa8-2371b304d3db}
      sales: {name: Sales, id: 1d80b9af-985a-5b9e-a035-0259d5a35f37}
    access_template: {user: ada@example.com, role: steward, key: user.email, vocabulary: person}
  purview:
    endpoint: "${var.SANDBOX_URL}"
    collection: contoso-purview/MDM/CluedIn
    sign_in: {method: token, token: {env: PURVIEW_TOKEN}}
  people:
    ada: {object_id: 30435ff9-9b96-44af-a5a9-e05c8b1ae2df, email: ada@example.com, cluedin_user: ada@example.com}
  policy: {allow_disruptive: true}
"""


class Project:
    """Manifests, a ledger and a sandbox."""

    def __init__(self, root: Path, url: str, lag_ms: int = 0, user: str = ADMIN) -> None:
        self.root, self.url, self.lag_ms = root, url, lag_ms
        self.env = {"RECONCILER_VAR_SANDBOX_URL": url, "RECONCILER_SECRETS": ",".join(SECRETS), **SECRETS}
        self.stop = threading.Event()
        self._shown_at = 0.0
        self.write("environments/sandbox.yaml", ENVIRONMENT.replace(ADMIN, user))

    def write(self, name: str, text: str) -> Path:
        """Writes one manifest."""
        path = self.root / "manifests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces text in a manifest; it must be there."""
        path = self.root / "manifests" / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def hold_least(self) -> None:
        """Lets who applies hold the claims alone that `doctor --access` tells for the manifests as they are."""
        needs = needs_of(self.session().draft()).applying
        held = {CLAIMS[area]: level for area, level in needs.items()}
        self.http("PUT", "/_sandbox/settings", json={"claims": {ACCOUNTABLE: held}})

    def session(self) -> Session:
        """A session as the command line makes one."""
        return Session(self.root, "sandbox", self.env, stop=self.stop)

    def plan(self, **options: Any) -> Plan:
        """Reads and compares, once what people did is to be seen; writes nothing."""
        self._look_later()
        return make_plan(self.session(), Options(**options))

    def apply(self, *, skip_refused: bool = False, **options: Any) -> Result:
        """Plans and applies, once what people did is to be seen."""
        self._look_later()
        return apply_plan(self.session(), Options(**options), Approval(skip_refused=skip_refused))

    def actions(self, **options: Any) -> list[tuple[str, str]]:
        """What a plan would do, as (action, address)."""
        return [(change.action, change.address) for change in self.plan(**options).changes]

    # -- what people and tests do to the sandbox -------------------------------------------------------------

    def http(self, method: str, path: str, **more: Any) -> Any:
        """A plain call, as a person's portal would make it."""
        headers = {"authorization": "Bearer of-a-person"}
        answer = portal.request(method, self.url + path, headers=headers, timeout=30, **more)
        answer.raise_for_status()
        if method != "GET":
            self._shown_at = time.monotonic() + self.lag_ms / 1000 + 0.1
        return answer.json() if answer.content else None

    def writes(self) -> list[dict[str, Any]]:
        """The requests since the last reset of the log that may have changed something."""
        return [r for r in self.requests() if _is_write(r)]

    def requests(self) -> list[dict[str, Any]]:
        """Every request that the sandbox saw."""
        return self.http("GET", "/_sandbox/requests")  # type: ignore[no-any-return]

    def terms(self, glossary: str) -> dict[str, dict[str, Any]]:
        """The live terms of a glossary by own name."""
        atlas = "/datamap/api/atlas/v2/glossary"
        guid = next(
            g["guid"] for g in self.http("GET", f"{atlas}?ignoreTermsAndCategories=true") if g["name"] == glossary
        )
        return {t.get("nickName", t["name"]): t for t in self.http("GET", f"{atlas}/{guid}/terms?limit=1000")}

    def settle(self) -> None:
        """Waits until a lagging sandbox shows what people just did in any way."""
        if self.lag_ms:
            time.sleep(self.lag_ms / 1000 + 0.1)

    def _look_later(self) -> None:
        """The same of what was done by `http`: a test says it only where people did it otherwise."""
        if self.lag_ms:
            time.sleep(max(0.0, self._shown_at - time.monotonic()))

    def edit_term(self, guid: str, **fields: str) -> None:
        """What the portal does when somebody edits a term."""
        self.http("PUT", f"/datamap/api/atlas/v2/glossary/term/{guid}/partial", json=fields)


def _is_write(request: dict[str, Any]) -> bool:
    path = request["path"].lower()
    if request["method"] == "GET" or path.endswith(("/connect/token", "/token")) or "/search/" in path:
        return False
    return not (path.endswith("/graphql") and request.get("operation") == "query")


@contextmanager
def project(root: Path, **settings: Any) -> Iterator[Project]:
    """A project with its own sandbox."""
    with running(**{"seed": "demo", **settings}) as sandbox:
        strict = bool(settings.get("strict_claims"))
        yield Project(root, sandbox.url, settings.get("lag_ms", 0), ACCOUNTABLE if strict else ADMIN)
