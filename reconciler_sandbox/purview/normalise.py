"""The awkward habits of real servers: same meaning, another form. Applied when a document is shown.

No single habit is proven for every field; together they keep a client from comparing byte by byte [C].
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

_TAG = re.compile(
    r"</?(a|b|blockquote|br|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|span|strike|strong|sub|sup|table|tbody|td|th"
    r"|thead|tr|u|ul)(?=[\s/>])(?:\s+[\w-]+=(?:\"[^\"]*\"|'[^']*'|[^\s>]+))*\s*/?>",
    re.IGNORECASE,
)
"""What an editor of texts takes for formatting; `<country>` is no more than text to it [C]."""
_WRAPPED = '<div class="editor">'


def text(value: Any) -> Any:
    """Outer blanks gone, line ends LF."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def definition(value: Any) -> Any:
    """A definition as the portal's editor keeps it: HTML in a `div`."""
    plain = text(value)
    if not isinstance(plain, str) or not plain or plain.startswith(_WRAPPED):
        return plain
    if _TAG.search(plain):
        return f"{_WRAPPED}\n{plain.replace('</div><div>', '</div>' + chr(10) + '<div>')}\n</div>"
    return "<div>" + html.escape(plain, quote=False).replace("\n", "<br>") + "</div>"


def own_form(value: Any) -> Any:
    """A form nobody can foresee: runs of inner blanks become one."""
    return re.sub(r"[ \t]{2,}", " ", text(value)) if isinstance(value, str) else value


def json_text(value: Any) -> Any:
    """A string that holds JSON, written with other spaces and another order of keys."""
    if not isinstance(value, str) or value[:1] not in "[{":
        return text(value)
    try:
        found = json.loads(value)
    except ValueError:
        return text(value)
    return json.dumps(_turned(found), indent=1)


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in sorted(value, reverse=True)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def shuffled(items: list[Any]) -> list[Any]:
    """A set in another order."""
    return list(reversed(items))


def template_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes of term templates with their booleans as words."""
    return {
        name: {key: str(item).lower() if isinstance(item, bool) else item for key, item in held.items()}
        for name, held in attributes.items()
    }


def entity_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes of an entity; names are left alone, since they identify."""
    found: dict[str, Any] = {}
    for key, value in attributes.items():
        if key in ("qualifiedName", "name"):
            found[key] = value
        elif key == "description":
            found[key] = own_form(value)
        elif isinstance(value, list):
            found[key] = shuffled(value)
        else:
            found[key] = json_text(value)
    return found
