"""Where manifests come from: their commit, who wrote it, its pull request, and who runs this.

It is what Git, CI and the machine claim, not a proof; the systems' own logs know the identity that signed in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from reconciler.repository import answer, why_unreadable

_PULL = re.compile(r"refs/pull/(\d+)/")
_AT_GITHUB = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.github\.com", re.IGNORECASE)
"""The address that GitHub gives who keeps his own to himself: it holds the login (GitHub's page on it, [A])."""
_IN_WORDS = re.compile(r"(?:(?P<name>.*\S)\s*<)?(?P<email>[^<>\s]+@[^<>\s]+)>?")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_COMMIT = re.compile("[0-9a-f]{40}")
_LARGEST_EVENT = 32 * 1024 * 1024
UNNAMED = "unknown"
_AUTHORS = 100
"""So many of the commits that a merge brought are looked at."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as Git or CI knows them; `login` is their name at GitHub."""

    name: str = ""
    email: str = ""
    login: str = ""

    def __str__(self) -> str:
        """`Ada <ada@example.com>`, or what is known of that."""
        name = self.name or self.login
        return f"{name} <{self.email}>" if name and self.email else name or self.email

    @classmethod
    def of(cls, text: str) -> Person:
        """The person whom `str` has put into words; a single word may be a login as well as a name."""
        found = _IN_WORDS.fullmatch(text.strip())
        return cls(found["name"] or "", found["email"]) if found else cls(text.strip())

    def is_same(self, other: Person) -> bool:
        """Whether two may be one person: they share a name, an address or a login, in whatever case."""
        return not self._names().isdisjoint(other._names())

    def _names(self) -> set[str]:
        hidden = _AT_GITHUB.fullmatch(self.email)
        names = (self.name, self.email, self.login, hidden[1] if hidden else "")
        return {name.strip().casefold() for name in names if name.strip()}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of the manifests of a run; all of it empty outside Git."""

    commit: str = ""
    uncommitted: bool = False
    """Whether the manifests differ from the commit."""
    authors: tuple[Person, ...] = ()
    """Who wrote them: the author of the pull request before those of the commit, or of what a merge brought."""
    pull_request: int = 0
    """Its number; 0 where CI tells of none."""
    actor: Person = Person()
    """Who runs this."""
    repository: str = ""
    """The address of the repository on the web, where CI tells it."""
    unreadable: str = ""
    """Why Git does not tell the commit although there is one."""

    @property
    def author(self) -> str:
        """Who wrote the manifests, in words; empty when nobody knows."""
        return str(self.authors[0]) if self.authors else ""

    def wrote(self, person: Person) -> bool:
        """Whether a person wrote what is planned; whoever runs this wrote what is not committed."""
        return any(map(person.is_same, (*self.authors, *((self.actor,) if self.uncommitted else ()))))


UNKNOWN = Provenance()


def provenance_of(root: Path, process_env: Mapping[str, str], revision: str = "") -> Provenance:
    """Where the manifests of a project come from: of its working folder, or of another commit of its clone.

    A folder whose manifests Git does not keep has no commit, also where it stands in a clone of something else.
    """
    actor = actor_of(root, process_env)
    commit = revision or answer(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if not commit:
        return Provenance(actor=actor, unreadable=why_unreadable(root))
    if not revision and not answer(root, "ls-tree", "--name-only", commit, "--", "manifests"):
        return Provenance(actor=actor)
    changed = not revision and answer(root, "status", "--porcelain", "--untracked-files=all", "--", "manifests")
    event = _event(process_env)
    number, author = _pull_request(process_env, event)
    authors = [*([author] if author is not None else []), *_authors(root, commit, event)]
    web = repository_on_the_web(process_env)
    return Provenance(commit, bool(changed), tuple(dict.fromkeys(authors)), number, actor, web)


def repository_on_the_web(process_env: Mapping[str, str]) -> str:
    """`https://github.com/acme/mdm` in a job of GitHub (its page of variables, [A]); empty elsewhere."""
    server, name = (process_env.get(word, "") for word in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"))
    return f"{server.rstrip('/')}/{name}" if server.startswith("https://") and _REPOSITORY.fullmatch(name) else ""


def authors_since(root: Path, before: str, commit: str) -> tuple[Person, ...]:
    """Who wrote the manifests' commits after another commit; all of them where it is empty or not in the clone."""
    known = before and answer(root, "cat-file", "-t", before) == "commit"
    span = f"{before}..{commit}" if known else commit
    rows = _written(root, span, "--", "manifests") if commit else []
    return tuple(dict.fromkeys(Person(name, email) for _, name, email, _ in rows))


def again_by(process_env: Mapping[str, str]) -> Person | None:
    """Who ran a workflow of GitHub again, where it is not whose event it is (GitHub's page of variables, [A])."""
    login = process_env.get("GITHUB_TRIGGERING_ACTOR", "")
    return Person(login=login) if login and login != process_env.get("GITHUB_ACTOR") else None


def actor_of(root: Path, process_env: Mapping[str, str]) -> Person:
    """Who runs this: the actor of a job of GitHub or Azure DevOps, else who Git says, else the user of the machine.

    `GITHUB_ACTOR` is whose event started the workflow (GitHub's page of variables, [A]); `BUILD_REQUESTEDFOR` is the
    person whom a build is for (Azure DevOps' predefined variables, [A]).
    """
    if login := process_env.get("GITHUB_ACTOR", ""):
        return Person(login=login)
    if process_env.get("BUILD_REQUESTEDFOR"):
        return _requested_for(process_env)
    name, email = (answer(root, "config", "--get", f"user.{part}") for part in ("name", "email"))
    return Person(name, email) if name or email else Person(user() or UNNAMED)


def user() -> str:
    """The user of the machine; empty where it has no name, as in some containers."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def github_run(process_env: Mapping[str, str]) -> str:
    """The page of a run of GitHub; empty elsewhere."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (process_env.get(name) for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""


def pull_request_of(process_env: Mapping[str, str]) -> int:
    """The number of the pull request that a job is of, where CI tells it; 0 elsewhere."""
    return _pull_request(process_env, _event(process_env))[0]


def before_it(process_env: Mapping[str, str]) -> str:
    """The commit before what a job of GitHub is of: the base of its pull request, or where a pushed branch stood.

    Empty where the event tells none, as by hand, or the branch is new (GitHub's page of events, [A]).
    """
    event = _event(process_env)
    request = event.get("pull_request")
    base = request.get("base") if isinstance(request, dict) else None
    told = base.get("sha") if isinstance(base, dict) else event.get("before")
    return told if isinstance(told, str) and _COMMIT.fullmatch(told) and told.strip("0") else ""


def _requested_for(process_env: Mapping[str, str]) -> Person:
    return Person(process_env.get("BUILD_REQUESTEDFOR", ""), process_env.get("BUILD_REQUESTEDFOREMAIL", ""))


def _pull_request(process_env: Mapping[str, str], event: Mapping[str, Any]) -> tuple[int, Person | None]:
    """The number of the pull request and who opened it, where CI tells it.

    GitHub checks `refs/pull/N/merge` out, and its event holds the request, or the comment below it (its page of
    events, [A]); Azure DevOps has a number where the code is at GitHub, else an id, and builds it for its author ([A]).
    """
    request = event.get("pull_request")
    issue = event.get("issue")
    if not isinstance(request, dict) and isinstance(issue, dict) and issue.get("pull_request"):
        request = issue
    told = request if isinstance(request, dict) else {}
    found = _PULL.match(process_env.get("GITHUB_REF", ""))
    number = int(found[1]) if found else told.get("number")
    if isinstance(number, int) and number > 0:
        user = told.get("user")
        login = user.get("login") if isinstance(user, dict) else None
        return number, Person(login=login) if isinstance(login, str) and login else None
    for name in ("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"):
        if (digits := process_env.get(name, "")).isdecimal():
            author = _requested_for(process_env)
            return int(digits), author if str(author) else None
    return 0, None


def _event(process_env: Mapping[str, str]) -> Mapping[str, Any]:
    """What started a workflow of GitHub; nothing where there is no such file, or it is none of theirs."""
    path = Path(process_env.get("GITHUB_EVENT_PATH") or "/")
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_EVENT:
            return {}
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _authors(root: Path, commit: str, event: Mapping[str, Any]) -> list[Person]:
    """Who wrote a commit; of a merge, who wrote what it brought, as far as the clone has it."""
    told = _log(root, "-1", commit)
    is_merge = any(len(parents.split()) > 1 for *_, parents in told)
    rows = (_written(root, f"{commit}^1..{commit}") if is_merge else []) or told
    return [Person(name, email, _login(sha, event)) for sha, name, email, _ in rows]


def _written(root: Path, *words: str) -> list[list[str]]:
    """The newest commits of a span that are no merges, as `_log` gives them."""
    return _log(root, "--no-merges", f"--max-count={_AUTHORS}", *words)


def _log(root: Path, *words: str) -> list[list[str]]:
    """Of each commit its id, the name and the address of its author, and its parents."""
    said = answer(root, "-c", "log.showSignature=false", "log", "--format=%H%x00%aN%x00%aE%x00%P", *words)
    rows = (line.split("\0") for line in said.splitlines())
    return [row for row in rows if len(row) == 4]


def _login(commit: str, event: Mapping[str, Any]) -> str:
    """The author of a commit as GitHub calls them, where a push brought it (GitHub's page of the event, [A])."""
    listed = event.get("commits")
    for one in (event.get("head_commit"), *(listed if isinstance(listed, list) else ())):
        author = one.get("author") if isinstance(one, dict) and one.get("id") == commit else None
        if isinstance(author, dict) and isinstance(author.get("username"), str):
            return str(author["username"])
    return ""
