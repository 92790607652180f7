"""A project: every manifest read, merged with its defaults, its variables replaced, validated, in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from reconciler.errors import Diagnostic, ManifestError, Source
from reconciler.manifest.allowed import allowed_secrets
from reconciler.manifest.defaults import FolderDefaults, apply_defaults, collect_defaults
from reconciler.manifest.documents import DEFAULTS, ENVIRONMENT, Document, read_document
from reconciler.manifest.files import FOLDER, find_manifests
from reconciler.manifest.garbage import garbage_collection_paused
from reconciler.manifest.spec import Manifest
from reconciler.manifest.suggest import did_you_mean
from reconciler.manifest.validation import Finding, Subject, Written, misplaced_secrets, treacherous_words, validate
from reconciler.manifest.variables import PROCESS_PREFIX, Variables, collect, process_variables, substitute
from reconciler.manifest.yaml import YamlFile, read_yaml

ENVIRONMENTS = PurePosixPath(FOLDER, "environments")
Models = Mapping[str, type[Manifest]]

__all__ = ["Document", "Project", "load_project"]


@dataclass(slots=True)
class Project:
    """What the manifests say, and every finding about them, sorted by file and line."""

    root: Path
    documents: list[Document] = field(default_factory=list)
    environments: dict[str, Document] = field(default_factory=dict)
    environment: Document | None = None
    findings: list[Diagnostic] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    unread: bool = False
    """Whether a file, or a document of one, is no manifest at all: what it declares is not known."""

    @property
    def ok(self) -> bool:
        """Whether nothing worse than a warning was found."""
        return all(finding.severity != "error" for finding in self.findings)

    def require_ok(self) -> Project:
        """The project itself; ManifestError with every finding when it is not valid."""
        if not self.ok:
            raise ManifestError(*self.findings)
        return self


def load_project(root: Path, models: Models, *, environment: str | None, process_env: Mapping[str, str]) -> Project:
    """Reads `manifests/` under `root`; what is wrong becomes findings of the result, never an exception."""
    with garbage_collection_paused():
        return _Loading(root, models, environment, process_env).run()


class _Loading:
    """One load: the files, the models and the process variables that every step needs."""

    def __init__(self, root: Path, models: Models, environment: str | None, process_env: Mapping[str, str]):
        self._models = models
        self._wanted_environment = environment
        self._process = process_variables(process_env)
        self._allowed_secrets = allowed_secrets(process_env)
        self._files: dict[str, YamlFile] = {}
        self._words = Written(self._files)
        self._project = Project(root)
        self._findings: list[Diagnostic] = []

    def run(self) -> Project:
        project = self._project
        everything = self._read_everything()
        self._refuse_duplicates(everything)
        environments = [document for document in everything if document.kind == ENVIRONMENT]
        defaults, findings = collect_defaults(
            (document for document in everything if document.kind == DEFAULTS), self._models
        )
        self._findings += findings
        project.documents = [doc for doc in everything if doc.kind not in (ENVIRONMENT, DEFAULTS)]
        variables = self._load_environments(environments)
        for document in project.documents:
            self._finish(document, defaults, variables)
        project.findings = _sorted(map(self._of_no_consequence, self._without_echoes()))
        return project

    def _read_everything(self) -> list[Document]:
        found = find_manifests(self._project.root)
        self._findings += found.findings
        self._project.unread = any(finding.severity == "error" for finding in found.findings)
        self._project.files = list(found.files)
        documents: list[Document] = []
        for name, path in found.files.items():
            file = self._files[name] = read_yaml(path, name)
            self._findings += file.findings
            self._project.unread |= any(finding.severity == "error" for finding in file.findings)
            for written in file.documents:
                document, findings = read_document(written, self._models, self._words)
                self._findings += findings
                self._project.unread |= document is None
                if document is not None and self._stands_where_it_should(document):
                    documents.append(document)
        return documents

    def _stands_where_it_should(self, document: Document) -> bool:
        among_environments = ENVIRONMENTS in PurePosixPath(document.file).parents
        if document.kind != ENVIRONMENT:
            if among_environments:
                self._say(
                    "manifest.misplaced",
                    f"{document.kind} cannot live in `{ENVIRONMENTS}/`",
                    "Move the document to another folder.",
                    document.source(),
                )
            return not among_environments
        if not among_environments or document.folder != ENVIRONMENTS:
            self._say(
                "environment.misplaced",
                f"An environment must stand in `{ENVIRONMENTS}/`",
                f"Move it to `{ENVIRONMENTS}/{document.name[:99]}.yaml`.",
                document.source(),
            )
            return False
        stem = PurePosixPath(document.file).stem
        if document.name != stem:
            self._say(
                "environment.name",
                f"The environment `{document.name[:99]}` is in the file `{stem}`",
                "Give both the same name.",
                document.name_source,
            )
        return True

    def _refuse_duplicates(self, documents: list[Document]) -> None:
        first: dict[tuple[str, str], Document] = {}
        for document in documents:
            known = first.setdefault((document.kind, document.name), document)
            if known is document or document.kind == DEFAULTS:
                continue
            here, there = document.name_source, known.name_source
            self._say(
                "manifest.duplicate_name",
                f"The {document.kind} `{document.name}` is defined twice: in "
                f"{there.file}:{there.line} and in {here.file}:{here.line}",
                "Rename or remove one of them.",
                here,
            )

    def _load_environments(self, documents: list[Document]) -> Variables:
        """Validates each environment with its own variables; returns those of the chosen one."""
        by_name: dict[str, Variables] = {}
        for document in documents:
            chosen = document.name == self._wanted_environment
            values = self._variables_of(document, chosen)
            variables = Variables(values, frozenset(values), document.file, frozenset() if chosen else None)
            by_name.setdefault(document.name, variables)
            self._project.environments.setdefault(document.name, document)
            self._finish_environment(document, variables)
        wanted = self._wanted_environment
        if wanted in by_name:
            self._project.environment = self._project.environments[wanted]
            return by_name[wanted]
        known = frozenset(name for variables in by_name.values() for name in variables.values)
        known |= frozenset(self._process)
        if wanted is None:
            return Variables(self._process, known, "any environment", known)
        if not self._is_broken(f"{ENVIRONMENTS}/{wanted}.yaml"):
            self._say(
                "environment.unknown",
                f"There is no environment `{wanted}`",
                did_you_mean(wanted, by_name, what="There are") or f"Create `{ENVIRONMENTS}/{wanted}.yaml`.",
                Source(str(ENVIRONMENTS)),
            )
        return Variables(self._process, known, "any environment", None)

    def _is_broken(self, file: str) -> bool:
        return any(finding.source and finding.source.file == file for finding in self._findings)

    def _variables_of(self, document: Document, chosen: bool) -> dict[str, Any]:
        process = self._process if chosen else {}
        values, findings = collect(
            document.data.get("variables"),
            process,
            lambda path: document.source(("variables", *path)),
        )
        self._findings += findings
        return values

    def _finish_environment(self, document: Document, variables: Variables) -> None:
        declared = document.data.get("variables")
        document.data = {key: value for key, value in document.data.items() if key != "variables"}
        if declared is None:
            self._finish(document, {}, variables)
        else:
            self._finish(document, {}, variables, {"variables": declared})

    def _finish(
        self,
        document: Document,
        defaults: FolderDefaults,
        variables: Variables,
        untouched: Mapping[str, Any] | None = None,
    ) -> None:
        """Defaults, variables, secrets and the model, for one document."""
        if defaults:
            apply_defaults(document, defaults)
        files = [self._files[layer.file] for layer in document.layers]
        open_paths: set[tuple[str | int, ...]] = set()
        used: dict[tuple[str | int, ...], str] = {}
        has_variables = any(file.may_have_variables for file in files)
        if has_variables:
            replaced = substitute(document.data, variables, document.source)
            document.data, open_paths, used = replaced.data, replaced.open_paths, replaced.used
            self._findings += replaced.findings
        if untouched:
            document.data = {**document.data, **untouched}
        model = self._models.get(document.kind)
        if model is None:
            return
        subject = Subject(model, document.data, document.layers, self._words)
        secrets: list[Finding] = []
        if has_variables or any(file.may_have_secrets for file in files):
            secrets = misplaced_secrets(subject, self._allowed_secrets)
        valid, problems = validate(subject)
        document.spec = valid if isinstance(valid, Manifest) else None
        explained = open_paths | {path for path, _ in secrets}
        problems = [problem for problem in problems if not _is_explained(problem[0], explained)]
        problems = [(path, self._with_variable(one, used[path]) if path in used else one) for path, one in problems]
        if any(file.treacherous for file in files):
            refused = {path for path, _ in problems}
            problems += [word for word in treacherous_words(subject) if word[0] not in refused]
        self._findings += [finding for _, finding in (*secrets, *problems)]

    def _with_variable(self, finding: Diagnostic, name: str) -> Diagnostic:
        """A finding about a value that does not stand where it is used."""
        where = f"{PROCESS_PREFIX}{name}" if name in self._process else f"the variable `{name}`"
        return replace(finding, detail=" ".join(filter(None, (finding.detail, f"The value comes from {where}."))))

    def _without_echoes(self) -> Iterable[Diagnostic]:
        """The findings, once each, and without what only follows from a YAML finding at the same place."""
        broken = {finding.source for file in self._files.values() for finding in file.findings}
        own = {finding for file in self._files.values() for finding in file.findings}
        return (finding for finding in dict.fromkeys(self._findings) if finding in own or finding.source not in broken)

    def _of_no_consequence(self, finding: Diagnostic) -> Diagnostic:
        """The finding, only told where it is about an environment that was not chosen: that one is not in use.

        A document that stands among environments by mistake is one of all of them.
        """
        wanted = self._wanted_environment
        if wanted is None or finding.source is None or finding.code in ("manifest.misplaced", "environment.unknown"):
            return finding
        file = PurePosixPath(finding.source.file)
        if ENVIRONMENTS not in file.parents or file.stem == wanted:
            return finding
        if finding.code in ("environment.name", "manifest.duplicate_name") and f"`{wanted}`" in finding.summary:
            return finding
        return replace(finding, severity="info")

    def _say(self, code: str, summary: str, detail: str, source: Source) -> None:
        self._findings.append(Diagnostic("error", code, summary, detail, source))


def _is_explained(path: tuple[str | int, ...], explained: set[tuple[str | int, ...]]) -> bool:
    """Whether the value at a path, or one above it, is."""
    return any(path[:length] in explained for length in range(len(path) + 1)) if explained else False


def _sorted(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    def place(finding: Diagnostic) -> tuple[str, int, int]:
        source = finding.source or Source("")
        return source.file, source.line or 0, source.column or 0

    return sorted(findings, key=place)
