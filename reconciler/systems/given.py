"""Secrets as they are handed in: looked at once, before anything is sent with them.

Files and shells leave a line end behind; sent in a header, such a value is refused by the HTTP library with an error
that shows it. So it is mended or refused where it is read, by the name of what holds it and never by its value.
"""

from __future__ import annotations

import re

from reconciler.errors import ConfigurationError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_IN_A_HEADER = re.compile(r"[^!-~]")
_ADVICE = "Write the value anew, as one line without anything before or after it."


def secret_text(value: str, name: str) -> str:
    """A secret without the one line end that may close it; `name` says where it was found.

    Raises `ConfigurationError` when it is empty, blank or holds control characters.
    """
    text = value.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ConfigurationError.of("secret.missing", f"the secret {name} is not set", "Set the variable.")
    if found := _CONTROL.search(text):
        words = "a line end" if found[0] in "\r\n\u2028\u2029\x85" else f"the control character U+{ord(found[0]):04X}"
        raise ConfigurationError.of("secret.malformed", f"the secret {name} holds {words}", _ADVICE)
    if text.isspace():
        raise ConfigurationError.of("secret.malformed", f"the secret {name} holds nothing but blanks", _ADVICE)
    return text


def bearer_token(value: str, name: str) -> str:
    """A token that goes into a header: visible ASCII only (RFC 6750, 2.1); raises `ConfigurationError` otherwise."""
    text = secret_text(value, name)
    if found := _NOT_IN_A_HEADER.search(text):
        words = "a blank" if found[0].isspace() else "a character that no token has"
        raise ConfigurationError.of("secret.malformed", f"the token {name} holds {words}", _ADVICE)
    return text
