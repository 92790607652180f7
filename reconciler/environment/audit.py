"""Where an environment keeps its audit: a file of the project, or an append blob."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from reconciler.environment.below import ProjectFile
from reconciler.environment.sign_in import Url
from reconciler.manifest.spec import Spec


def _no_manifest(path: str) -> str:
    if PurePosixPath(path).parts[0] == "manifests":
        raise ValueError("must not be among the manifests")
    return path


class AuditBlob(Spec):
    """An append blob of Azure Storage. The run's own identity writes it: the role `Storage Blob Data Contributor`.

    Names are as Azure Storage takes them (its page on naming containers and blobs, [A]).
    """

    account_url: Url
    """Address of the blob service, `https://ACCOUNT.blob.core.windows.net`; another host than Azure's own must be on
    `RECONCILER_ALLOWED_HOSTS`."""
    container: Annotated[str, Field(pattern=r"^[a-z0-9](?:-?[a-z0-9]){2,62}$", max_length=63)]
    """The container, which must be there: 3 to 63 small letters, digits and single dashes."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.=-]+(?:/[A-Za-z0-9_.=-]+)*$", max_length=1000)]
    """The blob, made when it is not there: `audit/prod.jsonl`."""


class AuditPlace(Spec):
    """Where it is kept who changed what; lines are only ever added."""

    path: Annotated[ProjectFile, AfterValidator(_no_manifest)] | None = None
    """File of the audit, from the root of the project; default `.reconciler/audit/NAME.jsonl`."""
    blob: AuditBlob | None = None
    """An append blob instead of a file, as for jobs whose files end with them."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.path is not None and self.blob is not None:
            raise ValueError("give `path` or `blob`, not both")
        return self
