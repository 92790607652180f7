"""Where the documents of a project apply: two systems, people, scope, policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from reconciler.environment.audit import AuditPlace
from reconciler.environment.below import ProjectFile
from reconciler.environment.people import Person, find_person
from reconciler.environment.policy import Policy
from reconciler.environment.scope import Scope
from reconciler.environment.sign_in import CluedInSystem, PurviewSystem, Url
from reconciler.manifest.documents import ENVIRONMENT
from reconciler.manifest.spec import Manifest, Spec

Scalar = str | int | float | bool


GitRef = Annotated[
    str, Field(pattern=r"^refs/[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+$", max_length=200)
]
BlobContainer = Annotated[str, Field(pattern=r"^[a-z0-9](-?[a-z0-9]){2,62}$", max_length=63)]
BlobPrefix = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$", max_length=200)
]


class GitPlace(Spec):
    """A ledger in the project's own repository."""

    remote: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=100)] = "origin"
    """The remote of the clone that the ledger is pushed to."""
    ref: GitRef | None = None
    """The ref that holds it; default `refs/reconciler/NAME/ledger`."""

    def ref_of(self, name: str) -> str:
        """The ref, for the environment called `name`."""
        return self.ref or f"refs/reconciler/{name}/ledger"


class BlobPlace(Spec):
    """A ledger in Azure Blob Storage.

    It signs in with the identity of the run, or with the key of the account in the process variable
    `RECONCILER_BLOB_KEY`; nothing of that is written in a manifest.
    """

    account_url: Url
    """Address of the storage account, such as `https://acme.blob.core.windows.net`."""
    container: BlobContainer
    """The container, which must be there."""
    prefix: BlobPrefix | None = None
    """What the names of its blobs begin with; default `reconciler/NAME`."""

    def prefix_of(self, name: str) -> str:
        """The prefix, for the environment called `name`."""
        return self.prefix or f"reconciler/{name}"


class LedgerPlace(Spec):
    """Where the ledger is kept: in one of a file, the repository, or blobs.

    Where nothing is said, it is the project's repository for all that share one (in CI always, elsewhere unless there
    is a ledger file or the systems are on this machine), else a file.
    """

    path: ProjectFile | None = None
    """File of the ledger, from the root of the project; default `.reconciler/ledger/NAME.jsonl`."""
    git: GitPlace | None = None
    """In the repository that the project is in; `{}` for the usual remote and ref."""
    blob: BlobPlace | None = None
    """In Azure Blob Storage, with the identity of the run (needs the extra `azure`)."""
    lock_seconds: Annotated[int, Field(ge=8, le=3600)] = 120
    """How long the lock of a run that was cut off keeps others out, where others can see it; in Azure Blob Storage it
    is 15 at least and 60 at most."""

    @model_validator(mode="after")
    def _in_one_place(self) -> LedgerPlace:
        if len([one for one in (self.path, self.git, self.blob) if one is not None]) > 1:
            raise ValueError("a ledger is kept in one place: give one of path, git and blob")
        return self


class Environment(Manifest):
    """Where the documents of a project apply.

    It names the endpoints of CluedIn and Purview and how to sign in, what all documents share (the
    collection, prefixes of names and types, people), which part of each system belongs to it, and what an
    apply may do. Secrets are never written here: `{env: NAME}` names the process variable that holds one.
    Either system may be left out; documents then make only what the other one needs.

    Example::

        apiVersion: reconciler/v1
        kind: Environment
        metadata: {name: test, description: The test systems}
        spec:
          cluedin:
            url: https://acme.cluedin.test
            organization: acme
            sign_in: {user: reconciler@acme.test, password: {env: CLUEDIN_PASSWORD}}
          purview:
            endpoint: https://acme-purview.purview.azure.com
            sign_in: {method: workload_identity}
            collection: acme-purview/MDM/CluedIn
            name_prefix: cluedin-test
          people:
            ada: {object_id: 30435ff9-9b96-44af-a5a9-e05c8b1ae2df, email: ada@acme.test}
          scope:
            purview: {glossaries: [Enterprise]}
            cluedin: {key_prefixes: [customer, product]}
          policy:
            on_drift: {fields: {purview.term.definition: once}}
            protect: ["purview.term:Enterprise/*"]
    """

    kind: ClassVar[str] = ENVIRONMENT
    elsewhere: ClassVar[Mapping[str, str]] = {
        "resolve_people": "Looking people up in Microsoft Graph comes later: list them under `people`."
    }

    cluedin: CluedInSystem | None = None
    """The CluedIn of the environment."""
    purview: PurviewSystem | None = None
    """The Purview, or Apache Atlas, of the environment."""
    variables: dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], Scalar] = {}
    """Values for `${var.NAME}` in all documents; `RECONCILER_VAR_NAME` in the process wins over them."""
    people: dict[str, Person] = {}
    """Aliases for people, used for experts, stewards and owners."""
    scope: Scope = Scope()
    """The part of each system that belongs to this environment."""
    ledger: LedgerPlace = LedgerPlace()
    """Where it is kept what the tool owns in this environment."""
    audit: AuditPlace = AuditPlace()
    """Where it is kept who changed what."""
    policy: Policy = Policy()
    """What an apply may do without being asked again."""
    strict: bool = False
    """Treat warnings as errors."""

    def person(self, name: str) -> Person | None:
        """The person of an alias, an e-mail address in `people`, or an object id."""
        return find_person(self.people, name)

    def reached_as(self, today: Environment) -> Environment:
        """What this environment gives its documents, with the sign-in, the ledger, the scope and the policy of today's.

        So an older revision is planned without the rights of its time, and where the systems are now.
        """
        kept: dict[str, Any] = {"ledger": today.ledger, "scope": today.scope, "policy": today.policy}
        kept["cluedin"] = today.cluedin if self.cluedin is not None else None
        if self.purview is not None and today.purview is not None:
            names = {name: getattr(self.purview, name) for name in ("collection", "type_prefix", "name_prefix")}
            kept["purview"] = today.purview.model_copy(update=names)
        else:
            kept["purview"] = None
        return self.model_copy(update=kept)

    def ledger_path(self, name: str) -> str:
        """The file of the ledger, from the root of the project, for the environment called `name`."""
        return self.ledger.path or f".reconciler/ledger/{name}.jsonl"

    def audit_path(self, name: str) -> str:
        """The file of the audit, from the root of the project, for the environment called `name`."""
        return self.audit.path or f".reconciler/audit/{name}.jsonl"
