"""What acts or hides in a text is shown by its number."""

from __future__ import annotations

import re

UNSEEN = re.compile(
    "["
    r"\x00-\x1f\x7f-\x9f\xad"
    r"\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff"
    r"\U000110bd\U000110cd\U00013430-\U00013455\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
"""Characters that act or hide: controls, directions, zero widths, fillers, selectors of variations, tags.

Unicode's `Default_Ignorable_Code_Point` and `Cf` without marks that scripts show, controls, breaks of lines, the
blank of Braille, and halves of surrogates.
"""


def visible(text: object) -> str:
    r"""The text on one line; what acts on a terminal or cannot be seen as `\n`, `\x1b` or `\u{200b}`."""
    return UNSEEN.sub(_escape, str(text))


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return short or (f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{{{ord(character):x}}}")
