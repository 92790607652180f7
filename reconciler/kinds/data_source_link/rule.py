"""The rule form of a data source link: placeholders, and what the selection amounts to."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.data_source_link.links import NAMES, PLACEHOLDER, PLACEHOLDERS, Links
from reconciler.manifest.findings import error, info, warning
from reconciler.manifest.suggest import did_you_mean


def placeholder_findings(links: Links) -> Iterator[Diagnostic]:
    """Placeholders that nothing is known for, and those that nothing fills."""
    for name in NAMES:
        for found in PLACEHOLDER.finditer(getattr(links.spec.data_set, name)):
            if links.spec.select is None and found[1] in PLACEHOLDERS:
                yield error(
                    links.document,
                    ("data_set", name),
                    "link.placeholder",
                    f"`{found[0]}` stands for nothing here: only a rule with `select` fills it",
                    "Write the name out, or select assets.",
                )
            elif links.spec.select is not None and found[1] not in PLACEHOLDERS:
                advice = did_you_mean(found[1], PLACEHOLDERS)
                yield error(
                    links.document,
                    ("data_set", name),
                    "link.placeholder",
                    f"`{found[0]}` is not a placeholder",
                    f"{advice} An asset has {', '.join(f'`{{{one}}}`' for one in PLACEHOLDERS)}.".strip(),
                )


def selection_findings(links: Links) -> Iterator[Diagnostic]:
    """What a rule selects: nothing, or assets that documents declare by themselves."""
    question = links.selection
    if question is None or links.world.answers.of(question) is None:
        return
    taken, skipped = links.selected
    for asset in skipped:
        yield info(
            links.document,
            ("select",),
            "link.declared_elsewhere",
            f"The rule leaves out {asset.key}: a document declares it",
        )
    if not taken and not skipped:
        yield warning(
            links.document,
            ("select",),
            "link.nothing_selected",
            f"The rule selects no asset: none of its kind carries {_terms(question.terms)} of `{question.glossary}`",
            "Nothing is made. What the rule made before is only removed with `prune`, within the guards of the policy.",
        )


def _terms(terms: tuple[str, ...]) -> str:
    if "*" in terms:
        return "any term"
    return " or ".join(f"`{one}`" for one in terms)
