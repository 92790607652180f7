"""Who claims what of a Purview: this environment, and others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reconciler.claims.holdings import Holdings, holdings_of
from reconciler.claims.owner import owner_of
from reconciler.claims.register import Claim, read
from reconciler.claims.stake import listed
from reconciler.doctor.check import Check
from reconciler.environment.spec import Environment, GitPlace
from reconciler.ledger import Header, Ledger
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import Refused

AREA = "purview"


def findings(
    purview: Purview, environment: Environment, name: str, root: Path, ledger: Ledger | None
) -> Iterator[Check]:
    """Every claim in a line; one of others that overlaps is a warning: a plan would be refused."""
    try:
        register = read(purview)
    except Refused as refused:
        if refused.status != 403:
            raise
        yield Check("warning", AREA, "claim.unreadable", "this identity may not read who claims what",
                    "Give it Data Reader on the root collection.")  # fmt: skip
        return
    if not register.claims:
        yield Check("ok", AREA, "claim.none", "no environment claims anything here yet: an apply leaves its claim")
    ledger = ledger or Ledger(Header.new(name))
    mine = owner_of(root, name, ledger, (environment.ledger.git or GitPlace()).remote)
    ours = _holdings(environment, ledger)
    for claim in register.claims:
        said = f"has claimed {_all(claim)} since {claim.day}"
        if claim.owner.ledger == mine.ledger:
            yield Check("ok", AREA, "claim.own", f"this environment {said}")
        elif claim.owner.is_one_with(mine):
            yield Check("warning", AREA, "claim.other_ledger",
                        f"another ledger of this project and environment {said}",
                        "The next apply replaces that claim. If that ledger is not lost, bring it back.")  # fmt: skip
        elif shared := ours.overlaps(claim.holdings):
            yield Check("warning", AREA, "claim.held",
                        f"{claim.owner.words}, {said}; this environment shares {listed(shared)} with it",
                        "Plans are refused: claim something else, or plan with --takeover.")  # fmt: skip
        else:
            yield Check("info", AREA, "claim.others", f"{claim.owner.words}, {said}")


def _holdings(environment: Environment, ledger: Ledger) -> Holdings:
    """What the environment claims by its file and its ledger; what its documents add, a plan says."""
    held = holdings_of(environment, (), ledger, {})
    if environment.purview is None or environment.scope.purview.read_only:
        return held
    return replace(held, name_prefixes=tuple(sorted({*held.name_prefixes, environment.purview.name_prefix})))


def _all(claim: Claim) -> str:
    """All that is claimed, in words: what a claim has in common with itself."""
    return listed(claim.holdings.overlaps(claim.holdings)) or "nothing"
