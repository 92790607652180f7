"""The rules by which a contract is compared with what it was: an id, what it means, and how it is judged.

An id is a stable word; it is the last part of a finding's code: `contract.breaking.column_removed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.saved.words import Severity

Verdict = Literal["breaking", "additive", "governance"]
RuleId = Literal[
    "column_removed", "column_renamed", "column_added", "type_changed", "required_dropped",
    "values_loosened", "values_tightened", "reference_dropped", "reference_tightened",
    "source_changed", "key_renamed", "key_removed",
    "filter_narrowed", "filter_changed", "filter_widened",
    "entity_changed", "primary_key_changed", "delivery_type_changed", "format_changed", "provider_changed",
    "account_changed", "container_changed", "path_changed", "file_pattern_changed", "overwrite_changed",
    "mode_changed", "partition_by_changed", "purview_readable_changed",
    "outgoing_edges_changed", "incoming_edges_changed",
    "interval_loosened", "freshness_p95_loosened", "rpo_loosened", "rto_loosened", "retention_loosened",
    "interval_tightened", "freshness_p95_tightened", "rpo_tightened", "rto_tightened", "retention_tightened",
    "label_removed", "approval_dropped", "lineage_dropped", "compatibility_weakened", "severity_weakened",
    "contract_removed", "contract_added",
]  # fmt: skip
RuleSeverity = Severity

_ADDITIVE = ("column_added", "filter_widened", "contract_added")
GOVERNANCE = (
    "label_removed",
    "approval_dropped",
    "lineage_dropped",
    "compatibility_weakened",
    "severity_weakened",
    "contract_removed",
)
"""Rules about the rules themselves: somebody has to agree, and no date does it instead."""
_RANK: dict[RuleSeverity, int] = {"info": 0, "warning": 1, "error": 2}


@dataclass(frozen=True, slots=True)
class Ignore:
    """One rule that is not held for a while: of one column or of all, until a day, for a reason."""

    rule: RuleId
    column: str
    """Empty: of the whole contract."""
    until: str
    """The last day, as `2027-03-31`."""
    reason: str

    def counts(self, today: str) -> bool:
        """Whether its last day has not passed."""
        return today <= self.until

    def means(self, rule: str, column: str) -> bool:
        """Whether it is about such a difference."""
        return self.rule == rule and self.column in ("", column)


def severity_of(rule: str, verdict: Verdict, *, promised: bool) -> RuleSeverity:
    """How a rule is judged that a contract does not judge itself; `promised` is `compatibility: additive_only`."""
    if verdict == "breaking":
        return "error" if promised else "warning"
    return "error" if rule in GOVERNANCE else "info"


def verdict_of(rule: str) -> Verdict:
    """What a rule tells of; relations that come along are additive, and those that go away breaking."""
    if rule in GOVERNANCE:
        return "governance"
    return "additive" if rule in _ADDITIVE or rule.endswith("_tightened") else "breaking"


def stricter(one: RuleSeverity, other: RuleSeverity) -> RuleSeverity:
    """The more severe of two."""
    return max(one, other, key=_RANK.__getitem__)
