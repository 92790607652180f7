"""Which terms a rule takes, and where each stands: at the top, or below a term that is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.errors import Diagnostic
from reconciler.kinds.glossary_mapping import rule_guard
from reconciler.kinds.glossary_mapping.rule_memory import TERM, Memory
from reconciler.kinds.glossary_mapping.rule_spec import Select
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.manifest.findings import info, warning
from reconciler.questions.source_terms import SourceTerm, TermsSelected


@dataclass(frozen=True)
class TakenTerm:
    """A term that the rule takes, with the terms below it that it takes too."""

    term: SourceTerm
    below: tuple[SourceTerm, ...] = ()

    def path(self, child: SourceTerm) -> tuple[str, ...]:
        """Own names of a term below it, from the first one below."""
        return child.names[len(self.term.names) :]


def terms_question(glossary: str, select: Select) -> TermsSelected:
    """What a rule asks Purview."""
    return TermsSelected(glossary, select.attribute, select.term, select.template, select.assigned)


@dataclass
class TermsTaken:
    """The terms of one rule, sorted out."""

    rule: Scene
    rows: tuple[SourceTerm, ...]
    memory: Memory
    alone: list[SourceTerm] = field(default_factory=list)
    """Terms that pass, below one at the top that does not."""

    @cached_property
    def tops(self) -> tuple[TakenTerm, ...]:
        """The terms at the top that are taken, in the order of their names."""
        below: dict[str, list[SourceTerm]] = {}
        tops = {row.guid: row for row in self.taken if not row.parent}
        for row in self.taken:
            if row.parent:
                top = self._top(row)
                (below.setdefault(top, []) if top in tops else self.alone).append(row)
        by_name = sorted(tops.values(), key=lambda row: row.names)
        return tuple(TakenTerm(row, tuple(sorted(below.get(row.guid, ()), key=lambda r: r.names))) for row in by_name)

    @cached_property
    def taken(self) -> tuple[SourceTerm, ...]:
        """The terms that pass for themselves, and that nobody made of the other side."""
        return tuple(row for row in self.rows if row.passes and not self._is_barred(row))

    @cached_property
    def known(self) -> frozenset[str]:
        """Guids of all terms of the glossary."""
        return frozenset(row.guid for row in self.rows)

    def findings(self) -> Iterator[Diagnostic]:
        """What a person should know of what is left out."""
        document = self.rule.document
        if self.tops and self.alone:
            names = ", ".join(f"`{'/'.join(row.names)}`" for row in sorted(self.alone, key=lambda r: r.names)[:5])
            yield warning(
                document,
                ("select",),
                "derived.child_alone",
                f"Left out, as the term at the top above them is not taken: {names}"
                + (f" and {len(self.alone) - 5} more" if len(self.alone) > 5 else ""),
                "Let the term at the top pass the rule as well, or none of those below it.",
            )
        barred = sum(1 for row in self.rows if row.passes and self._is_barred(row))
        if barred:
            yield info(
                document,
                ("select",),
                "derived.own",
                f"{barred} {'term is' if barred == 1 else 'terms are'} left out: this project or CluedIn made what "
                "would be its own source",
            )

    @cached_property
    def _ours(self) -> frozenset[str]:
        return self.memory.ours(TERM)

    @cached_property
    def _roots(self) -> set[tuple[str, ...]]:
        return rule_guard.roots(self.rule.world, self.rule.spec.glossary or "")

    @cached_property
    def _by_guid(self) -> dict[str, SourceTerm]:
        return {row.guid: row for row in self.rows}

    def _is_barred(self, row: SourceTerm) -> bool:
        made_by_rule = rule_guard.is_below(row.names, self._roots)
        return row.guid in self._ours or rule_guard.is_native(row.names) or made_by_rule

    def _top(self, row: SourceTerm) -> str:
        """The guid of the term at the top above one; a loop of parents has none."""
        seen: set[str] = set()
        while row.parent and row.guid not in seen:
            seen.add(row.guid)
            above = self._by_guid.get(row.parent)
            if above is None:
                return ""
            row = above
        return "" if row.parent else row.guid
