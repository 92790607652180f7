"""The correlation id of a run: one id on every request, so that logs of both sides can be laid beside each other.

It stands among the variables of the run, which reach whatever sends something. CI sets it; else each run makes one.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

VARIABLE = "RECONCILER_CORRELATION_ID"
HEADER = "X-Correlation-Id"
"""Sent to every system. Whether CluedIn writes it to its logs is not public [U]; a proxy before it may."""
AZURE = "x-ms-client-request-id"
"""What services of Azure log as the caller's own id: a GUID without decoration (common headers of Azure's REST
reference, [A]; Microsoft's client of Purview sends it too, [B])."""


def identified(process_env: Mapping[str, str]) -> dict[str, str]:
    """The variables of a run with the id that CI gave, in its one form, or with a new one."""
    return {**process_env, VARIABLE: correlation_id(process_env) or str(uuid.uuid4())}


def correlation_id(process_env: Mapping[str, str]) -> str:
    """The id among the variables, as lower case with dashes; empty where there is none, or what is there is no UUID."""
    given = process_env.get(VARIABLE, "").strip()
    try:
        known = str(uuid.UUID(given))
    except ValueError:
        return ""
    return known if given.lower() in (known, known.replace("-", "")) else ""


def is_refused(process_env: Mapping[str, str]) -> bool:
    """Whether an id was given and cannot be used."""
    return bool(process_env.get(VARIABLE, "").strip()) and not correlation_id(process_env)


def headers(id: str, *, azure: bool) -> dict[str, str]:
    """What every request of a run carries; nothing where the run has no id."""
    if not id:
        return {}
    return {HEADER: id, AZURE: id} if azure else {HEADER: id}
