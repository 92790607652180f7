"""`pull --from`: what files say, into the manifests, as `pull` does it with what is live; no system is asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reconciler.desired import Wishes
from reconciler.desired.wishes import Draft
from reconciler.diff import Options
from reconciler.errors import Diagnostic, ManifestError
from reconciler.kinds.pulling import Limits
from reconciler.manifest.allowed import ALLOW_LIST
from reconciler.manifest.documents import Document
from reconciler.manifest.files import find_manifests
from reconciler.manifest.project import ENVIRONMENTS
from reconciler.manifest.variables import process_variables
from reconciler.plan import Plan
from reconciler.pull.asked import refuse_unnamed
from reconciler.pull.others import leave_others
from reconciler.pull.pull import Result, add, proposals_of, update, wanted_by
from reconciler.pull.sources.contract import settled
from reconciler.pull.sources.estate import FileEstate, differing, leave_unsaid_relations
from reconciler.pull.sources.formats import read_files
from reconciler.pull.sources.told import Told, strange
from reconciler.pull.sources.toolkit import place
from reconciler.pull.trial import Load
from reconciler.pull.workspace import Workspace
from reconciler.resources import folded
from reconciler.systems.answers import STRANGE

NOBODY = "unnamed"
"""The environment of a run that names none: it has both systems, nobody in them, and no limits."""
STAND_IN = f"""apiVersion: reconciler/v1
kind: Environment
metadata: {{name: {NOBODY}}}
spec:
  cluedin:
    url: https://cluedin.invalid
    organization: {NOBODY}
    sign_in: {{user: nobody, password: {{env: NO_PASSWORD}}}}
  purview:
    endpoint: https://purview.invalid
    collection: {NOBODY}
    sign_in: {{method: token, token: {{env: NO_TOKEN}}}}
""".encode()
"""That environment."""


def stand_in(
    workspace: Workspace, environments: Iterable[Document], process_env: Mapping[str, str]
) -> list[Diagnostic]:
    """Gives the copy an environment where none is named, so that documents are checked and expanded as elsewhere.

    Its variables are those of the project's environments; of one with several values that of the first environment
    counts, and a warning says which.
    """
    said = _variables(environments)
    for name in process_variables(process_env):
        said.pop(name, None)
    values = {name: next(iter(by_environment.values())) for name, by_environment in said.items()}
    lent = f"  variables: {json.dumps(values)}\n".encode() if values else b""
    workspace.lend(f"{ENVIRONMENTS}/{NOBODY}.yaml", STAND_IN + lent)
    return list(_chosen(said, workspace))


def without_secrets(process_env: Mapping[str, str]) -> dict[str, str]:
    """The process of a run that names no environment: the secrets of the stand-in, which nobody reads, are allowed."""
    more = {ALLOW_LIST: f"{process_env[ALLOW_LIST]},NO_PASSWORD,NO_TOKEN"} if ALLOW_LIST in process_env else {}
    return {**process_env, **more}


def _variables(environments: Iterable[Document]) -> dict[str, dict[str, Any]]:
    """What each variable is in which environment, these in the order of their names."""
    found: dict[str, dict[str, Any]] = {}
    for document in sorted(environments, key=lambda one: one.name):
        declared = document.data.get("variables")
        for name, value in declared.items() if isinstance(declared, dict) else ():
            if isinstance(value, str | int | float) and "${" not in str(value):
                found.setdefault(str(name), {})[document.name] = value
    return found


def _chosen(said: Mapping[str, Mapping[str, Any]], workspace: Workspace) -> Iterator[Diagnostic]:
    """Warnings of the variables that manifests use and environments give several values."""
    files = [name for name in find_manifests(workspace.folder).files if not name.startswith(f"{ENVIRONMENTS}/")]
    text = b"\n".join(workspace.read(name) for name in files)
    for name, by_environment in said.items():
        first, *others = by_environment
        if any(by_environment[one] != by_environment[first] for one in others) and f"var.{name}".encode() in text:
            yield Diagnostic(
                "warning",
                "file.variable",
                f"No environment is named: `${{var.{name}}}` counts as `{by_environment[first]}`, as in `{first}`",
                f"Name the one that is meant with --env: {', '.join(by_environment)}.",
            )


def pull_files(workspace: Workspace, load: Load, files: Sequence[Path], draft: Draft, limits: Limits) -> Result:
    """Brings the workspace to what files say, and writes back what changed.

    Raises `ConfigurationError` for a file that is none of the formats, and `ManifestError` where one does not agree
    with its format, or the manifests are not valid as they are.
    """
    found = Result(from_files=True)
    told = read_files(files, draft.world, limits)
    if told.errors:
        raise ManifestError(*told.findings)
    _, wishes = load(workspace.folder)
    estate = FileEstate(
        draft.world,
        told.systems,
        Limits(limits.system, limits.type, "", limits.prefix if told.systems else ""),
        wanted_by(wishes.required()),
        left=found.left,
        told=told,
    )
    try:
        if told.systems:
            refuse_unnamed(estate)
        _bring(workspace, load, estate, wishes, found)
        found.took_nothing = not found.files and not told.documents and not _holds_some(workspace, load, told)
    finally:
        for system in told.systems.values():
            system.connection.close()
    found.findings = told.findings
    return found


def _holds_some(workspace: Workspace, load: Load, told: Told) -> bool:
    """Whether the manifests want any object of the files."""
    wanted = wanted_by(load(workspace.folder)[1])
    return any(folded(address) in wanted for address in told.places if not address.startswith("purview.glossary:"))


def _bring(workspace: Workspace, load: Load, estate: FileEstate, wishes: Wishes, found: Result) -> None:
    """Values in place, then what is new."""
    try:
        place(estate, estate.told)
        changes = list(differing(wishes, estate))
        leave_unsaid_relations(estate)
        proposals = list(proposals_of(estate))
        leave_others(estate)
    except STRANGE as error:
        raise strange("something", error) from None
    update(workspace, load, changes, found)
    documents = load(workspace.folder)[0].required().project.documents
    contracts, replaced = settled(estate.told.documents, documents, workspace, estate.told)
    if replaced:
        found.updated = [*found.updated, *replaced]
        load(workspace.folder)[0].required()
    nothing = Plan(estate.world.environment_name, "", {}, Options())
    add(workspace, load, lambda wishes: nothing, [*proposals, *contracts], estate.leave, found)
