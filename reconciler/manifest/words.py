"""How findings name paths, values and what a field wants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.manifest.marks import Path
from reconciler.systems.redact import SECRETS

_WANTED = {
    "string": "text", "int": "a whole number", "float": "a number", "decimal": "a number",
    "bool": "`true` or `false`", "list": "a list", "tuple": "a list", "set": "a list", "frozen_set": "a list",
    "iterable": "a list", "dict": "a mapping", "mapping": "a mapping", "model": "a mapping",
    "model_attributes": "a mapping", "dataclass": "a mapping", "none_required": "empty",
    "date": "a date such as `2025-01-31`", "date_from_datetime": "a date such as `2025-01-31`",
    "datetime": "a time such as `2025-01-31T12:00:00Z`",
    "datetime_from_date": "a time such as `2025-01-31T12:00:00Z`", "time": "a time of day such as `12:30`",
    "time_delta": "a duration such as `PT15M`",
    "uuid": "an id such as `30435ff9-9b96-44af-a5a9-e05c8b1ae2df`",
    "url": "an address such as `https://example.com`",
}  # fmt: skip
_KIND_OF_TYPE = re.compile(r"(.+?)(?:_type|_parsing|_from_float|_parsing_size|_from_datetime_parsing|_inexact)?")
_FRAMEWORK_WORDS = (
    (re.compile(r"^(?:Value error|Assertion failed), "), ""),
    (re.compile(r"^(?:Input|String|Value|List|Dictionary|Set|Tuple|Data|URL|Number) should "), "must "),
    (re.compile(r" after validation, not \d+$"), ""),
)


_AS_YAML = re.compile(r"\b(?:True|False)\b(?!')")
"""Python's words for what YAML calls `true` and `false`; not those in quotes, which are texts."""


def show_path(path: Path) -> str:
    """`spec.terms[0].key`, as people write paths."""
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return f"`{shown[:200]}`" if shown else "The document"


def show_value(value: Any, *, secret: bool = False) -> str:
    """A value in a sentence; never the text of a secret."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple, set)):
        return "a list"
    if secret:
        return "a plain value"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (int, float)):
        return f"the number {value}"[:80]
    if not isinstance(value, str):
        return "another value"
    shown = SECRETS.clean(value)
    return f"`{shown[:60]}{'…' if len(shown) > 60 else ''}`"


def wanted_by(error_type: str, context: Mapping[str, Any]) -> str | None:
    """What a field wants, when the error is that the value is of another type or no member of a choice."""
    if error_type in ("literal_error", "enum", "no_member"):
        return _AS_YAML.sub(lambda found: f"`{found[0].lower()}`", str(context.get("expected", "another value")))
    if error_type == "is_instance_of":
        return f"a {context.get('class', 'value')}"
    kind = _KIND_OF_TYPE.fullmatch(error_type)
    return _WANTED.get(kind[1]) if kind else None


def choices_in(context: Mapping[str, Any]) -> list[str]:
    """The words of a choice, for a suggestion."""
    return re.findall(r"'([^']*)'", str(context.get("expected") or context.get("expected_tags") or ""))


def plain_message(message: str) -> str:
    """A validator's message without the framework's own phrases."""
    for pattern, replacement in _FRAMEWORK_WORDS:
        message = pattern.sub(replacement, message)
    return message.strip().rstrip(".")
