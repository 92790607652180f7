"""The lines of a ledger file: JSON objects, each with a checksum of itself and of every line before it.

So the last line that reads vouches for the whole: nothing can be changed, lost, doubled or put elsewhere without
being seen. Files of the format before (no checksums, blank lines between writes) are still read.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from reconciler.ledger.ledger import FORMAT, Entry, Header

UNSEALED, UNDERIVED = 1, 2
"""The format without checksums, and the one whose entries do not say what a rule made them of."""
_SEALED = re.compile(rb'(?P<body>\{.*),"sum":"(?P<sum>[0-9a-f]{24})"\}', re.DOTALL)
_SEAL = b',"sum":"'
_START = b'{"'
_ENTRY = {
    "address": str, "how": str, "canon": int, "fields": dict, "id": str, "origins": list, "depends_on": list,
    "protect": bool, "tombstone": bool, "commit": str, "moved": list, "bearer": str, "on_remove": str, "intent": dict,
    "derived_from": str,
}  # fmt: skip
_INTENT = {"action": str, "before": dict, "sent": dict, "was_ours": list, "waiting": str, "said": dict, "begun": bool}
_HEADER = {
    "ledger": str, "environment": str, "salt": str, "serial": int, "repository": str, "commit": str, "author": str,
    "pull_request": int, "systems": dict, "format": int, "entries": int,
}  # fmt: skip


class BrokenLine(Exception):
    """A line that is not as it was written: its number, from 1 (0: the file as a whole), and why."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number, self.why = number, why


@dataclass(slots=True)
class Content:
    """What a ledger file says.

    `good` is how many bytes of it count; what follows was cut short while it was written. `seal` is the checksum
    of the last line, which the next one goes on from; empty in a file without checksums. `half` tells that the
    last write did not come to its end.
    """

    header: Header | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    lines: int = 0
    good: int = 0
    seal: bytes = b""
    half: bool = False


def write(shapes: Iterable[Mapping[str, Any]], seal: bytes = b"") -> tuple[list[bytes], bytes]:
    """The lines of some shapes, after a line that ended with a checksum; and the checksum that they end with."""
    lines = []
    for shape in shapes:
        body = orjson.dumps(shape)[:-1]
        seal = _seal_of(body, seal)
        lines.append(b'%b,"sum":"%b"}\n' % (body, seal))
    return lines, seal


def read(data: bytes) -> Content:
    """What a file says; raises `BrokenLine` for anything but a last line that was cut short."""
    content = Content()
    first = data.partition(b"\n")[0]
    shapes = _sealed(data, content) if _SEALED.match(first) else _unsealed(data, content)
    last: dict[str, Entry | BrokenLine] = {}
    expected = loose = 0
    for number, shape in shapes:
        if "ledger" in shape:
            promised = shape.pop("entries", 0)
            expected, loose = max(expected, promised), -promised
            content.header = header_of(number, shape)
        else:
            loose += 1
            _take(number, shape, last, sealed=bool(content.seal))
        content.lines += 1
    if expected and content.lines <= expected:  # put in place as a whole, so no kill has cut it
        raise BrokenLine(0, f"it is cut short: {content.lines - 1} of at least {expected} entries are there")
    content.half = content.half or loose > 0
    for address, found in last.items():
        if isinstance(found, BrokenLine):
            raise found
        content.entries[address] = found
    return content


def _seal_of(body: bytes, before: bytes) -> bytes:
    return hashlib.blake2b(before + body, digest_size=12).hexdigest().encode()


def _sealed(data: bytes, content: Content) -> Iterator[tuple[int, dict[str, Any]]]:
    last, whole = b"", 0
    for line in io.BytesIO(data):  # line by line: a list of them would be the file once more
        if not line.endswith(b"\n"):
            last = line
            break
        whole += 1
        yield whole, _unseal(whole, line[:-1].rstrip(b"\r"), content)
        content.good += len(line)
    if _SEALED.match(last):
        yield whole + 1, _unseal(whole + 1, last, content)
        content.good += len(last)
    elif not last.startswith(_START[: len(last)]):
        raise BrokenLine(whole + 1, "it is no line of a ledger")
    elif last:
        content.half = True


