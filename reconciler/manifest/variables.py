"""`${var.NAME}` in the values of a spec: from the environment file, overridden by `RECONCILER_VAR_NAME`.

A value that is nothing but one variable takes its value with its type; `$${` writes a plain `${`. No other
process variable can be read, so that none can leak into a plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import Diagnostic, Source
from reconciler.manifest import scalars
from reconciler.manifest.marks import Path
from reconciler.manifest.suggest import did_you_mean

PROCESS_PREFIX = "RECONCILER_VAR_"
IN = " in "
"""Stands before where a variable is not defined, in the finding that says so."""
_EXPRESSION = re.compile(r"\$(\$\{)|\$\{([^}]*)(\}?)")
_REFERENCE = re.compile(r"\s*var\.([A-Za-z_][A-Za-z0-9_]*)\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Locate = Callable[[Path], Source]


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables of one environment; `tolerated` names are known elsewhere and stay as written here."""

    values: Mapping[str, Any]
    known: frozenset[str]
    where: str
    tolerated: frozenset[str] | None = frozenset()

    def tolerates(self, name: str) -> bool:
        """Whether an undefined name may stay as it is written."""
        return self.tolerated is None or name in self.tolerated


@dataclass(slots=True)
class Substituted:
    """Data with its variables replaced, what was wrong, and the paths at which a variable stayed open."""

    data: Any = None
    findings: list[Diagnostic] = field(default_factory=list)
    open_paths: set[tuple[str | int, ...]] = field(default_factory=set)
    used: dict[tuple[str | int, ...], str] = field(default_factory=dict)
    """The variable that a value at a path was made of; of several the last."""


def literal(data: Any) -> Any:
    """A value as a manifest has to write it, so that no text in it is taken for a variable."""
    if isinstance(data, str):
        return data.replace("${", "$${")
    if isinstance(data, dict):
        return {key: literal(value) for key, value in data.items()}
    return [literal(item) for item in data] if isinstance(data, list) else data


def process_variables(process_env: Mapping[str, str]) -> dict[str, str]:
    """The variables that the process sets."""
    return {
        name.removeprefix(PROCESS_PREFIX): value
        for name, value in process_env.items()
        if name.startswith(PROCESS_PREFIX)
    }


def collect(declared: Any, process: Mapping[str, str], locate: Locate) -> tuple[dict[str, Any], list[Diagnostic]]:
    """The values of an environment's variables, overridden by the process, and what is wrong with them."""
    values: dict[str, Any] = {}
    findings: list[Diagnostic] = []
    for name, value in declared.items() if isinstance(declared, dict) else ():
        if not _NAME.fullmatch(name):
            findings.append(
                Diagnostic(
                    "error",
                    "variable.invalid_name",
                    f"`{name}` is not a name for a variable",
                    "Use letters, digits and underscores.",
                    locate((name,)),
                )
            )
            continue
        values[name] = value
        if any("${" in text.replace("$${", "") for text in _texts(value)):
            findings.append(_nested(name, locate((name,))))
    for name, text in process.items():
        if "${" in text:
            findings.append(_nested(name, None))
        values[name], finding = _as_declared(name, text, values.get(name), locate)
        findings += finding
    return values, findings


def substitute(data: Any, variables: Variables, locate: Locate) -> Substituted:
    """A copy of `data` in which each variable is replaced."""
    result = Substituted()
    result.data = _Substitution(variables, locate, result).walk(data, ())
    return result


class _Substitution:
    def __init__(self, variables: Variables, locate: Locate, result: Substituted) -> None:
        self._variables = variables
        self._locate = locate
        self._result = result

    def walk(self, value: Any, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, str):
            return self._text(value, path) if "${" in value else value
        if isinstance(value, dict):
            return {key: self.walk(member, (*path, key)) for key, member in value.items()}
        if isinstance(value, list):
            return [self.walk(member, (*path, at)) for at, member in enumerate(value)]
        return value

    def _text(self, text: str, path: tuple[str | int, ...]) -> Any:
        whole = _EXPRESSION.fullmatch(text)
        if whole and not whole[1]:
            return self._value(whole, path)
        return _EXPRESSION.sub(lambda found: self._embedded(found, path), text)

    def _embedded(self, found: re.Match[str], path: tuple[str | int, ...]) -> str:
        if found[1]:
            return found[1]
        value = self._value(found, path)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (str, int, float)):
            return str(value)
        self._say(
            path,
            "variable.not_text",
            f"The variable in `{found[0]}` is not a single value and cannot stand inside a text",
            "Use it as the whole value, or give it a text.",
        )
        return found[0]

    def _value(self, found: re.Match[str], path: tuple[str | int, ...]) -> Any:
        reference = _REFERENCE.fullmatch(found[2])
        if not reference or not found[3]:
            self._say(
                path,
                "variable.unknown_form",
                f"`{found[0][:80]}` is not a variable",
                "Write `${var.NAME}`, or `$${` for a plain `${`.",
            )
            return found[0]
        name = reference[1]
        if name in self._variables.values:
            self._result.used[path] = name
            return self._variables.values[name]
        self._result.open_paths.add(path)
        if not self._variables.tolerates(name):
            advice = did_you_mean(name, self._variables.known, what="Defined are")
            self._say(
                path,
                "variable.undefined",
                f"The variable `{name}` is not defined{IN}{self._variables.where}",
                f"{advice} Define it under `spec.variables` there, or set {PROCESS_PREFIX}{name}.".strip(),
            )
        return found[0]

    def _say(self, path: tuple[str | int, ...], code: str, summary: str, detail: str) -> None:
        self._result.open_paths.add(path)
        self._result.findings.append(Diagnostic("error", code, summary, detail, self._locate(path)))


def _as_declared(name: str, text: str, declared: Any, locate: Locate) -> tuple[Any, list[Diagnostic]]:
    """The process's text as a value of the declared type: a number where the file has a number."""
    if not isinstance(declared, (bool, int, float)):
        return text, []
    value = scalars.read_scalar(text)
    if type(value) is type(declared) or (isinstance(declared, float) and type(value) is int):
        return value, []
    words = "true or false" if isinstance(declared, bool) else "a number"
    finding = Diagnostic(
        "error",
        "variable.wrong_type",
        f"{PROCESS_PREFIX}{name} must be {words}, like the value it replaces",
        "Set it to such a value.",
        locate((name,)),
    )
    return declared, [finding]


def _nested(name: str, source: Source | None) -> Diagnostic:
    return Diagnostic(
        "error",
        "variable.nested",
        f"The variable `{name}` contains `${{`, and a variable may not contain a variable",
        "Write the value out, or use both variables where they are needed.",
        source,
    )


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts(member)
