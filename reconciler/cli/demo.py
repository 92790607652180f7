"""`reconciler demo`: the worked example against the sandbox, end to end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import click

from reconciler.cli.common import Setup, colour, say, tell
from reconciler.errors import ConfigurationError
from reconciler.systems.address import Address
from reconciler.systems.client import client_for

TERM = "Email"
EDITED = "Edited in the portal by somebody who did not know."
SECRETS = {
    "CLUEDIN_PASSWORD": "sandbox-password",
    "PURVIEW_TOKEN": "sandbox-token",
    "LAKE_KEY": "sandbox-lake-key",
}
EXPORTED = {
    "account": "contosolake",
    "filesystem": "mdm",
    "path": "exports/customers_wide_v1/customers_wide_v1.parquet",
    "columns": ["Id", "customer_id", "customer_email", "customer_fullName", "customer_segment"],
}
"""What a scan of the lake finds after the first run of the export."""


@click.command("demo")
@click.pass_obj
def command(setup: Setup) -> None:
    """Start the sandbox, apply the worked example, let a scan find the export, find drift and repair it."""
    if not (setup.project / "manifests").is_dir():
        raise ConfigurationError.of(
            "demo.no_manifests", f"{setup.project} has no manifests/", "Run it in a clone of the project."
        )
    from reconciler.cli.sandbox import served

    running = served().running
    with running(seed="demo", normalise=True) as sandbox, _workplace(setup, sandbox.url) as project:
        say(f"A local CluedIn and Purview listen on {sandbox.url}.\n")
        _run(project, "validate")
        _run(project, "plan", "--out", str(project / "demo.plan.json"))
        _run(project, "apply", str(project / "demo.plan.json"))
        _run(project, "plan", "--detailed-exitcode")
        _run(project, "graph")
        say("# The export runs, and Purview's scan of the lake finds its file:\n")
        _run(project, "exports", "run", "customers_wide_v1", "--wait", "30")
        _scan(sandbox.url)
        _run(project, "apply", "--yes")
        say(f"# Somebody edits the definition of {TERM!r} in the portal:\n")
        _edit(sandbox.url)
        _run(project, "drift", "--detailed-exitcode", expect=2)
        _run(project, "apply", "--yes")
        _run(project, "plan", "--detailed-exitcode")
    say("Both systems match the manifests.")


@contextmanager
def _workplace(setup: Setup, url: str) -> Iterator[Path]:
    """A copy of the manifests with a ledger of its own, and the variables that the sandbox needs."""
    given = {"RECONCILER_VAR_SANDBOX_URL": url, "RECONCILER_SECRETS": ",".join(SECRETS), **SECRETS}
    before = {name: os.environ.get(name) for name in (*given, "CI")}
    os.environ.update(given)
    os.environ.pop("CI", None)
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as folder:
        shutil.copytree(setup.project / "manifests", Path(folder) / "manifests")
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _run(project: Path, *words: str, expect: int = 0) -> None:
    """Runs one verb as a person would, and insists on its exit code."""
    from reconciler.cli import main
    from reconciler.report.colour import painter

    shown = [word.replace(str(project) + os.sep, "") for word in words]
    say(painter(colour())(f"$ reconciler --env sandbox {' '.join(shown)}", bold=True))
    more = ["-v"] if click.get_current_context().obj.verbose else []
    try:
        main([*more, "--project", str(project), "--env", "sandbox", *words])
    except SystemExit as leave:
        if leave.code != expect:
            tell(f"expected exit code {expect}, got {leave.code}")
            raise click.exceptions.Exit(1) from None
    say("")


def _scan(url: str) -> None:
    """What a scan of the lake does some time after the export: the file becomes an asset."""
    with client_for(Address.parse(url), timeout=10) as scanner:
        scanner.post(f"{url}/_sandbox/scan", json=EXPORTED).raise_for_status()


def _edit(url: str) -> None:
    """What the portal does: a plain HTTP call that changes one term."""
    headers = {"authorization": f"Bearer {SECRETS['PURVIEW_TOKEN']}"}
    root = f"{url}/datamap/api/atlas/v2/glossary"
    with client_for(Address.parse(url), headers=headers, timeout=10) as portal:
        for glossary in portal.get(root, params={"ignoreTermsAndCategories": "true"}).json():
            terms = portal.get(f"{root}/{quote(glossary['guid'])}/terms", params={"limit": 1000}).json()
            for term in terms:
                if term.get("nickName", term["name"]) == TERM:
                    path = f"{root}/term/{quote(term['guid'])}/partial"
                    portal.put(path, json={"longDescription": EDITED}).raise_for_status()
                    return
    raise ConfigurationError.of("demo.no_term", f"the worked example has no term {TERM!r}")
