"""What a plain (unquoted) word means: YAML 1.2 core rules, without the surprises of YAML 1.1.

Only `true` and `false` are booleans, dates stay text, and a number with a leading zero stays text because
readers of YAML disagree about it. Words that other readers take for something else are `treacherous`: they
stay text here, and validation says so where a field wants a boolean or a number.
"""

from __future__ import annotations

import re

TEXT = "tag:yaml.org,2002:str"
NULL = "tag:yaml.org,2002:null"
BOOLEAN = "tag:yaml.org,2002:bool"
INTEGER = "tag:yaml.org,2002:int"
NUMBER = "tag:yaml.org,2002:float"
MERGE = "tag:yaml.org,2002:merge"
SEQUENCE = "tag:yaml.org,2002:seq"
MAPPING = "tag:yaml.org,2002:map"

Scalar = str | int | float | bool | None

_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER = re.compile(
    r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_NUMERIC_LOOKALIKE = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|0[bx][0-9a-fA-F_]+|[0-9]+(?::[0-5]?[0-9])+)")
_BOOLEAN_LOOKALIKE = frozenset(
    form for word in ("yes", "no", "on", "off", "y", "n") for form in (word, word.capitalize(), word.upper())
)
_FIRST_CHARACTERS = frozenset("~nNtTfF+-.0123456789<")
_TREACHEROUS_FIRST = frozenset("yYnNoO+-0123456789")
NEEDS_A_LOOK = _FIRST_CHARACTERS | _TREACHEROUS_FIRST
"""The first characters of plain words that are not certainly text."""
LONGEST_INTEGER = 400


def tag_of(text: str) -> str:
    """The tag of a plain scalar under the YAML 1.2 core schema."""
    if text and text[0] not in _FIRST_CHARACTERS:
        return TEXT
    if text in _WORDS:
        return NULL if _WORDS[text] is None else BOOLEAN
    if text == "<<":
        return MERGE
    if _INTEGER.fullmatch(text):
        return INTEGER
    return NUMBER if _NUMBER.fullmatch(text) else TEXT


def value_of(text: str, tag: str) -> Scalar:
    """The value that `text` has under `tag`; ValueError when it has none."""
    if tag in (TEXT, MERGE):
        return text
    if tag in (NULL, BOOLEAN):
        if text not in _WORDS or (_WORDS[text] is None) != (tag == NULL):
            raise ValueError(text)
        return _WORDS[text]
    if tag == INTEGER:
        if not _INTEGER.fullmatch(text) or len(text) > LONGEST_INTEGER:
            raise ValueError(text)
        return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def read_scalar(text: str) -> Scalar:
    """The value that an unquoted `text` has in a manifest; what cannot be a value of its type is text."""
    try:
        return value_of(text, tag_of(text))
    except ValueError:
        return text


def looks_boolean(text: str) -> bool:
    """Whether YAML 1.1 would take this word for a boolean while it is text here."""
    return text in _BOOLEAN_LOOKALIKE


def looks_numeric(text: str) -> bool:
    """Whether other readers would take this word for a number while it is text here."""
    return bool(_NUMERIC_LOOKALIKE.fullmatch(text)) and tag_of(text) == TEXT


def is_treacherous(text: str) -> bool:
    """Whether other readers of YAML would not take this text for text."""
    return text[:1] in _TREACHEROUS_FIRST and (looks_boolean(text) or looks_numeric(text))
