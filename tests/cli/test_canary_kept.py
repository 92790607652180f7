"""What a run leaves behind holds no canary: ledgers of every place, audits, reports, telemetry; whatever repeats it."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ..ledger.estates import BlobEstate, blob_estate
from ..support import Project
from ..support_azurite import KEY
from .canaries import CANARIES, FORMATS, every_file, hits
from .conftest import Ran
from .test_state import EMAIL, in_a_clone

Run = Callable[..., Ran]
PORTAL = "Somebody wrote the key here: " + CANARIES["LAKE_KEY"]
MANIFEST = "Sign in with " + CANARIES["PURVIEW_TOKEN"] + " to see it."


class Place:
    """Where ledger and audit of a project are; `pieces` gives all that is kept there, apart from the manifests."""

    def __init__(self, made: Project, spec: str = "") -> None:
        self.made = made
        if spec:
            made.edit("environments/sandbox.yaml", "  variables:", f"{spec}  variables:")

    def pieces(self) -> Iterable[tuple[str, bytes]]:
        kept = self.made.root / ".reconciler"
        return [(str(path), path.read_bytes()) for path in kept.rglob("*") if path.is_file()]


class GitPlace(Place):
    """Every object of the remote and of the clone but those of the branch, where manifests and their author are."""

    def __init__(self, made: Project) -> None:
        super().__init__(made, "  ledger: {git: {}}\n")
        self.remote = in_a_clone(made.root)
        author = f"Ada {CANARIES['LAKE_KEY']} <ada@example.com>"
        by = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        git(made.root, *by, "commit", "-q", "--amend", "--no-edit", "--author", author)

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        yield from super().pieces()
        for folder in (self.remote, self.made.root):
            listed = git(folder, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
            of_branches = git(folder, "rev-list", "--objects", "main").split()
            for line in listed.decode().splitlines():
                name, kind = line.split()
                if name.encode() not in of_branches:
                    yield f"{kind} {name} of {folder.name}", git(folder, "cat-file", kind, name)


class BlobPlace(Place):
    """Every blob of the container, whatever it is for."""

    def __init__(self, made: Project, account: BlobEstate) -> None:
        self.account = account
        place = f"account_url: '{account.place.account_url}', container: {account.place.container}"
        audit = f"  audit: {{blob: {{{place}, name: audit/sandbox.jsonl}}}}\n"
        super().__init__(made, f"  ledger: {{blob: {{{place}}}}}\n{audit}")

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        yield from super().pieces()
        for blob in self.account.container.list_blobs(include=["metadata"]):
            yield blob.name, self.account.read(blob.name)
            yield f"metadata of {blob.name}", json.dumps(blob.metadata).encode()


def git(folder: Path, *words: str) -> bytes:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True).stdout


@pytest.fixture(
    params=[
        "file",
        pytest.param("git", marks=pytest.mark.long),
        pytest.param("blob", marks=[pytest.mark.node, pytest.mark.long]),
    ]
)
def kept(request: pytest.FixtureRequest, caged: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with ExitStack() as stack:
        if request.param == "blob":
            monkeypatch.setenv("RECONCILER_BLOB_KEY", KEY)
            account = stack.enter_context(blob_estate(request.getfixturevalue("azurite_port")))
            yield BlobPlace(caged, account)
        else:
            yield GitPlace(caged) if request.param == "git" else Place(caged)


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """All that a collector of OpenTelemetry is sent."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield bodies
    server.shutdown()
    server.server_close()


def test_nothing_that_is_kept_or_sent_elsewhere_holds_one(
    kept: Place, run: Run, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, collected: list[bytes]
) -> None:
    """Secrets stand in a text of a manifest, in one of the portal, and in what a system answers."""
    made, out = kept.made, tmp_path_factory.mktemp("out")
    shown: list[tuple[str, str]] = []

    def ran(*words: str, code: int = 0) -> None:
        one = run("-v", *words)
        assert one.code == code, (words, one.err[-900:])
        shown.append((" ".join(words), one.out + one.err))

    def also(name: str) -> list[str]:
        return [word for form in FORMATS for word in ("--also", f"{form}={out / name}.{form}")]

    ran("apply", "--yes", *also("first"))
    made.edit("glossary/customer.yaml", "Primary contact address.", json.dumps(MANIFEST))
    email = next(term for name, term in made.terms("Enterprise").items() if name == "Email")
    made.edit_term(email["guid"], longDescription=PORTAL)
    ran("plan", "--out", str(out / "plan.json"), "--force-conflicts", *also("planned"))
    for form in FORMATS:
        assert "(sensitive value)" in (out / f"planned.{form}").read_text(encoding="utf-8")
        ran("show", str(out / "plan.json"), "--format", form)
        ran("drift", "--format", form)
    ran("drift", "--accept")
    fault = {"path": "glossary/term", "status": 400, "times": 9, "body": {"errorMessage": f"{PORTAL}; {MANIFEST}"}}
    made.http("POST", "/_sandbox/faults", json=fault)
    ran("apply", str(out / "plan.json"), *also("refused"), code=1)
    made.http("DELETE", "/_sandbox/faults")
    ran("apply", "--yes", "--force-conflicts", *also("second"))
    ran("state", "list")
    ran("state", "list", "--format", "json")
    ran("state", "show", EMAIL)
    ran("state", "pull", "--out", str(out / "ledger.jsonl"))
    ran("state", "push", str(out / "ledger.jsonl"), "--yes")
    ran("state", "mv", EMAIL, f"{EMAIL}s", "--yes")
    ran("state", "forget", f"{EMAIL}s", "--yes")
    ran("unlock", "--yes")
    ran("doctor")
    assert [(name, hits(said)) for name, said in shown if hits(said)] == []
    assert every_file(out) == []
    pieces = list(kept.pieces())
    assert any(b"purview.term:" in data for _, data in pieces)
    assert any(data.startswith(b'{"audit":') for _, data in pieces)
    assert [(name, hits(data)) for name, data in pieces if hits(data)] == []
    assert len(collected) >= len(shown)
    assert hits(b"".join(collected)) == []
    assert KEY not in repr([*shown, *pieces, *collected, *(path.read_bytes() for path in out.iterdir())])


def test_what_is_told_offline_holds_none(caged: Project, run: Run, tmp_path: Path) -> None:
    """No system is asked, and so no secret needed: texts of manifests that hold one are shown without it even so."""
    in_a_clone(tmp_path)
    caged.edit("glossary/customer.yaml", "Primary contact address.", json.dumps(MANIFEST))
    caged.edit("exports/customers_wide_v1.yaml", "Customers as the warehouse reads them", json.dumps(PORTAL))
    git(tmp_path, "add", "manifests")
    git(tmp_path, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", MANIFEST)
    for words in (
        ("release-notes", "--from", "HEAD~1"),
        ("contracts", "check", "--against", "HEAD~1"),
        ("contracts", "export", "--out", str(tmp_path / "odcs")),
        ("graph", "--format", "json"),
        ("validate", "--format", "json"),
        ("validate",),
    ):
        ran = run("-v", *words)
        assert ran.code == 0, (words, ran.err)
        assert hits(ran.out + ran.err) == [], words
