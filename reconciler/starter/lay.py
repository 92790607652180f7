"""Lays the files of a new project down, and nothing over what is there.

They are the files below `files/`, each at the place where it stands in there: `dot_` at the beginning of a name stands
for a dot, and `environment.yaml` is for each environment beside the sandbox's. A workflow for GitHub Actions is a file
of `files/dot_github/workflows/`, a pipeline for Azure one of `files/azure-pipelines/`, and needs no other place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from reconciler.desired import load
from reconciler.errors import ConfigurationError
from reconciler.manifest.files import FOLDER
from reconciler.manifest.variables import literal
from reconciler.report.yamlform import written
from reconciler.schema import MANIFEST, schemas, text_of
from reconciler.starter.answers import Answers

FIRST = PurePosixPath(FOLDER, "glossary", "customer.yaml")
"""The first manifest: only where there is none yet."""
PIPELINES = {".github": "github", "azure-pipelines": "azure-devops"}
"""The folders that are for one place alone where pipelines run."""
_IGNORES = PurePosixPath(".gitignore")
_ENVIRONMENTS = PurePosixPath(FOLDER, "environments")
_PLACE = re.compile(r"\[\[(\w+)\]\]")
_SIGN_INS = {
    "oidc": "{{method: workload_identity}}",
    "managed-identity": "{{method: managed_identity}}",
    "client-secret": (
        "{{method: client_secret, tenant_id: {tenant}, client_id: {client}, secret: {{env: PURVIEW_CLIENT_SECRET}}}}"
    ),
    "user": "{{method: default}}",
}
_ABOUT = {"prod": "The real systems", "test": "The systems to try changes on"}

Texts = dict[PurePosixPath, str]


@dataclass(slots=True)
class Laid:
    """What became of each file of a new project, by its path in there."""

    made: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """What was there already, and is as it was."""
    not_ignored: list[str] = field(default_factory=list)
    """The lines of ours that a `.gitignore` of before lacks."""


def texts(environments: Mapping[str, Answers], ci: str = "github") -> Texts:
    """The files of a project with the sandbox and these environments, and with pipelines for one place or for none.

    Raises `ConfigurationError` where what was answered makes no valid environment.
    """
    found: Texts = {PurePosixPath("schemas", MANIFEST): text_of(schemas()[MANIFEST])}
    for path, text in _templates(files("reconciler.starter") / "files", PurePosixPath()):
        if PIPELINES.get(path.parts[0], ci) != ci:
            continue
        if path == _ENVIRONMENTS / "environment.yaml":
            for name, answers in environments.items():
                found[path.with_stem(name)] = _filled(text, _values(name, answers))
        else:
            found[path] = text
    _try_out(found, ["sandbox", *environments])
    return dict(sorted(found.items()))


def lay(folder: Path, found: Texts) -> Laid:
    """Writes the files into a folder, which is made where it is missing. Raises `OSError` where that cannot be."""
    laid = Laid()
    has_manifests = _has_manifests(folder)
    for name, text in found.items():
        path = folder / name
        if _is_there(path) or (name == FIRST and has_manifests):
            laid.left.append(str(name))
            if name == _IGNORES:
                laid.not_ignored = _lacking(path, text)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        laid.made.append(str(name))
    return laid


def _is_there(path: Path) -> bool:
    """Whether there is such a file, or a manifest of its name with the other ending."""
    return os.path.lexists(path) or (path.suffix == ".yaml" and os.path.lexists(path.with_suffix(".yml")))


def _lacking(path: Path, text: str) -> list[str]:
    """The patterns of ours that a file lacks as they stand; ones that others cover are told all the same."""
    there = set(path.read_text(encoding="utf-8", errors="replace").split("\n")) if path.is_file() else set()
    has = {line.strip().strip("/") for line in there}
    return [line for line in text.splitlines() if not line.startswith("#") and line.strip("/") not in has]


def _has_manifests(folder: Path) -> bool:
    """Whether there are manifests beside environments, which the first one would only be in the way of."""
    there = (path.relative_to(folder) for path in (folder / FOLDER).rglob("*.y*ml"))
    return any(_ENVIRONMENTS not in PurePosixPath(path).parents for path in there)


def _templates(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for one in folder.iterdir():
        below = path / re.sub(r"^dot_", ".", one.name)
        if one.is_dir():
            yield from _templates(one, below)
        else:
            yield below, one.read_text(encoding="utf-8")


def _values(name: str, answers: Answers) -> dict[str, str]:
    """What stands in the file of an environment, each as YAML."""
    here = "" if name == "prod" else f"-{name}"
    plain = {
        "name": name,
        "description": _ABOUT.get(name, f"The systems of {name}"),
        "glossary": "Enterprise" if name == "prod" else f"Enterprise {name}",
        "cluedin": answers.cluedin,
        "organization": answers.organization,
        "user": answers.user,
        "purview": answers.purview,
        "collection": answers.collection,
        "name_prefix": f"cluedin{here}",
    }
    given = {"tenant": _scalar(answers.tenant), "client": _scalar(answers.client)}
    sign_in = _SIGN_INS[answers.sign_in].format(**given)
    return {key: _scalar(value) for key, value in plain.items()} | {"sign_in": sign_in}


def _scalar(text: str) -> str:
    return written({"x": literal(text)}).removeprefix("x: ").rstrip("\n")


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[1]], text)


def _try_out(found: Texts, environments: list[str]) -> None:
    """Raises `ConfigurationError` with what is wrong in them, before anything is laid down."""
    with TemporaryDirectory(prefix="reconciler-init-") as folder:
        for name, text in found.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        told = [one for name in environments for one in load(Path(folder), name, {}).findings]
    wrong = [finding for finding in dict.fromkeys(told) if finding.severity == "error"]
    if wrong:
        raise ConfigurationError(*wrong)
