"""What a plan says of the claims of others, and how an apply leaves its own before its first write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.claims.holdings import Holdings, Overlap
from reconciler.claims.owner import Owner
from reconciler.claims.register import Claim, Register, read, remove, write
from reconciler.errors import Diagnostic, ReconcilerError, RefusedError, StoppedError
from reconciler.systems.purview import Purview
from reconciler.systems.refusals import Refused

SETTLES = 15.0
"""Seconds for which a claim may take to show after it was accepted."""
FIRST_LOOK, LONGEST_LOOK = 0.05, 1.0
NAMED = 3
"""So many of the things that overlap are named; the others are counted."""

Taken = Callable[[Sequence[Mapping[str, object]]], None]
"""Is told of claims before they are taken over: whose they were, since when, and what overlaps."""


@dataclass(slots=True)
class Stake:
    """The claim of one environment against those of all others."""

    purview: Purview
    owner: Owner
    holdings: Holdings
    takeover: bool = False
    """Whether claims of others that overlap are taken over."""
    known: Register | None = None
    """What the plan read; None where this identity may not read it."""

    def look(self) -> None:
        """Reads every claim, by one request."""
        self.known = self._read()

    def findings(self) -> Iterator[Diagnostic]:
        """What a plan says: a claim of others that overlaps is an error, unless it is taken over."""
        if not self.holdings:
            return
        if self.known is None:
            yield Diagnostic(
                "warning",
                "claim.unreadable",
                "this identity may not read the claims of other environments, so nobody can tell whether they overlap",
                "Give it Data Reader on the root collection.",
            )
            return
        for claim in self._rivals(self.known):
            if claim.owner.is_one_with(self.owner):
                yield Diagnostic(
                    "warning",
                    "claim.other_ledger",
                    f"another ledger of this project and environment has held {self._overlap(claim)} since "
                    f"{claim.day}, and an apply replaces its claim",
                    "If that ledger is not lost, bring it back: this one does not know what it owns.",
                )
            elif self.takeover:
                yield Diagnostic(
                    "warning",
                    "claim.takeover",
                    f"{self._overlap(claim)} will be taken over from {claim.owner.words}, which has held it since "
                    f"{claim.day}, with all else that it claims",
                    "From then on that environment is refused until it claims something else.",
                )
            else:
                yield self._held(claim)

    def hold(self, taken: Taken, *, writes: bool) -> str:
        """Leaves the claim before the first write, under the lock of the ledger; `writes` says whether any will follow.

        What the plan read is read again first, and the claim is read back: of two that claim the same at once at
        least one sees the other, withdraws and is refused. Returns what is to be noted, empty for nothing.
        Raises `RefusedError` for a claim of others that overlaps, `ReconcilerError` where ours does not show.
        """
        if self.known is None:
            return "the claims of other environments could not be read, and none is left of this one"
        if not writes and self._is_in_order(self.known):
            return ""
        now = self.known = self._read() or Register()
        if self._is_in_order(now):
            return ""
        rivals = self._rivals(now)
        if held := [self._held(claim) for claim in rivals if not self._may_take(claim)]:
            raise RefusedError(*held)
        if rivals:
            taken([self._told(claim) for claim in rivals])
        try:
            self._leave(now, rivals)
        except Refused as refused:
            if refused.status != 403:
                raise
            return f"no claim is left, as this identity may not write it: {refused.diagnostics[0].summary}"
        return ""

    def settle(self, holdings: Holdings) -> str:
        """Lets go of what is neither wanted nor owned any more after an apply; returns what is to be noted."""
        before = self.known.of(self.owner.ledger) if self.known is not None else None
        if before is None or holdings == self.holdings:
            return ""
        self.holdings = holdings
        try:
            self._put(before, exists=True)
        except StoppedError:
            raise
        except ReconcilerError as error:
            return f"the claim could not be made smaller, which the next apply does: {error.diagnostics[0].summary}"
        return ""

    # -- steps -----------------------------------------------------------------------------------------------

    def _read(self) -> Register | None:
        try:
            return read(self.purview)
        except Refused as refused:
            if refused.status != 403:
                raise
            return None

    def _leave(self, now: Register, rivals: Sequence[Claim]) -> None:
        before = now.of(self.owner.ledger)
        taken = any(not claim.owner.is_one_with(self.owner) for claim in rivals)
        self._put(before, exists=now.exists, anew=taken)
        remove(self.purview, rivals)
        gone = {claim.guid for claim in rivals}
        deadline, look = time.monotonic() + SETTLES, FIRST_LOOK
        while True:
            found = read(self.purview)
            if others := [claim for claim in self._rivals(found) if claim.guid not in gone]:
                self._withdraw(before, found)
                raise RefusedError(*(self._at_once(claim) for claim in others))
            if self._is_in_order(found):
                self.known = found
                return
            if time.monotonic() > deadline:
                raise ReconcilerError.of(
                    "claim.unseen",
                    "the claim of this environment was accepted and does not show, so nothing is written",
                    "Apply again; another environment may have taken it over at this moment: `doctor` shows who holds "
                    "what.",
                )
            if self.purview.connection.stop.wait(look):
                raise StoppedError.of("interrupted", "stopped while waiting for the system")
            look = min(LONGEST_LOOK, look * 2)

    def _put(self, before: Claim | None, *, exists: bool, anew: bool = False) -> None:
        """Makes the claim what it should be: there, changed, or gone where nothing is claimed.

        What was taken over is held from then on, and not since we held something else.
        """
        if self.holdings:
            since = before.since if before is not None and not anew else int(time.time() * 1000)
            write(self.purview, Claim(self.owner, self.holdings, since), exists=exists)
        elif before is not None:
            remove(self.purview, [before])

    def _withdraw(self, before: Claim | None, found: Register) -> None:
        """Brings back what was claimed before."""
        if before is not None:
            write(self.purview, before, exists=True)
        elif (mine := found.of(self.owner.ledger)) is not None:
            remove(self.purview, [mine])

    # -- judging ---------------------------------------------------------------------------------------------

    def _rivals(self, register: Register) -> list[Claim]:
        """Claims of other ledgers that overlap with ours."""
        others = [claim for claim in register.claims if claim.owner.ledger != self.owner.ledger]
        return [claim for claim in others if self.holdings.overlaps(claim.holdings)]

    def _is_in_order(self, register: Register) -> bool:
        """Whether our claim is as it should be, and no other is in its way."""
        mine = register.of(self.owner.ledger)
        if not self.holdings:
            return mine is None
        return mine is not None and mine.says(Claim(self.owner, self.holdings)) and not self._rivals(register)

    def _may_take(self, claim: Claim) -> bool:
        return self.takeover or claim.owner.is_one_with(self.owner)

    # -- words -----------------------------------------------------------------------------------------------

    def _overlap(self, claim: Claim) -> str:
        return listed(self.holdings.overlaps(claim.holdings))

    def _held(self, claim: Claim) -> Diagnostic:
        settings = list(dict.fromkeys(f"`{one.setting}`" for one in self.holdings.overlaps(claim.holdings)))
        return Diagnostic(
            "error",
            "claim.held",
            f"{claim.owner.words}, has held {self._overlap(claim)} since {claim.day}",
            f"Give this environment something else ({', '.join(settings)}), or take it over with --takeover: the other "
            "environment is refused from then on.",
        )

    def _at_once(self, claim: Claim) -> Diagnostic:
        words = f"{claim.owner.words}, claims {self._overlap(claim)} at the same moment"
        return replace(self._held(claim), summary=words)

    def _told(self, claim: Claim) -> dict[str, object]:
        return {
            "repository": claim.owner.repository,
            "environment_before": claim.owner.environment,
            "since": claim.day,
            "claims": [one.words for one in self.holdings.overlaps(claim.holdings)],
        }


def listed(overlaps: Sequence[Overlap]) -> str:
    """Things that overlap, in words."""
    words = [one.words for one in overlaps]
    if not words:
        return ""
    if len(words) > NAMED:
        words = [*words[:NAMED], f"{len(words) - NAMED} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
