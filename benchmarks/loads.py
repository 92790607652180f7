"""`peers`: terms, entities with a classification, and a listing, beside the clients that people use today."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks import tables
from benchmarks.glossary import make_glossary
from benchmarks.peers import loading
from benchmarks.processes import ROOT, measure
from benchmarks.sandboxes import sandbox

TERMS, ENTITIES = 300, 2_000
CONDITIONS: tuple[tuple[str, dict[str, float]], ...] = (
    ("30 ms", {"latency_ms": 30}),
    ("25 a second", {"rate_limit": 25}),
)
TASKS = ("terms", "entities", "listing")
NEEDS = {
    "apache-atlas": ("apache-atlas==0.0.16",),
    "purviewcli": ("purviewcli==0.3.3", "docopt", "PyJWT", "setuptools<81"),
    "pvw-cli": ("pvw-cli==1.15.11",),
}
"""What an environment of its own has for a peer; `purviewcli` and `pvw-cli` bring a module of the same name."""
ENVIRONMENTS = ROOT / "build" / "peers"


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a load: seconds, requests, those refused, objects that are not there, and what the peer said."""

    seconds: float
    requests: int
    refused: int
    lost: int
    error: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table, without the name."""
        lost = f"{self.lost:,}" if self.lost >= 0 else ""
        return tables.seconds(self.seconds), f"{self.requests:,}", f"{self.refused:,}", lost, self.error[:60]


def run(size: int | None = None) -> None:
    """Measures every task under every condition, each way against a fresh sandbox."""
    terms, entities = min(size or TERMS, TERMS), size or ENTITIES
    tables.heading(
        f"peers: {terms:,} terms, {entities:,} entities with a classification, and a listing of the terms",
        "Each way has a fresh sandbox in a process of its own; time is of the calls, without start and imports.",
        "`lost` is what is not there in the end; `said` is what a peer raised. Peers send terms one by one, as their",
        "commands do, entities 500 a request, and classify all in one; `listing` is for us a plan without a change.",
        "Not measured: that we look before we write, read back, compare and keep a ledger, which no peer does; the",
        "start of a command, which a shell loop over a peer pays each time; any real Purview.",
    )
    ways = ["reconciler", *(name for name in loading.PEERS if _python(name))]
    for name in loading.PEERS:
        if name not in ways:
            tables.skipped(name, "it could not be installed")
    for condition, settings in CONDITIONS:
        for task in TASKS:
            number = entities if task == "entities" else terms
            rows = [(name, *measured(name, task, number, settings).cells) for name in ways]
            head = (f"{task}, {condition}", "time", "requests", "429", "lost", "said")
            tables.table(head, rows)
            print()


def measured(way: str, task: str, size: int, settings: dict[str, float]) -> Came:
    """One load."""
    with sandbox() as url:
        glossary = make_glossary(url)
        if task == "listing" and way != "reconciler":
            _do(way, "terms", url, glossary, size)
        httpx.post(f"{url}/_sandbox/settings", json=settings).raise_for_status()
        before = len(_log(url))
        told = _do(way, task, url, glossary, size)
        log = _log(url)[before:]
        refused = sum(one["status"] == 429 for one in log)
        lost = -1 if task == "listing" else size - _there(url, task)
        return Came(told["seconds"], len(log), refused, lost, told["error"])


def _do(way: str, task: str, url: str, glossary: str, size: int) -> dict[str, float]:
    if way == "reconciler":
        command = [sys.executable, "-m", "benchmarks.peers.ours", task, url, glossary, str(size)]
    else:
        command = [str(_python(way)), "-P", loading.__file__ or "", way, task, url, glossary, str(size)]
    found: dict[str, float] = json.loads(measure(command).output.splitlines()[-1])
    return found


def _log(url: str) -> list[dict[str, int]]:
    found: list[dict[str, int]] = httpx.get(f"{url}/_sandbox/requests", timeout=60).json()
    return found


def _there(url: str, task: str) -> int:
    state = httpx.get(f"{url}/_sandbox/state", timeout=60).json()["purview"]
    if task == "terms":
        made = [one["name"] for one in state.get("term", {}).values()]
        return sum(name.startswith(("Load ", "Concept ", "Item ")) for name in made)
    texts = [json.dumps(one) for one in state.get("entity", {}).values()]
    return sum("/raw/load/" in text and loading.CLASSIFICATION in text for text in texts)


def _python(peer: str) -> Path | None:
    """The interpreter that has a peer: ours, or one of an environment that is made once; None where that fails."""
    if peer == "pyapacheatlas":
        found = measure([sys.executable, "-c", "import importlib.util as u; print(bool(u.find_spec('pyapacheatlas')))"])
        return Path(sys.executable) if "True" in found.output else None
    folder = ENVIRONMENTS / peer
    ready = folder / "ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            for words in (["venv", str(folder)], ["pip", "--python", str(folder), "install", "-q", *NEEDS[peer]]):
                subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        ready.touch()
    return folder / "bin" / "python"