def _unseal(number: int, line: bytes, content: Content) -> dict[str, Any]:
    body, _, end = line.rpartition(_SEAL)
    seal = _seal_of(body, content.seal)
    if end != seal + b'"}':
        if not _SEALED.fullmatch(line):
            raise BrokenLine(number, "it is no line of a ledger")
        raise BrokenLine(number, "its checksum does not fit: this line, or one before it, is not as it was written")
    content.seal = seal
    shape = _parsed(number, line)
    del shape["sum"]
    return shape


def _unsealed(data: bytes, content: Content) -> Iterator[tuple[int, dict[str, Any]]]:
    """Lines of the format before; the next write gives the whole file its checksums."""
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        torn = number == len(lines) and line.startswith(_START[: len(line)])
        try:
            yield number, _parsed(number, line)
        except BrokenLine:
            if not torn:
                raise
            content.half = True


def _parsed(number: int, line: bytes) -> dict[str, Any]:
    try:
        shape = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BrokenLine(number, f"it is no entry and no header, as it is no JSON: {error.msg}") from None
    if not isinstance(shape, dict):
        raise BrokenLine(number, "it is no entry and no header")
    return shape


def header_of(number: int, shape: Mapping[str, Any]) -> Header:
    """The header that a line says. Raises `BrokenLine`."""
    known = shape.get("format")
    if known not in (UNSEALED, UNDERIVED, FORMAT):
        raise BrokenLine(0, f"its format is {known}, this version reads {FORMAT}")
    _check(number, shape, _HEADER, ("ledger", "environment", "salt", "format"))
    header = Header(**{**shape, "format": FORMAT})
    header.systems = {name: [names] if isinstance(names, str) else names for name, names in header.systems.items()}
    of_systems = all(isinstance(names, list) and _texts(names) for names in header.systems.values())
    if not re.fullmatch("([0-9a-f]{2}){1,64}", header.salt) or not of_systems:
        raise BrokenLine(number, "the header is not as it was written")
    return header


def _take(number: int, shape: dict[str, Any], last: dict[str, Entry | BrokenLine], *, sealed: bool) -> None:
    """Keeps the last line of each entry, as a line counts for nothing once a later one says more, even a wrong one."""
    if "dropped" in shape:
        _check(number, shape, {"dropped": str}, ("dropped",))
        last.pop(shape["dropped"], None)
        return
    address = shape.get("address")
    if type(address) is not str:
        raise BrokenLine(number, "it is no entry and no header: address is missing")
    try:
        last[address] = entry_of(number, shape, sealed=sealed)
    except BrokenLine as broken:
        last[address] = broken


def entry_of(number: int, shape: Mapping[str, Any], *, sealed: bool) -> Entry:
    """The entry that a line says; looked at more closely where no checksum vouches for it. Raises `BrokenLine`."""
    _check(number, shape, _ENTRY, ("address", "how", "canon", "fields"))
    if not sealed:
        _check_members(number, shape)
    try:
        return Entry.of(shape)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise BrokenLine(number, "the entry is not as it was written") from None


def _check_members(number: int, shape: Mapping[str, Any]) -> None:
    """A closer look at an entry that no checksum vouches for."""
    if "intent" in shape:
        _check(number, shape["intent"], _INTENT, ("action", "before", "sent", "was_ours", "waiting"))
        intent = shape["intent"]
        said = (intent["before"], intent["sent"], intent.get("said", {}))
        if not all(_texts(digests.values()) for digests in said) or not _texts(intent["was_ours"]):
            raise BrokenLine(number, "an intent is not as it was written")
    if not all(_texts(shape.get(name, ())) for name in ("origins", "depends_on", "moved")):
        raise BrokenLine(number, "a list is not as it was written")
    marks = shape["fields"].values()
    if not all(isinstance(mark, list) and len(mark) in (2, 3) and _texts(mark[:2]) for mark in marks):
        raise BrokenLine(number, "a field is not as it was written")


def _check(number: int, shape: Mapping[str, Any], types: Mapping[str, type], required: Iterable[str]) -> None:
    """Refuses an object that lacks a member, has one that nobody writes, or one of another type."""
    for name in required:
        if name not in shape:
            raise BrokenLine(number, f"it is no entry and no header: {name} is missing")
    if list(map(type, shape.values())) == list(map(types.get, shape)):
        return  # as nearly every line
    for name, value in shape.items():
        if type(value) is not types.get(name):
            raise BrokenLine(number, f"its member {name} is not as it was written")


def _texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
