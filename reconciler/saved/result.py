"""The result of an apply: what `apply --format json` prints."""

from __future__ import annotations

from typing import NotRequired

from pydantic import with_config
from typing_extensions import TypedDict

from reconciler.saved.parts import OPEN, Address, Count, Diagnostic, Digest, Version
from reconciler.saved.words import Action, Status


@with_config(OPEN)
class Outcome(TypedDict):
    """What became of one change."""

    address: Address
    """The resource: `system.type:key`."""
    action: Action
    """What was to be done."""
    status: Status
    """What became of it, known from the live state after the write."""
    message: NotRequired[str]
    """Why it is not done, in a sentence."""
    request_id: NotRequired[str]
    """The request to quote to the vendor."""


@with_config(OPEN)
class Approval(TypedDict):
    """One label whose changes somebody approved."""

    label: str
    """The label."""
    by: str
    """Who approved it: who ran the apply."""


@with_config(OPEN)
class Result(TypedDict):
    """The outcome of an apply."""

    format_version: Version
    """The version of this format."""
    environment: str
    """The environment that was applied to."""
    digest: Digest
    """The digest of the plan that was carried out."""
    correlation_id: NotRequired[str]
    """The id that every request of the apply carried: `X-Correlation-Id`, in Azure `x-ms-client-request-id`."""
    complete: bool
    """Whether every change is done, and nothing is held back, in conflict, blocked or pending."""
    interrupted: bool
    """Whether the apply was asked to stop."""
    summary: dict[str, Count]
    """How many changes of each action are done, and how many ended otherwise, by status."""
    held: NotRequired[list[str]]
    """Documents that are held back, as `Kind/name`: nothing of them was applied."""
    approvals: NotRequired[list[Approval]]
    """The labels that the plan needed somebody's approval for, and who gave it."""
    outcomes: list[Outcome]
    """What became of each change, in the order of the plan."""
    diagnostics: list[Diagnostic]
    """What went wrong beyond single changes."""
