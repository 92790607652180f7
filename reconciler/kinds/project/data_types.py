"""The data type of a key that a column fills, by the scanner's word for the column's."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z]+[0-9]*")
_NUMBER_AT_END = re.compile(r"[0-9]+$")

# Words of scanners for data types → data types of keys; anything else is text, as in CluedIn's own mapping [B].
_TYPES = {
    "Boolean": "bool boolean bit",
    "Integer": "int integer bigint smallint tinyint long short uint ulong ushort",
    "Number": "decimal float double numeric real",
    "DateTime": "date datetime datetimeoffset smalldatetime timestamp timestamptz int96",
    "Time": "time",
    "Guid": "uniqueidentifier guid uuid",
}
_BY_WORD = {word: name for name, words in _TYPES.items() for word in words.split()}


def data_type(word: str) -> str:
    """The data type of a key for a scanner's word, such as `decimal(10,2)`; `int96` is Parquet's old timestamp."""
    found = _WORD.match(word.strip().casefold())
    if found is None:
        return "Text"
    return _BY_WORD.get(found[0]) or _BY_WORD.get(_NUMBER_AT_END.sub("", found[0])) or "Text"
