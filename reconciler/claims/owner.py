"""Who claims: the repository of the manifests, the environment, and the ledger."""

from __future__ import annotations

import re
import socket
import uuid
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.ledger import Ledger
from reconciler.repository import answer

_SCP = re.compile(r"(?:[^@/\s]+@)?([^:/\s]{2,}):(?!//)(.+)")
"""`git@host:path`, as Git takes it beside URLs; a single letter before the colon is a drive."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who claims something."""

    ledger: str
    """Tells a ledger from all others: made of its salt, which it has from its first day, and does not tell that."""
    repository: str
    """The address of the repository without credentials, or the name of the folder: what people are told."""
    home: str
    """Tells whether two projects are one and the same: by the remote, else by machine and folder; no name of either."""
    environment: str

    @property
    def words(self) -> str:
        """As people are told of it."""
        return f"{self.repository}, environment {self.environment}"

    def is_one_with(self, other: Owner) -> bool:
        """Whether another ledger is of the same project and environment, as when a ledger was lost and began anew."""
        return self.home == other.home and self.environment == other.environment


def owner_of(root: Path, environment: str, ledger: Ledger, remote: str = "origin") -> Owner:
    """Who a run is for: the project at `root`, one of its environments, and the ledger of that."""
    repository, home = _project(root, remote)
    return Owner(_told_apart(f"ledger {ledger.header.salt}"), repository, home, environment)


def address_of(remote: str) -> str:
    """`host/path` of a remote, alike over https and ssh, without credentials; empty for one on this machine."""
    scp = _SCP.fullmatch(remote) if "://" not in remote else None
    if scp is not None:
        host, path = scp[1], scp[2]
    else:
        try:
            split = urlsplit(remote)
            host, path = split.hostname or "", split.path
        except ValueError:
            return ""
    path = path.strip("/").removesuffix(".git")
    return f"{host.lower()}/{path}" if host and path else ""


def _project(root: Path, remote: str) -> tuple[str, str]:
    """The name of a project, and what tells it from others: a name alone proves nothing where there is no remote."""
    remote = answer(root, "config", "--get", f"remote.{remote}.url")
    below = answer(root, "rev-parse", "--show-prefix").strip("/") if remote else ""
    if address := address_of(remote):
        name = f"{address}/{below}" if below else address
        return name, _told_apart(f"remote {name.casefold()}")
    folder = root.resolve()
    return folder.name or "project", _told_apart(f"folder {socket.gethostname()} {folder}")


def _told_apart(text: str) -> str:
    """An id that tells texts apart and does not show them."""
    return str(uuid.UUID(bytes=blake2b(text.encode(errors="surrogateescape"), digest_size=16).digest()))
