"""Git as a tool: a small store of its own beside the clone's, and the few commands that the ledger and its lock need.

The store is a bare repository in the clone's Git folder, so that nothing that the clone has is touched: fetching one
commit deep into the clone itself would make it a shallow one. The clone's own settings (addresses, proxies,
credentials, also those that a checkout in CI leaves) hold here, too; hooks do not.
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.repository import SECONDS, answer, outside_hooks
from reconciler.systems.redact import SECRETS

TOKEN = "RECONCILER_GIT_TOKEN"  # noqa: S105 - the name of a variable
"""The variable whose token signs in over https, where the clone has no credentials of its own."""
MISSING = "0" * 40
FETCHING = 300.0
"""How long the commits of a long history may take, in seconds."""
_UNREACHABLE = (
    "could not resolve", "couldn't resolve", "failed to connect", "couldn't connect", "connection refused",
    "connection timed out", "connection reset", "timed out", "no route to host", "network is unreachable",
    "does not appear to be a git repository", "it took longer than", "returned error: 5", "hung up unexpectedly",
)  # fmt: skip
"""What Git, curl and ssh say of a remote that is not there or does not answer: read off their own messages [A]."""
_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "reconciler"), ("EMAIL", "reconciler@localhost"))
}


class PushRefusedError(Exception):
    """A push that the remote refused because a ref is not as it was expected to be."""


@dataclass(frozen=True, slots=True)
class Clone:
    """The clone that holds a project: its working folder, its Git folder, the name of a remote and its address."""

    root: Path
    folder: Path
    remote: str
    address: str


def clone_of(root: Path, remote: str) -> Clone | None:
    """The clone that a folder is in, if it has such a remote; None without Git, a repository or the remote."""
    folder = answer(root, "rev-parse", "--path-format=absolute", "--git-common-dir")
    address = answer(root, "remote", "get-url", "--push", remote)
    return Clone(root, Path(folder), remote, address) if folder and address else None


class Git:
    """Commands on the store of a ledger, against the remote of its clone."""

    def __init__(self, clone: Clone, name: str, process_env: Mapping[str, str]) -> None:
        self.clone = clone
        self.folder = clone.folder / "reconciler" / f"{name}.git"
        self._env = self._environment(process_env)
        self._made = False

    def _environment(self, process_env: Mapping[str, str]) -> dict[str, str]:
        settings = [("include.path", str(self.clone.folder / "config"))]
        if token := process_env.get(TOKEN, "").strip():
            SECRETS.add(token)
            header = base64.b64encode(f"x-access-token:{token}".encode()).decode()
            SECRETS.add(header)
            settings += [("http.extraHeader", ""), ("http.extraHeader", f"Authorization: Basic {header}")]
            if self.clone.address.startswith(("https://", "http://")):  # a checkout sets its own for this address
                host = "/".join(self.clone.address.split("/")[:3])
                settings += [(f"http.{host}/.extraHeader", ""), (f"http.{host}/.extraHeader", settings[-1][1])]
                settings[1:3] = []
        settings += [
            ("core.hooksPath", os.devnull),
            ("core.bare", "true"),
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
            ("push.gpgSign", "false"),
            ("push.followTags", "false"),
            ("protocol.file.allow", "always"),
        ]
        env = outside_hooks(process_env if process_env is not os.environ else os.environ)
        env = {**outside_hooks(os.environ), **env, **_WHO, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
        env["GIT_CONFIG_COUNT"] = str(len(settings))
        for at, (key, value) in enumerate(settings):
            env[f"GIT_CONFIG_KEY_{at}"], env[f"GIT_CONFIG_VALUE_{at}"] = key, value
        return env

    def run(
        self, *words: str, data: bytes = b"", within: float = SECONDS, more: Mapping[str, str] | None = None
    ) -> bytes:
        """What Git answers, with `more` variables. Raises `ReconcilerError` with its complaint in one sentence."""
        self._make()
        code, out, told = self._call(["--git-dir", str(self.folder), *words], data, within, more)
        if code != 0:
            raise self._failed(words[0], told)
        return out

    def _make(self) -> None:
        if self._made or (self.folder / "HEAD").is_file():
            self._made = True
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        code, _, told = self._call(["init", "--quiet", "--bare", str(self.folder)], b"", SECONDS)
        if code != 0:
            raise self._failed("init", told)
        self._made = True

    def _call(
        self, words: list[str], data: bytes, within: float, more: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, str]:
        """Exit code, answer and complaint; in a session of its own, so that Ctrl-C does not end it half-way."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell; refs and objects are ours
                ["git", *words],  # noqa: S607 - Git is found where the person's is
                input=data,
                capture_output=True,
                timeout=within,
                check=False,
                cwd=self.clone.root,
                env={**self._env, **(more or {})},
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            return -1, b"", f"it took longer than {within:g} s"
        except OSError as error:
            return -1, b"", f"{error.strerror or error}"
        return done.returncode, done.stdout, " ".join(done.stderr.decode(errors="replace").split())

    def _failed(self, verb: str, told: str) -> ReconcilerError:
        return ReconcilerError.of(
            "ledger.git",
            f"Git could not {verb} for the ledger at {self.clone.remote}: {SECRETS.cut(told, 300) or 'no word of why'}",
            self._advice(told),
        )

    def _advice(self, told: str) -> str:
        """What to do, by what Git complains of in its own language: a remote that is not reached asks for no rights."""
        if any(words in told.casefold() for words in _UNREACHABLE):
            return (
                f"The remote is not reached: look at its address (`git remote get-url {self.clone.remote}`), the "
                "network and the host, and run again when it answers. What was applied by then is found by looking."
            )
        return (
            "Reading needs the right to fetch from the remote, an apply the right to push to it. In CI give the job "
            f"`contents: write`, or a token in {TOKEN}."
        )

    # -- the remote ----------------------------------------------------------------------------------------

    def seen(self, *refs: str) -> dict[str, str]:
        """The commits that the remote has for some refs; those that are not there left out."""
        listed = self.run("ls-remote", self.clone.remote, *refs).decode().split("\n")
        found = (line.partition("\t") for line in listed if line)
        return {ref: commit for commit, _, ref in found if ref in refs}

    def fetch(self, commit: str, ref: str, depth: int = 1) -> str:
        """Brings the commit that a ref of the remote points to, with what it holds, unless it is here.

        Returns the one that the ref points to by then.
        """
        if depth == 1 and self.has(commit):
            return commit
        with self._fetching():
            self.run(
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
                f"--depth={depth}", self.clone.remote, f"+{ref}:{_kept(ref)}",
            )  # fmt: skip
            return self.run("rev-parse", _kept(ref)).decode().strip()

    def fetch_commits(self, *commits: str) -> None:
        """Brings commits with all that came before them, and nothing of what they hold, unless they are here."""
        refs = [f"+{commit}:refs/held/commits/{commit}" for commit in commits]
        with self._fetching():
            self.run(
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--filter=tree:0",
                self.clone.remote, *refs, within=FETCHING,
            )  # fmt: skip

    def comes_before(self, earlier: str, later: str) -> bool:
        """Whether a commit is another one, whose history is here as a whole, or came before it."""
        self._make()
        words = ["--git-dir", str(self.folder), "merge-base", "--is-ancestor", earlier, later]
        code, _, told = self._call(words, b"", SECONDS)
        if code < 0:
            raise self._failed("compare commits", told)
        return code == 0

    def has(self, commit: str) -> bool:
        """Whether a commit is here, with all that it holds: what is fetched arrives as a whole."""
        self._make()
        code, _, _ = self._call(["--git-dir", str(self.folder), "cat-file", "-e", f"{commit}^{{tree}}"], b"", SECONDS)
        return code == 0

    @contextmanager
    def _fetching(self) -> Iterator[None]:
        """One fetch at a time in a clone: Git keeps a file that says how deep each goes."""
        from filelock import FileLock

        self._make()
        with FileLock(self.folder / "fetching.lock", timeout=SECONDS):
            yield

    def push(self, ref: str, before: str, commit: str, *, within: float = SECONDS) -> None:
        """Lets a ref of the remote point to a commit, or removes it where that is empty, if it is still `before`.

        Raises `PushRefusedError` when it is not, and `ReconcilerError` when that could not be found out. A ref that
        has the commit already is not looked at by Git, so that the commit must be one that nobody else makes.
        """
        lease = f"--force-with-lease={ref}:{'' if before == MISSING else before}"
        words = ["push", "--porcelain", "--no-verify", "--no-signed", lease, self.clone.remote, f"{commit}:{ref}"]
        self._make()
        code, out, told = self._call(["--git-dir", str(self.folder), *words], b"", within)
        if code == 0:
            self._keep(ref, commit)
            return
        try:
            now = self.seen(ref).get(ref, "")
        except ReconcilerError:
            raise self._failed("push", told) from None
        if now == commit:  # the answer was lost, not the push
            self._keep(ref, commit)
        elif now != ("" if before == MISSING else before) or "reference already exists" in told:
            raise PushRefusedError  # also where the other one came and went in between
        else:
            rejected = [line.split("\t")[-1] for line in out.decode(errors="replace").split("\n") if line[:1] == "!"]
            raise self._failed("push", "; ".join([*rejected, told]))

    def try_push(self, ref: str) -> None:
        """Asks the remote for all that comes before a push to a ref. Raises `ReconcilerError` when it says no."""
        commit = self.commit(self.tree({}), "Nothing")
        words = ["push", "--dry-run", "--force", "--no-verify", "--no-signed", self.clone.remote, f"{commit}:{ref}"]
        self.run(*words)

    def _keep(self, ref: str, commit: str) -> None:
        """Lets the store hold on to what the remote has."""
        if commit:
            self.run("update-ref", _kept(ref), commit)

    # -- objects -------------------------------------------------------------------------------------------

    def commit(self, tree: str, message: str, *parents: str, date: str = "") -> str:
        """A new commit; `date` in seconds, default now."""
        words = [word for parent in parents for word in ("-p", parent)]
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
        return self.run("commit-tree", tree, *words, data=message.encode(), more=dates).decode().strip()

    def tree(self, files: Mapping[str, str]) -> str:
        """A tree of some files: blobs by name."""
        listed = "".join(f"100644 blob {blob}\t{name}\n" for name, blob in sorted(files.items()))
        return self.run("mktree", data=listed.encode()).decode().strip()

    def files(self, commit: str) -> dict[str, str]:
        """The blobs of a commit by name."""
        listed = self.run("ls-tree", commit).decode().splitlines()
        return {name: line.split()[2] for line in listed for name in [line.partition("\t")[2]]}

    def read(self, blobs: Mapping[str, str]) -> dict[str, bytes]:
        """What some blobs hold, by the same names."""
        asked = "".join(f"{blob}\n" for blob in blobs.values()).encode()
        data, found, at = self.run("cat-file", "--batch", data=asked), {}, 0
        for name in blobs:
            end = data.index(b"\n", at)
            size = int(data[at:end].split()[2])
            found[name] = data[end + 1 : end + 1 + size]
            at = end + 2 + size
        return found

    def write(self, contents: Mapping[str, bytes]) -> dict[str, str]:
        """Makes blobs of some contents; the blobs by the same names."""
        import tempfile

        if not contents:
            return {}
        self._make()
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="writing-") as folder:
            paths = []
            for name, data in contents.items():
                path = Path(folder, name)
                path.write_bytes(data)
                paths.append(path)
            asked = "".join(f"{path}\n" for path in paths).encode()
            made = self.run("hash-object", "-w", "--no-filters", "--stdin-paths", data=asked).decode().split()
        return dict(zip(contents, made, strict=True))


def _kept(ref: str) -> str:
    """The ref of the store that holds on to what a ref of the remote had."""
    return f"refs/held/{ref.removeprefix('refs/')}"
