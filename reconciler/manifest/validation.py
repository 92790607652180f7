"""A spec against its model: the validated model, and every problem as a finding with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from reconciler.errors import Diagnostic, Source
from reconciler.manifest import scalars
from reconciler.manifest.marks import Place, find
from reconciler.manifest.problems import Problem, problems_in
from reconciler.manifest.secrets import SecretRef, looks_like_secret, not_allowed
from reconciler.manifest.shapes import field_names, wanted, wants
from reconciler.manifest.suggest import did_you_mean, nearest
from reconciler.manifest.words import choices_in, plain_message, show_path, show_value, wanted_by
from reconciler.manifest.yaml import YamlFile

Steps = tuple[str | int, ...]
Finding = tuple[Steps, Diagnostic]
_LEFT_OVER = "It stands after a comma: if that belongs to a text, put the whole text in quotes."


@dataclass(frozen=True, slots=True)
class Written:
    """How values are written in the files."""

    files: Mapping[str, YamlFile]

    def word_at(self, place: Place) -> str:
        """The plain word at a place; nothing when what stands there is quoted."""
        file = self.files.get(place.file)
        return file.word_at(*place.offset) if file is not None else ""

    def follows_comma(self, place: Place) -> bool:
        """Whether a key without a value stands after a comma: the rest of a text, most likely."""
        file = self.files.get(place.file)
        return place.data is None and file is not None and file.follows_comma(*place.key_offset)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is validated: the data, where it comes from (nearest layer first), and what it is called."""

    model: type[BaseModel]
    data: Any
    layers: Sequence[Place]
    written: Written
    prefix: Steps = ("spec",)

    def name(self, path: Steps) -> str:
        """The path as people write it."""
        return show_path(self.prefix + path)

    def source(self, path: Steps) -> Source:
        """Where the value at the path stands."""
        return find(self.layers, path)[0].source


def validate(subject: Subject) -> tuple[BaseModel | None, list[Finding]]:
    """The validated model, or None and everything that is wrong."""
    try:
        return subject.model.model_validate(subject.data), []
    except ValidationError as error:
        return None, [(p.path, _finding(subject, p)) for p in problems_in(error, subject.data)]
    except RecursionError:
        summary = f"{subject.name(())} nests too deeply to be validated"
        finding = Diagnostic("error", "manifest.too_deep", summary, "Flatten it.", subject.source(()))
        return None, [((), finding)]


def misplaced_secrets(subject: Subject, allowed: frozenset[str] | None) -> list[Finding]:
    """References to secrets where no secret belongs, or of names that the allow-list does not have."""
    findings: list[Finding] = []
    for path, value in _walk(subject.data):
        types = wanted(subject.model, path) if looks_like_secret(value) else []
        if not types:
            continue
        source = subject.source(path)
        if any(_is_secret(kind) for kind in types):
            if allowed is not None and "env" in value and value["env"] not in allowed:
                findings.append((path, not_allowed(value["env"], source)))
        elif not any(value.keys() <= set(field_names([kind])) for kind in types):
            summary = f"{subject.name(path)} refers to a secret, but this field is not a secret"
            detail = "Its value would show in plans. Write a plain value, or use a field for secrets."
            findings.append((path, Diagnostic("error", "secret.not_allowed_here", summary, detail, source)))
    return findings


def treacherous_words(subject: Subject) -> list[Finding]:
    """Words such as `yes` and `012` in fields that want a boolean or a number."""
    findings: list[Finding] = []
    for path, value in _walk(subject.data):
        if not isinstance(value, str) or not scalars.is_treacherous(value):
            continue
        types = wanted(subject.model, path)
        if wants(types, str, Any):
            continue
        if wants(types, bool) and scalars.looks_boolean(value):
            meant = "true" if value.lower() in ("yes", "on", "y") else "false"
            summary = f"{subject.name(path)} is `{value}`, which only some readers of YAML take for a boolean"
            detail = f"Write true or false: `{meant}`."
            finding = Diagnostic("warning", "manifest.loose_boolean", summary, detail, subject.source(path))
            findings.append((path, finding))
        elif wants(types, int, float) and scalars.looks_numeric(value):
            summary = f"{subject.name(path)} is `{value[:60]}`, which not all readers take for the same number"
            detail = "Write a plain decimal number without leading zeros, `_` or `:`."
            finding = Diagnostic("error", "manifest.ambiguous_number", summary, detail, subject.source(path))
            findings.append((path, finding))
    return findings


