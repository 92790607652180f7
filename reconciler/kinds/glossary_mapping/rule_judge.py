"""What only the live systems and the ledger tell about a rule."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.environment.patterns import holds, holds_prefix
from reconciler.errors import Diagnostic
from reconciler.kinds.glossary_mapping.rule import derived, memory
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.manifest.findings import error, info, warning
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.native_sync import NativeSync
from reconciler.questions.templates import TermTemplates
from reconciler.resources.cluedin.settings import (
    SYNCS,
    TERMS_TO_GLOSSARY,
    TERMS_TO_VOCABULARIES,
    VOCABULARIES_TO_TERMS,
)
from reconciler.resources.purview.templates import DEFAULT


def rule_judgements(rule: Scene) -> Iterator[Diagnostic]:
    """A rule that takes nothing, names that collide, CluedIn's own sync of the same direction, what is out of scope."""
    yield from _native(rule)
    yield from _nothing(rule)
    yield from derived(rule).findings
    yield from _spelled_out(rule)
    yield from _scope(rule)
    yield from _template(rule)


def _nothing(rule: Scene) -> Iterator[Diagnostic]:
    found, what = derived(rule), "terms" if rule.spec.source == "purview" else "vocabularies"
    here = rule.environment.cluedin if rule.spec.source == "purview" else rule.environment.purview
    if found.selected or here is None:
        return
    if memory(rule).is_known:
        yield error(
            rule.document,
            ("select",),
            "derived.nothing_selected",
            f"The rule takes no {what} any more, and made something of some before",
            "Nothing of it is removed: the rule may be wrong, or its source empty. To end a rule, delete its document.",
        )
    elif found.wait_for_assets and rule.spec.select.assigned == "column":
        yield warning(
            rule.document,
            ("select", "assigned"),
            "derived.not_assigned",
            f"No term is on a column of an asset, so none is taken; {found.wait_for_assets} would be otherwise",
            "Put the terms on columns in Purview, or write `assigned: any`.",
        )
    else:
        yield warning(
            rule.document,
            ("select",),
            "derived.nothing_yet",
            f"The rule takes no {what}",
            "Look at `select`: every condition in it has to hold, for terms at the top and for those below each.",
        )


def _spelled_out(rule: Scene) -> Iterator[Diagnostic]:
    if there := derived(rule).spelled_out:
        names, more = ", ".join(there[:5]), f" and {len(there) - 5} more" if len(there) > 5 else ""
        yield info(
            rule.document,
            ("into",),
            "derived.spelled_out",
            f"Left to the documents that spell it out: {names}{more}",
        )


def _native(rule: Scene) -> Iterator[Diagnostic]:
    on = rule.world.answers.of(NativeSync())
    if on is None:
        return
    if "" in on:
        yield warning(
            rule.document,
            (),
            "glossary.native_unknown",
            "Whether CluedIn's own sync with Purview is on cannot be read by this user",
            "Ask its administrator: Administration, Azure Integration, Purview. Both would write the same things.",
        )
    for key in sorted(_same_direction(rule).intersection(on)):
        say = warning if rule.spec.allow_native else error
        yield say(
            rule.document,
            ("source",),
            "glossary.native_sync",
            f"CluedIn's own sync of this direction is on ({key}): both write the same things",
            "Switch it off in CluedIn, or write `allow_native: true`.",
        )
    for key in on:
        if key and key not in SYNCS:
            yield warning(
                rule.document,
                (),
                "glossary.native_other",
                f"CluedIn's own sync {key} is on, and is one that this version of reconciler does not know",
                "Look up in CluedIn's documentation what it writes.",
            )


def _same_direction(rule: Scene) -> set[str]:
    into = rule.spec.into
    if rule.spec.source == "cluedin":
        return {VOCABULARIES_TO_TERMS}
    has_category = "glossary_category" not in into.model_fields_set or into.glossary_category is not None
    return ({TERMS_TO_VOCABULARIES} if into.vocabularies else set()) | ({TERMS_TO_GLOSSARY} if has_category else set())


def _scope(rule: Scene) -> Iterator[Diagnostic]:
    scope = rule.environment.scope
    for one in derived(rule).declarations.vocabularies:
        if not holds_prefix(scope.cluedin.key_prefixes, one.prefix):
            yield _outside(rule, ("naming", "vocabulary_prefix"), "key prefix", one.prefix, "cluedin.key_prefixes")
    for want in derived(rule).wants:
        if want.type.full_name == "cluedin.glossary_category" and not holds(scope.cluedin.categories, want.key):
            yield _outside(rule, ("into", "glossary_category"), "category", want.key, "cluedin.categories")
        if want.type.full_name == "purview.glossary" and not holds(scope.purview.glossaries, want.key):
            yield _outside(rule, ("into", "glossary"), "glossary", want.key, "purview.glossaries")
            return


def _outside(rule: Scene, path: tuple[str, ...], what: str, name: str, part: str) -> Diagnostic:
    return error(
        rule.document,
        path,
        "scope.outside",
        f"The {what} `{name}` is outside the scope of the environment `{rule.world.environment_name}`",
        f"Add it to `scope.{part}` there, if it belongs to this environment.",
    )


def _template(rule: Scene) -> Iterator[Diagnostic]:
    name = rule.spec.into.template
    rows = rule.world.answers.of(TermTemplates((name,))) if name is not None else None
    known = [row.name for row in rows] if rows is not None else []
    if rows is not None and name not in (*known, DEFAULT):
        advice = did_you_mean(str(name), known, what="Templates are")
        yield error(
            rule.document,
            ("into", "template"),
            "term.no_template",
            f"Purview has no term template `{name}`",
            advice or "Make it in Purview, or correct it.",
        )
