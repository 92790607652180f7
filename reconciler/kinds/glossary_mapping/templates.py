"""Term templates in a glossary mapping: what is asked of Purview, what is wrong, and values as they are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.errors import Diagnostic
from reconciler.kinds.glossary_mapping.scene import Scene
from reconciler.kinds.glossary_mapping.spec import TermText
from reconciler.manifest.findings import Path, error
from reconciler.manifest.suggest import did_you_mean
from reconciler.questions.base import Question
from reconciler.questions.templates import LiveTemplate, TermTemplates
from reconciler.resources.keys import path_of
from reconciler.resources.purview.templates import DEFAULT, Attribute

Known = Mapping[str, Mapping[str, Attribute]]


def template_questions(scene: Scene) -> Iterator[Question]:
    """What templates there are, where a term has one."""
    named = _named(scene)
    if named:
        yield TermTemplates(named)


def template_findings(scene: Scene) -> Iterator[Diagnostic]:
    """Templates that Purview has not, attributes that they have not, and values that these cannot hold."""
    known = known_templates(scene)
    if known is None:
        return
    for path, text in _texts(scene):
        if text.template is not None:
            yield from _missing(scene, (*path, "template"), text.template, known)
        for name, values in text.attributes.items():
            where = (*path, "attributes", name)
            if name != text.template:
                yield from _missing(scene, where, name, known)
            for attribute, value in values.items() if name in known else ():
                yield from _value(scene, (*where, attribute), name, attribute, value, known[name])


def known_templates(scene: Scene) -> Known | None:
    """The templates of Purview; None when they were not asked for."""
    rows: tuple[LiveTemplate, ...] | None = scene.world.answers.of(TermTemplates(_named(scene)))
    if rows is None:
        return None
    return {row.name: {one.name: one for one in row.attributes} for row in rows}


def as_compared(attributes: Mapping[str, Mapping[str, Any]], known: Known | None) -> dict[str, dict[str, Any]]:
    """Values of attributes with dates in one form, as far as the templates are known."""
    return {
        template: {
            name: known[template][name].meant(value) if known is not None and name in known.get(template, {}) else value
            for name, value in values.items()
        }
        for template, values in attributes.items()
    }


def required_paths(text: TermText, known: Known | None) -> list[str]:
    """The paths of attributes that must have a value, of the templates whose attributes are written."""
    return [
        path_of("attributes", template, one.name)
        for template in dict.fromkeys([*([text.template] if text.template else []), *text.attributes])
        for one in (known or {}).get(template, {}).values()
        if one.required
    ]


def _named(scene: Scene) -> tuple[str, ...]:
    if scene.terms_here is None or "templates" not in scene.dialect.term_parts:
        return ()
    names = {name for _, text in _texts(scene) for name in (text.template, *text.attributes) if name is not None}
    return tuple(sorted(names))


def _texts(scene: Scene) -> Iterator[tuple[Path, TermText]]:
    if scene.spec.term is not None:
        yield ("term",), scene.spec.term
    yield from ((entry.path, entry.item) for entry in scene.items if entry.item.term)


def _missing(scene: Scene, path: Path, name: str, known: Known) -> Iterator[Diagnostic]:
    if name not in known and name != DEFAULT:
        yield error(
            scene.document,
            path,
            "term.no_template",
            f"Purview has no term template `{name}`",
            did_you_mean(name, known, what="Templates are") or "Make it in Purview, or correct it.",
        )


def _value(
    scene: Scene, path: Path, template: str, name: str, value: Any, attributes: Mapping[str, Attribute]
) -> Iterator[Diagnostic]:
    attribute = attributes.get(name)
    if attribute is None:
        yield error(
            scene.document,
            path,
            "term.no_attribute",
            f"The template `{template}` has no attribute `{name}`",
            did_you_mean(name, attributes, what="Its attributes are"),
        )
    elif fault := attribute.fault(value):
        yield error(
            scene.document,
            path,
            "term.attribute_value",
            f"`{name}` of the template `{template}` cannot hold `{value}`",
            f"It takes {fault}.",
        )
