"""One of two environments: its project, its ledger, and what stands between one of its applies and the systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reconciler.ledger.sharded import ShardedBook
from reconciler.workflow import Session
from reconciler_sandbox.web import Request, Response

from ..support import Project
from .direct import HERE
from .estate import Estate
from .remote import Machine, Remote

if TYPE_CHECKING:
    from .two_environments import World

FILE = ("raw", "in/shared.csv")
"""What both environments may read."""
ENVIRONMENT = """
apiVersion: reconciler/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  cluedin:
    url: {cluedin}
    organization: contoso
    sign_in: {{user: admin@contoso.test, password: {{env: CLUEDIN_PASSWORD}}}}
  purview:
    endpoint: {purview}
    collection: {collection}
    name_prefix: {prefix}
    sign_in: {{method: token, token: {{env: PURVIEW_TOKEN}}}}
  scope:
    purview: {{glossaries: [{glossary}], collections: [{collection}]}}
    cluedin: {{key_prefixes: ["{mark}c*"]}}
  policy:
    allow_disruptive: true
    guards: {{deletes_percent: 100, deletes_most: 100000, deletes_all: 100000, updates_percent: 100}}
"""


class Job(Session):
    """A run whose ledger is the one that its machine has opened."""

    opened: ShardedBook

    def book(self, draft: object) -> ShardedBook:
        """See `Session.book`."""
        return self.opened


class Side(Project):
    """One environment with its project: an estate, its manifests, and the ledger that its machines share."""

    def __init__(self, world: World, name: str, cluedin: str, mark: str, remote: Remote) -> None:
        super().__init__(world.root / name, HERE)
        self.world, self.name, self.remote = world, name, remote
        self.env |= {"GITHUB_ACTOR": "ada", "CI": "true"}
        self.prefix = f"cluedin-{name}"
        self.estate = Estate(f"{name.capitalize()} Works", mark, FILE)
        (self.root / "manifests" / "environments" / "sandbox.yaml").unlink()
        collection = f"contoso-purview/MDM/{name.capitalize()}"
        self.write(
            f"environments/{name}.yaml",
            ENVIRONMENT.format(name=name, cluedin=cluedin, purview=HERE, collection=collection, mark=mark,
                               prefix=self.prefix, glossary=self.estate.glossary),
        )  # fmt: skip

    def http(self, method: str, path: str, **more: Any) -> Any:
        """A plain call to the shared Purview."""
        return self.world.http(method, path, **more)

    @contextmanager
    def job(self, machine: Machine) -> Iterator[Job]:
        """A run on a machine."""
        with self.remote.opened(machine) as book:
            made = Job(self.root, self.name, self.env)
            made.opened = book
            yield made


def plainly(request: Request, answer: Callable[[], Response | None]) -> Response | None:
    return answer()


def through(machine: Machine, meanwhile: tuple[int, Callable[[], None]] | None) -> Any:
    """What stands between one apply and the systems."""
    writes = 0

    def watch(request: Request, answer: Callable[[], Response | None]) -> Response | None:
        nonlocal writes
        machine.require()
        if not _is_write(request):
            return answer()
        writes += 1
        if meanwhile is not None and writes == meanwhile[0]:
            meanwhile[1]()
        response: Response | None = machine.write(answer)
        return response

    return watch


def _is_write(request: Request) -> bool:
    path = request.path.lower()
    if request.method == "GET" or path.endswith("/token") or "/search/" in path:
        return False
    return not path.endswith("/graphql") or request.json()["query"].lstrip().startswith("mutation")
