"""What can be told about a rule offline: its form, its patterns, its systems, and rules that would feed each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.errors import Diagnostic
from reconciler.kinds.glossary_mapping import rule_guard
from reconciler.kinds.glossary_mapping.rule_names import as_term, placeholders
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.project.names import path_parts
from reconciler.manifest.findings import Path, error, info, where
from reconciler.manifest.paths import path_findings

_OF_GIT = ("term", "vocabulary", "terms", "cluedin_glossary", "assets", "assign_terms")
_OF_RULES = ("select", "into", "naming", "defaults", "allow_native")
_OF_TERMS = {
    "select": ("attribute", "term", "template", "assigned"),
    "into": ("vocabularies", "glossary_category"),
    "naming": ("vocabulary_prefix", "entity_type_prefix", "vocabulary", "key"),
    "defaults": ("data_type", "group", "condition"),
}
"""What a rule says that reads terms; the rest is of rules that read vocabularies."""
_PATTERNS = ("term", "template", "vocabulary", "key_prefix")
_PLACEHOLDERS = {
    "vocabulary": ("term",),
    "key": ("nick",),
    "term": ("vocabulary.name", "vocabulary.key_prefix"),
    "child": ("key.display_name", "key.name"),
}
_LEFT_OUT = {"purview": "glossary.no_purview", "cluedin": "glossary.no_cluedin"}
_REMOVALS = {"purview": ("obsolete", "delete", "keep"), "cluedin": ("expire", "delete", "keep")}
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9._]*")
_CODE = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")


def stray_rule_findings(scene: Scene) -> Iterator[Diagnostic]:
    """Parts of a rule in a mapping that is none."""
    for name in _OF_RULES:
        if name in scene.spec.model_fields_set:
            yield error(
                scene.document,
                (name,),
                "derived.no_rule",
                f"`{name}` has no effect: the document spells its concept out",
                "Write `source: purview` or `source: cluedin` to make it a rule, or remove it.",
            )


def rule_findings(rule: Scene) -> Iterator[Diagnostic]:
    """Everything that is wrong with a rule, or worth knowing."""
    yield from _foreign(rule)
    yield from _patterns(rule)
    yield from _naming(rule)
    yield from _needed(rule)
    yield from _removed(rule)
    yield from _systems(rule)
    yield from _root(rule)
    yield from _feeding(rule)


def _foreign(rule: Scene) -> Iterator[Diagnostic]:
    spec, source = rule.spec, rule.spec.source
    strays: list[Path] = [(name,) for name in _OF_GIT if name in spec.model_fields_set]
    if source == "cluedin" and "glossary" in spec.model_fields_set:
        strays.append(("glossary",))
    for part in ("select", "into", "naming", "defaults"):
        for name in getattr(spec, part).model_fields_set:
            if (name in _OF_TERMS[part]) != (source == "purview"):
                strays.append((part, name))
    for path in strays:
        name = ".".join(map(str, path))
        advice = "Name the glossary in `into.glossary`." if path == ("glossary",) else "Remove it."
        yield error(
            rule.document, path, "derived.foreign_field", f"`{name}` has no effect with `source: {source}`", advice
        )


def _patterns(rule: Scene) -> Iterator[Diagnostic]:
    select = rule.spec.select
    for name in _PATTERNS:
        try:
            re.compile(getattr(select, name) or "")
        except re.error as fault:
            at = f" at character {fault.pos + 1}" if fault.pos is not None else ""
            yield error(
                rule.document,
                ("select", name),
                "derived.pattern",
                f"`{getattr(select, name)}` is no regular expression: {fault.msg}{at}",
                "Correct it; a dot stands for any character, and `\\.` for a dot.",
            )
    attribute = select.attribute
    if attribute is not None and not re.fullmatch(r"\s*[^=\s][^=]*=.*", attribute):
        yield error(
            rule.document,
            ("select", "attribute"),
            "derived.attribute",
            f"`{attribute}` does not say which value the attribute has",
            "Write `Name=value` or `Template.Name=value`, or null for none.",
        )


def _naming(rule: Scene) -> Iterator[Diagnostic]:
    naming = rule.spec.naming
    for name, known in _PLACEHOLDERS.items():
        for word in placeholders(getattr(naming, name)):
            if word not in known:
                yield error(
                    rule.document,
                    ("naming", name),
                    "derived.naming",
                    f"`{{{word}}}` is no placeholder of `naming.{name}`",
                    f"There {'are' if len(known) > 1 else 'is'} {', '.join(f'`{{{one}}}`' for one in known)}.",
                )
    for name, form in (("vocabulary_prefix", _PREFIX), ("entity_type_prefix", _CODE)):
        if not form.fullmatch(getattr(naming, name)):
            yield error(
                rule.document,
                ("naming", name),
                "derived.naming",
                f"`{getattr(naming, name)}` cannot begin {'key prefixes' if form is _PREFIX else 'codes'}",
                "Use letters, digits, `_` and `.`, without a dot at the end.",
            )


def _needed(rule: Scene) -> Iterator[Diagnostic]:
    spec, into = rule.spec, rule.spec.into
    path: Path = ("glossary",) if spec.source == "purview" else ("into", "glossary")
    if (spec.glossary if spec.source == "purview" else into.glossary) is None:
        yield error(
            rule.document,
            path[:-1] or ("source",),
            "derived.no_glossary",
            "The rule names no glossary",
            f"Name Purview's glossary in `{'.'.join(map(str, path))}`.",
        )
    if spec.source != "purview" or into.vocabularies:
        return
    if "glossary_category" in into.model_fields_set and into.glossary_category is None:
        yield error(
            rule.document,
            ("into",),
            "derived.makes_nothing",
            "The rule makes neither vocabularies nor terms",
            "Remove `vocabularies: false`, or name a `glossary_category`.",
        )
    elif spec.defaults.condition == "auto":
        yield error(
            rule.document,
            ("into", "vocabularies"),
            "derived.condition",
            "Without vocabularies a condition of the terms cannot be derived",
            "Write `defaults.condition`, such as `{entity_type: /Customer}`.",
        )


def _removed(rule: Scene) -> Iterator[Diagnostic]:
    spec, words = rule.spec, _REMOVALS[rule.spec.source]
    if "removed" in spec.model_fields_set and spec.removed not in words:
        what = "Keys cannot expire" if spec.source == "purview" else "Terms of Purview cannot become obsolete"
        advice = f"Write {', '.join(f'`{word}`' for word in words[:-1])} or `{words[-1]}`."
        yield error(rule.document, ("removed",), "glossary.removed", what, advice)


def _systems(rule: Scene) -> Iterator[Diagnostic]:
    spec, environment, name = rule.spec, rule.environment, rule.world.environment_name
    here = {"purview": environment.purview, "cluedin": environment.cluedin}
    titles = {"purview": "Purview", "cluedin": "CluedIn"}
    other = "cluedin" if spec.source == "purview" else "purview"
    if here[spec.source] is None:
        yield error(
            rule.document,
            ("source",),
            "derived.no_source",
            f"The environment `{name}` has no {titles[spec.source]}, which the rule reads",
            "Name the system there, or keep the rule out of this environment.",
        )
    if here[other] is None:
        yield info(
            rule.document,
            ("into",),
            _LEFT_OUT[other],
            f"The environment `{name}` has no {titles[other]}: what the rule makes is left out",
        )
    if environment.purview is not None and "status" not in rule.dialect.term_parts:
        yield error(
            rule.document,
            ("source",),
            "derived.not_in_atlas",
            f"{rule.dialect.title} keeps no templates and no status of terms, which rules are about",
            "Spell the concept out in Git, or use an environment with `mode: purview`.",
        )
    if getattr(environment.scope, other).read_only:
        yield error(
            rule.document,
            ("into",),
            "scope.read_only",
            f"The environment `{name}` may only read {titles[other]}",
            f"Remove `scope.{other}.read_only` there, or the rule.",
        )


def _root(rule: Scene) -> Iterator[Diagnostic]:
    root = rule.spec.into.root
    if root is None:
        return
    path: Path = ("into", "root")
    yield from path_findings(rule.document, path, root)
    names = path_parts(root)
    if rule_guard.is_native(names):
        yield error(
            rule.document,
            path,
            "derived.native_root",
            f"`{root}` is a root of CluedIn's own sync, which would remove what the rule makes",
            f"Choose a name without `{rule_guard.NATIVE}`.",
        )
    if any(as_term(name) != name for name in names):
        yield error(
            rule.document,
            path,
            "glossary.name",
            f"The name `{root}` contains what Purview refuses in names, or blanks at an end",
            "Choose another name; `@`, `.`, `<` and `>` cannot be part of one.",
        )


def _feeding(rule: Scene) -> Iterator[Diagnostic]:
    """A glossary that a rule reads, and another one fills: where the pattern for terms lets their root pass."""
    spec = rule.spec
    if spec.source != "purview" or spec.glossary is None:
        return
    for other in rule_guard.rules(rule.world, "cluedin"):
        into = other.spec.into
        if into.glossary != spec.glossary:
            continue
        try:
            apart = into.root is not None and not re.fullmatch(spec.select.term, path_parts(into.root)[0])
        except re.error:
            return  # it is told already
        if not apart:
            yield error(
                rule.document,
                ("glossary",),
                "derived.same_glossary",
                f"The glossary `{spec.glossary}` is filled by {other.document.name} "
                f"({where(other.document, ('into',))}), and read here",
                "Let that one have a `root`, and `select.term` here a pattern that leaves the root out; or use another "
                "glossary.",
            )