def _walk(data: Any) -> Iterable[tuple[Steps, Any]]:
    stack: list[tuple[Steps, Any]] = [((), data)]
    while stack:
        path, value = stack.pop()
        yield path, value
        if isinstance(value, dict):
            stack.extend(((*path, key), member) for key, member in value.items())
        elif isinstance(value, list):
            stack.extend(((*path, at), member) for at, member in enumerate(value))


def _is_secret(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, SecretRef)


def _finding(subject: Subject, problem: Problem) -> Diagnostic:
    place, _ = find(subject.layers, problem.path)
    code, summary, detail = _in_words(subject, problem, place)
    at_key = problem.type == "extra_forbidden" or problem.on_key
    return Diagnostic("error", code, summary, detail, place.key_source if at_key else place.source)


def _in_words(subject: Subject, problem: Problem, place: Place) -> tuple[str, str, str]:
    name = subject.name(problem.path)
    if "." in problem.type:
        return problem.type, problem.message, str(problem.context.get("detail", ""))
    if problem.type == "missing":
        field = problem.path[-1]
        advice = f"Add `{field}:` to {subject.name(problem.path[:-1]).replace('The d', 'the d')}."
        return "manifest.missing_field", f"{name} is missing", advice
    left_over = _LEFT_OVER if subject.written.follows_comma(place) else ""
    if problem.type == "extra_forbidden":
        return _unknown_field(subject, problem, left_over)
    if problem.type in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_form(name, problem)
    wish = wanted_by(problem.type, problem.context)
    if wish is None:
        return "manifest.invalid_value", _sentence(name, plain_message(problem.message)), ""
    secret = any(_is_secret(kind) for kind in wanted(subject.model, problem.path))
    if secret and not isinstance(problem.value, dict):
        return (
            "secret.plain_value",
            f"{name} must be a reference to a secret, not {show_value(problem.value, secret=True)}",
            'Write `{env: NAME, version: "1"}` and set NAME outside the manifests.',
        )
    summary = f"{name} must be {wish}, not {show_value(problem.value)}"
    if problem.type in ("literal_error", "enum"):
        choices = choices_in(problem.context)
        suggestion = nearest(problem.value, choices) if isinstance(problem.value, str) else None
        advice = f"Did you mean `{suggestion}`?" if suggestion else _truth_advice(problem.value, wish)
        return "manifest.invalid_value", summary, advice
    return "manifest.wrong_type", summary, left_over or _type_advice(problem, wish, subject.written.word_at(place))


def _truth_advice(value: Any, wish: str) -> str:
    """What to write in place of a word that YAML 1.1 took for true or false, and YAML 1.2 takes for a text."""
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(value).lower())
    return f"Write `{meant}`, without quotes: `{value}` is a text." if meant and f"`{meant}`" in wish else ""


def _sentence(name: str, message: str) -> str:
    return f"{name} {message}" if message.startswith(("must ", "is ", "has ")) else f"{name}: {message}"


def _unknown_field(subject: Subject, problem: Problem, left_over: str) -> tuple[str, str, str]:
    *above, field = problem.path
    owner = subject.name(tuple(above))
    elsewhere = dict(getattr(subject.model, "elsewhere", {})) if not above else {}
    known = field_names(wanted(subject.model, above))
    written = _at(subject.data, above)
    unused = {one for one in known if one not in written} if isinstance(written, dict) else known
    advice = left_over or elsewhere.get(field) or did_you_mean(str(field), unused or known, what="Its fields are")
    return "manifest.unknown_field", f"{owner} has no field `{str(field)[:80]}`", advice


def _unknown_form(name: str, problem: Problem) -> tuple[str, str, str]:
    field = str(problem.context.get("discriminator", "")).strip("'")
    if problem.type == "union_tag_not_found":
        return "manifest.missing_field", f"{name} does not say which form it has", f"Add `{field}:`."
    tag = str(problem.context.get("tag", ""))
    summary = f"{name} must have as `{field}` {problem.context.get('expected_tags', '')}, not `{tag[:60]}`"
    return "manifest.invalid_value", summary, did_you_mean(tag, choices_in(problem.context))


def _type_advice(problem: Problem, wish: str, word: str) -> str:
    value = problem.value
    if value is None:
        return "Give it a value, or leave the line out."
    if "text" in wish and isinstance(value, (bool, int, float)):
        return f'Quote it: `"{word or str(value)}"`.'
    if "`true`" in wish and isinstance(value, str):
        return "Write true or false."
    if "list" in wish and not isinstance(value, (dict, list)):
        return "Write it as a list: `[…]`, or one `- …` a line."
    return ""


def _at(data: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data
