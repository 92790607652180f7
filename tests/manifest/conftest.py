"""A small set of kinds, and a way to load a project from texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from reconciler.manifest.project import Project, load_project
from reconciler.manifest.secrets import SecretRef
from reconciler.manifest.spec import Manifest


class Strictly(Manifest):
    model_config = ConfigDict(extra="forbid")


class Term(Strictly):
    name: str
    key: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")] | None = None
    order: int | None = None
    hidden: bool = False
    labels: list[str] = []


class ByType(Strictly):
    entity_type: str


class ByKey(Strictly):
    key: str
    exists: bool = True


class FileTarget(Strictly):
    form: Literal["file"]
    path: str


class WebTarget(Strictly):
    form: Literal["web"]
    url: str
    password: SecretRef | None = None


class Mapping_(Strictly):
    source: Literal["git", "purview", "cluedin"] = "git"
    glossary: str
    weight: float = 1.0
    since: str | None = None
    condition: Literal["auto"] | ByType | ByKey = "auto"
    target: Annotated[FileTarget | WebTarget, Field(discriminator="form")] | None = None
    terms: list[Term] = []
    attributes: dict[str, Any] = {}

    @model_validator(mode="after")
    def _names_differ(self) -> Mapping_:
        names = [term.name for term in self.terms]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise PydanticCustomError(
                    "mapping.same_name",
                    "The term `{name}` is there twice",
                    {"name": name, "path": ("terms", at, "name"), "detail": "Rename one."},
                )
        return self


class Environment(Strictly):
    url: str = ""
    password: SecretRef | None = None
    retries: int = 1
    variables: dict[str, Any] = {}


MODELS: Mapping[str, type[Manifest]] = {
    "GlossaryMapping": Mapping_,
    "Label": Term,
    "Environment": Environment,
}

Load = Callable[..., Project]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a project whose `manifests/` holds the given texts or bytes."""

    def loader(
        files: Mapping[str, str | bytes],
        environment: str | None = None,
        process_env: Mapping[str, str] | None = None,
    ) -> Project:
        (tmp_path / "manifests").mkdir(exist_ok=True)
        for name, content in files.items():
            path = tmp_path / "manifests" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_project(tmp_path, MODELS, environment=environment, process_env=process_env or {})

    return loader
