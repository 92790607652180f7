"""The workflows of this repository, made of those that `init` lays down: they differ in what is written here alone."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAID = ROOT / "reconciler/starter/files/dot_github"
OWN = ROOT / ".github/workflows"
NAMES = ("plan.yml", "apply.yml", "drift.yml")

HEAD = "# What `reconciler init` lays down, with a sandbox that each job starts: tests/github/own.py makes it.\n"
_SANDBOX = """\
      - name: A sandbox, and the tool as it is here
        run: |
          make .venv/.sandbox
          echo "$PWD/.venv/bin" >> "$GITHUB_PATH"
          git remote remove origin # without one the ledger is a file, which is forgotten as the sandbox is
          nohup .venv/bin/reconciler sandbox serve > "$RUNNER_TEMP/sandbox.log" 2>&1 &
          curl --silent --fail --retry 30 --retry-connrefused --retry-delay 1 http://127.0.0.1:8180/_sandbox/stats
"""
_SECRETS = """\
        env:
          CLUEDIN_PASSWORD: sandbox-password
          PURVIEW_TOKEN: any-token
          LAKE_KEY: any-key
          RECONCILER_SECRETS: CLUEDIN_PASSWORD,PURVIEW_TOKEN,LAKE_KEY
"""


def own(name: str) -> str:
    """A workflow of this repository: one environment, the sandbox; the tool of the checkout; a ledger that is lost."""
    text = (LAID / "workflows" / name).read_text(encoding="utf-8")
    text = re.sub(r"^(?:# .*\n)+", HEAD, text)
    text = text.replace(
        "uses: ./.github/actions/reconciler\n        with:\n", "uses: ./\n        with:\n          version: present\n"
    )
    text = re.sub(r"(          fetch-depth: 0\n)", rf"\1{_SANDBOX}", text)
    text = re.sub(r"        env:\n(?:          \w+: \$.*\n|          RECONCILER_SECRETS: .*\n)+", _SECRETS, text)
    text = text.replace(
        "          command: apply\n", "          command: apply\n          arguments: --ephemeral-ledger\n"
    )
    text = text.replace(
        "contents: write # the ledger in this repository; read is enough where it is elsewhere", "contents: read"
    )
    text = re.sub(r"      id-token: write .*\n", "", text)
    text = re.sub(r"^  (?:plan-)?prod:\n(?:    .*\n|\n)+", "", text, flags=re.MULTILINE)
    return (
        text.replace("[test, prod]", "[sandbox]")
        .replace("plan-test", "plan-sandbox")
        .replace("  test:", "  sandbox:")
        .replace("environment: test", "environment: sandbox")
        .replace("reconciler-test", "reconciler-sandbox")
        .replace("result-test", "result-sandbox")
    )
