"""`reconciler demo`: the worked example against the sandbox, end to end."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from urllib.parse import quote

import click

from reconciler.cli.common import Setup, colour, say, tell
from reconciler.errors import ConfigurationError
from reconciler.systems.address import Address
from reconciler.systems.client import client_for

TERM = "Email"
SYNC = "Purview.SyncDataSources.Enabled"
EDITED = "Edited in the portal by somebody who did not know."
VERDICTS = ("No errors", "Plan: ", "Apply complete!", "No changes.", "The export of", "Drift: ")
"""How the lines begin that tell what came of a verb."""
SENTENCE = "  = "
"""How the sentence begins that tells what people changed."""
SECRETS = {
    "CLUEDIN_PASSWORD": "sandbox-password",
    "PURVIEW_TOKEN": "sandbox-token",
    "LAKE_KEY": "sandbox-lake-key",
    "HOOK_SECRET": "whsec_c2FuZGJveC1zZWNyZXQtb2YtYS13ZWJob29rISE=",
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
    """Start the sandbox, apply the worked example, let a scan find the export, repair drift, follow a rule.

    Works in any folder and leaves nothing there. Shows what matters of each verb; with -v, all that they print.
    """
    from reconciler.cli.sandbox import example, served

    running = served().running
    with running(seed="demo", normalise=True) as sandbox, _workplace(sandbox.url, example()) as project:
        say(f"A local CluedIn and Purview listen on {sandbox.url}.\n")
        show = _everything if setup.verbose else _verdict
        show(project, "validate")
        show(project, "plan", "--out", str(project / "demo.plan.json"))
        show(project, "apply", str(project / "demo.plan.json"))
        show(project, "plan", "--detailed-exitcode")
        show(project, "graph")
        say("# The export runs, its team is told, and Purview's scan of the lake finds its file:\n")
        _tell(project, show)
        _scan(sandbox.url)
        show(project, "apply", "--yes")
        say(f"# Somebody edits the definition of {TERM!r} in the portal:\n")
        _edit(sandbox.url)
        show(project, "drift", "--detailed-exitcode", expect=2)
        show(project, "apply", "--yes")
        show(project, "plan", "--detailed-exitcode")
        say("# Settings, an enricher, a rule, projects; then somebody switches CluedIn's own sync on and off:\n")
        shutil.copy(Path(__file__).with_name("demo_providers.yaml"), project / "manifests" / "providers.yaml")
        show(project, "apply", "--yes")
        show(project, "plan", "--detailed-exitcode")
        _switch(sandbox.url, "true")
        show(project, "drift", "--detailed-exitcode", expect=2)
        _switch(sandbox.url, "false")
        _follow(project, sandbox.url, show)
    say("Both systems match the manifests. All that the verbs print: reconciler -v demo")


def _tell(project: Path, show: Callable[..., None]) -> None:
    """A run of the export, of which a webhook is told: signed, so that nobody else is believed, and nothing twice."""
    from reconciler.cli.demo_webhook import receiver

    with receiver() as team:
        team.write(project / "manifests")
        with redirect_stdout(io.StringIO()):
            _run(project, "watch", "--once")
        show(project, "exports", "run", "customers_wide_v1", "--wait", "30")
        show(project, "watch", "--once", "--deliver")
        first, again, changed = team.judge()
    (project / "manifests" / "webhook.yaml").unlink()
    say(f"Its receiver says: {first}; of the same once more: {again}; of another body: {changed}.")


def _follow(project: Path, url: str, show: Callable[..., None]) -> None:
    """A rule: what people flag in Purview becomes a vocabulary, and stays the same one when they rename it."""
    from reconciler.cli.demo_rule import BELOW, FLAGGED, RENAMED, RULE, Steward

    steward = Steward(url, SECRETS["PURVIEW_TOKEN"])
    (project / "manifests" / "glossary" / "from-purview.yaml").write_text(RULE, encoding="utf-8")
    environment = project / "manifests" / "environments" / "sandbox.yaml"
    text = environment.read_text(encoding="utf-8")
    environment.write_text(text.replace("key_prefixes: [", "key_prefixes: [purview, "), encoding="utf-8")
    say(f"\n# With a rule, the terms {FLAGGED!r} and {BELOW!r}, flagged in Purview, become a vocabulary and a key:")
    steward.flag()
    show(project, "apply", "--yes")
    say(f"# Somebody renames {BELOW!r} to {RENAMED!r} there; the key stays, and is displayed by its new name:")
    steward.rename()
    show(project, "apply", "--yes")
    show(project, "plan", "--detailed-exitcode")


@contextmanager
def _workplace(url: str, example: Path) -> Iterator[Path]:
    """A copy of the manifests with a ledger of its own, and the variables that the sandbox needs."""
    given = {"RECONCILER_VAR_SANDBOX_URL": url, "RECONCILER_SECRETS": ",".join(SECRETS), **SECRETS}
    before = {name: os.environ.get(name) for name in (*given, "CI")}
    os.environ.update(given)
    os.environ.pop("CI", None)
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as folder:
        shutil.copytree(example, Path(folder) / "manifests")
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _verdict(project: Path, *words: str, expect: int = 0) -> None:
    """Runs one verb and shows the line that tells what came of it."""
    with redirect_stdout(io.StringIO()) as told:
        _run(project, *words, expect=expect)
    lines = told.getvalue().splitlines()
    say(_command(project, words))
    if sentence := next((line for line in lines if line.startswith(SENTENCE)), ""):
        say(sentence)
    say(next((line for line in reversed(lines) if line.startswith(VERDICTS)), lines[0]))


def _everything(project: Path, *words: str, expect: int = 0) -> None:
    """Runs one verb and shows all that it prints."""
    say(_command(project, words))
    _run(project, *words, expect=expect)
    say("")


def _command(project: Path, words: Sequence[str]) -> str:
    from reconciler.report.colour import painter

    shown = [word.replace(str(project) + os.sep, "") for word in words]
    return painter(colour())(f"$ reconciler --env sandbox {' '.join(shown)}", bold=True)


def _run(project: Path, *words: str, expect: int = 0) -> None:
    """Runs one verb as a person would, and insists on its exit code."""
    from reconciler.cli import main

    loudness = "-v" if click.get_current_context().obj.verbose else "-q"
    try:
        main([loudness, "--project", str(project), "--env", "sandbox", *words])
    except SystemExit as leave:
        if leave.code != expect:
            tell(f"expected exit code {expect}, got {leave.code}")
            raise click.exceptions.Exit(1) from None


def _scan(url: str) -> None:
    """What a scan of the lake does some time after the export: the file becomes an asset."""
    with client_for(Address.parse(url), timeout=10) as scanner:
        scanner.post(f"{url}/_sandbox/scan", json=EXPORTED).raise_for_status()


def _switch(url: str, value: str) -> None:
    """What the pages of CluedIn do: a setting gets another value."""
    form = {"grant_type": "password", "client_id": "contoso", "username": "admin@contoso.test"}
    change = """mutation c($id: ID!, $key: String!, $value: String!) { administration { id
      changeConfigurationSettings(organizationId: $id, key: $key, value: $value) } }"""
    with client_for(Address.parse(url), timeout=10) as portal:
        told = portal.post(f"{url}/auth/connect/token", data={**form, "password": SECRETS["CLUEDIN_PASSWORD"]})
        portal.headers["authorization"] = f"Bearer {told.json()['access_token']}"
        asked = portal.post(f"{url}/graphql", json={"query": "{ administration { organization { Id } } }"}).json()
        id = asked["data"]["administration"]["organization"]["Id"]
        sent = {"query": change, "variables": {"id": id, "key": SYNC, "value": value}}
        portal.post(f"{url}/graphql", json=sent).raise_for_status()


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
