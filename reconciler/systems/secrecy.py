"""What is a secret: one answer for whoever shows, compares, keeps or sends on what stands in a configuration.

Who trusts the control alone prints tokens in plans: fields of several connectors and crawlers that hold a secret are
shown as plain inputs by CluedIn (public sources of the Http connector, the Event Hub connector and crawlers, [B]).
So a field is secret by its control, by its name, or by what its value carries.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

_NAMED = (
    r"password|passphrase|secret|token|api[_-]?key|account[_-]?key|access[_-]?key|connection[_-]?string"
    r"|authorization|credentials?|signature"
)
_NAME = re.compile(rf"(?:{_NAMED})$", re.IGNORECASE)
_SHORT = r"sig|code|key|pwd"
"""Names that mean a secret as a parameter of an address only."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,30}://\S+", re.IGNORECASE)
_PARAMETER = re.compile(rf"(?:[?&#](?:{_SHORT}|[\w.-]*(?:{_NAMED}))|;[\w .-]*(?:{_NAMED}))=[^\s&#;]", re.IGNORECASE)
_LEADING = re.compile(rf"[\w .-]*(?:{_NAMED})=\S", re.IGNORECASE)
_QUOTED = re.compile(rf"[\"'][\w .-]*(?:{_NAMED})[\"']\s*:\s*[\"'][^\"']", re.IGNORECASE)
"""A secret as a literal in JSON or in a script; one that comes from elsewhere stands there without quotes."""
_HEADER = re.compile(r"[\w-]+[ \t]*:[ \t]*\S.*")
_HEADER_NAME = re.compile(r"(?:^|-)(?:key|cookie)$", re.IGNORECASE)
"""What a secret is called in headers besides: `X-Functions-Key`, `Ocp-Apim-Subscription-Key`, `Cookie`."""
_LAKE_SCHEMES = ("abfs", "abfss", "wasb", "wasbs")
"""The user in an address of theirs is the container ([B] Azure Storage's documentation of the ABFS driver)."""
_SHOWN = re.compile(
    rf"(?P<before>(?:[?&#;]|%3F|%26|\\u0026)(?:{_SHORT}|[\w.-]{{0,60}}(?:{_NAMED}))(?:=|%3D))"
    r"(?!\(sensitive)[^\s&#;\"'<>\\|)\]}}]{8,}",
    re.IGNORECASE,
)
_USER = re.compile(r"://(?!\(sensitive)[^\s/?#@\"'<>]{1,200}:[^\s/?#@\"'<>]+(?=@)")


def without_signatures(text: str, mask: str) -> str:
    """A text with the users of addresses and the values of signed parameters (8 characters or more) masked.

    For what systems and manifests show: nobody knows these secrets by value.
    """
    if "=" in text or "%3" in text:
        text = _SHOWN.sub(lambda found: found["before"] + mask, text)
    return _USER.sub(f"://{mask}", text) if "://" in text and "@" in text else text


def is_secret(name: str, value: Any = None, control: str = "") -> bool:
    """Whether a field is secret: a `password` control, a name that says so, or a value that carries a secret."""
    return control.casefold() == "password" or named_secret(name) or carries_secret(value)


def named_secret(name: str) -> bool:
    """Whether a name alone says that its value is a secret."""
    return bool(_NAME.search(name.strip()))


def carries_secret(value: Any) -> bool:
    """Whether a text holds an address with a user or a signed parameter, or a parameter that is named a secret."""
    if not isinstance(value, str):
        return False
    plain = unquote(value)
    if _PARAMETER.search(value) or _PARAMETER.search(plain) or _LEADING.match(value) or _QUOTED.search(value):
        return True
    if _has_secret_header(value):
        return True
    return any(_has_user(address) for address in _ADDRESS.findall(value))


def bare_address(value: str) -> str:
    """An address without user, query and fragment, as it may leave for a catalogue; other text as it is.

    Empty where nobody can say which part of it is no secret.
    """
    bare = value.strip()
    if _ADDRESS.match(bare):
        found = _parts(bare)
        if found is None:
            return ""
        user, at, host = found.netloc.rpartition("@")
        container = f"{user}{at}" if found.scheme.lower() in _LAKE_SCHEMES and ":" not in user else ""
        bare = found._replace(netloc=f"{container}{host}", query="", fragment="").geturl()
    return "" if carries_secret(bare) else bare


def _has_secret_header(text: str) -> bool:
    """Whether a text is a block of headers, one a line, of which one is named a secret."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not all(map(_HEADER.fullmatch, lines)):
        return False
    return any(is_secret_header(line.partition(":")[0]) for line in lines)


def is_secret_header(name: str) -> bool:
    """Whether a header of this name carries a secret."""
    return named_secret(name) or bool(_HEADER_NAME.search(name.strip()))


def _has_user(address: str) -> bool:
    found = _parts(address)
    if found is None:
        return "@" in address
    user, at, _ = found.netloc.rpartition("@")
    return bool(at) and (":" in user or found.scheme.lower() not in _LAKE_SCHEMES)


def _parts(address: str) -> SplitResult | None:
    try:
        found = urlsplit(address)
        _ = found.port
    except ValueError:
        return None
    return found
