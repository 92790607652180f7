"""Drift taken into the manifests of a job's checkout, and proposed as a pull request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.common import Setup, complain, for_files
from reconciler.cli.jobs import Run
from reconciler.errors import ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.cli.telling import Telling
    from reconciler.github.job import Job
    from reconciler.github.proposal import File


def propose(job: Job, setup: Setup, telling: Telling, out: Path) -> None:
    """Runs `drift --accept`, and opens, updates or closes the pull request; what hinders that fails the job."""
    if telling.ran.failure is not None or telling.ran.plan is None:
        return
    try:
        shape = _accepted(setup, out) if telling.ran.plan["changes"] else {"accepted": [], "diagnostics": []}
        _put(job, setup, telling, shape)
    except ReconcilerError as error:
        complain(error.diagnostics)
        telling.failed_to_tell()


def _accepted(setup: Setup, out: Path) -> dict[str, Any]:
    """What the manifests say now, as `drift --accept` tells it. Raises what that raised."""
    from reconciler.report import github

    accept = Run(setup, "drift", [], out, github.findings)
    told = accept.hears(["drift", "--accept", "--format", "json"])
    if accept.ran.failure is not None:
        raise accept.ran.failure
    shape: dict[str, Any] = json.loads(told)
    return shape


def _put(job: Job, setup: Setup, telling: Telling, shape: dict[str, Any]) -> None:
    from reconciler.github.proposal import Proposals
    from reconciler.report import acceptance

    proposals = Proposals(job.forge().api, job.repository, telling.mark)
    if not shape["accepted"]:
        proposals.close(f"There is no drift any more that manifests can take. {job.run}".rstrip())
        return
    title = f"Drift of {telling.mark.environment} taken into the manifests"
    files = [*_files(setup.project, shape["accepted"])]
    proposals.open(job.branch, job.commit, files, title, for_files(acceptance.markdown(shape, job.run)))


def _files(project: Path, accepted: list[dict[str, Any]]) -> Iterator[File]:
    """The manifests that were written, as they are now, and with path and mode as Git has them."""
    from reconciler.github.proposal import FILE, File
    from reconciler.repository import answer

    for name in sorted({one["file"] for one in accepted}):
        listed = answer(project, "--literal-pathspecs", "ls-files", "--stage", "--full-name", "-z", "--", name)
        stage, _, path = listed.rstrip("\0").partition("\t")
        yield File(path or name, (project / name).read_bytes().decode("utf-8"), stage.partition(" ")[0] or FILE)
