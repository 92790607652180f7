"""The audit of an environment: where it lies, and what stands on every line of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.audit.actor import actor, commit
from reconciler.audit.audit import Audit
from reconciler.audit.file import FileTrail
from reconciler.audit.trail import Trail
from reconciler.environment.below import is_below
from reconciler.environment.spec import Environment
from reconciler.errors import ConfigurationError
from reconciler.systems.correlation import correlation_id


def audit_of(
    environment: Environment,
    name: str,
    root: Path,
    process_env: Mapping[str, str],
    labels: frozenset[str],
    revision: str = "",
) -> Audit:
    """The audit of a run on the environment called `name`; `labels` are those that it approves.

    `revision` is the commit that is applied where it is not the one of the working folder. Nothing is asked or written
    yet. Raises `ConfigurationError` when its place is not allowed.
    """

    def about() -> dict[str, Any]:
        head, changed = (revision, False) if revision else commit(root, process_env)
        return {
            "correlation_id": correlation_id(process_env),
            "environment": name,
            "commit": head,
            **({"manifests_changed": True} if changed else {}),
            "who": actor(root, process_env).as_dict(),
        }

    return Audit(trail_of(environment, name, root, process_env), about, labels)


def trail_of(environment: Environment, name: str, root: Path, process_env: Mapping[str, str]) -> Trail:
    """Where the audit of the environment called `name` goes; raises as `audit_of` does."""
    if environment.audit.blob is not None:
        from reconciler.audit.blob import BlobTrail

        return BlobTrail(environment.audit.blob, process_env)
    path = environment.audit_path(name)
    if not is_below(root, path):
        raise ConfigurationError.of(
            "audit.outside",
            f"the audit {path} is outside the project",
            "Give `audit.path` a file below the root of the project, without links that lead out of it.",
        )
    return FileTrail(root / path, path)
