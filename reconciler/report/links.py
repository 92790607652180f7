"""Addresses on the web of what a plan names: its commit, its pull request, and assets in Purview's portal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.saved.plan import Change, Plan

_WEB = re.compile(r"https://[a-z0-9.-]+(?::\d+)?(?:/[\w.-]+)+", re.ASCII | re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ACCOUNT = re.compile(r"purview:https://([a-z0-9-]+)\.purview\.azure\.com/?", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_THERE = frozenset({"create", "forget"})


def commit(plan: Plan) -> str:
    """Where the commit of the manifests is to be seen; empty where nobody knows."""
    told = plan.get("commit") or ""
    return f"{plan['repository']}/commit/{told}" if _in_repository(plan) and _COMMIT.fullmatch(told) else ""


def pull_request(plan: Plan) -> str:
    """Where the pull request is to be seen; empty where there is none."""
    number = plan.get("pull_request")
    return f"{plan['repository']}/pull/{number}" if _in_repository(plan) and isinstance(number, int) else ""


def asset(plan: Plan, change: Change) -> str:
    """An asset that is there, in Purview's portal; empty for anything else.

    The form of the address is that of several people's working code, [B]; of other objects none is known, [U].
    """
    account = _ACCOUNT.fullmatch(plan.get("systems", {}).get("purview", ""))
    id = change.get("id") or ""
    if account is None or change.get("type") != "entity" or change["action"] in _THERE or not _GUID.fullmatch(id):
        return ""
    return f"https://web.purview.azure.com/resource/{account[1]}/main/catalog/entity?guid={id}"


def _in_repository(plan: Plan) -> bool:
    return _WEB.fullmatch(plan.get("repository") or "") is not None
