"""Messages before receivers in Node.js: the published library, the file that is handed over, the cookbook."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from reconciler.handover.webhook import receiver_files
from reconciler.webhooks import signed_headers

from ..conformance.reference import folder
from ..support_node import installed
from .test_signatures import OTHER, WHSEC

pytestmark = [pytest.mark.long, pytest.mark.node]
PACKAGES = ("standardwebhooks@1.1.1",)
BODY = '{"id":"m-1","data":{"name":"größe"}}'


def cookbook() -> str:
    """The code of the integrator cookbook's receiver (5.2), where it is at hand; it is read there and never kept."""
    place = folder()
    path = place.parent / "seeds" / "system-integrator-cookbook.md" if place is not None else None
    if path is None or not path.exists():
        return ""
    found = re.search(r"```js\n(const crypto.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def judged(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    node, home = installed(request.config, "standardwebhooks", PACKAGES)
    receiver = tmp_path / "verify.mjs"
    receiver.write_text(receiver_files("node")["verify.mjs"], encoding="utf-8")

    def run(*tasks: dict[str, Any]) -> list[dict[str, Any]]:
        lines = "".join(json.dumps({"cookbook": cookbook(), "now": int(time.time()), **one}) + "\n" for one in tasks)
        words = [node, str(Path(__file__).with_name("judge.mjs")), str(home), str(receiver)]
        ran = subprocess.run(words, input=lines, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr
        return [json.loads(line) for line in ran.stdout.splitlines()]

    return run


def task(secrets: list[str], body: str = BODY, **more: str) -> dict[str, Any]:
    headers = signed_headers(secrets, "m-1", int(time.time()), BODY.encode())
    return {"secrets": secrets, "body": body, "headers": {**headers, **more}}


def test_what_is_signed_verifies_and_replays_are_refused(judged: Any) -> None:
    found = judged(task([WHSEC]), task([WHSEC, OTHER]), task(["a-text-of-somebody"]))
    theirs = True if cookbook() else None
    for one in found:
        assert one == {"published": True, "cookbooks": theirs, "ours": ["valid", "duplicate", "stale"]}


def test_what_was_changed_does_not(judged: Any) -> None:
    short = {"webhook-signature": "v1,AAAA", "x-signature": "aa"}
    found = judged(task([WHSEC], BODY + " "), task([WHSEC], **short))
    theirs = False if cookbook() else None
    for one in found:
        assert one == {"published": False, "cookbooks": theirs, "ours": ["invalid", "invalid", "stale"]}


def test_the_cookbooks_function_is_at_hand() -> None:
    if not cookbook():
        pytest.skip("the integrator cookbook is not here: set RECONCILER_REFERENCE to the folder of references")
