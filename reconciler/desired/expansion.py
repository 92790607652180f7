"""What the manifests want, kept between runs: the same files, variables and tool expand to the same resources.

One file for each expansion in the user's folder for caches, by a digest of all that it is made of. What cannot be read
back exactly as it was written counts as not there, and nothing is kept that names a secret's value. `RECONCILER_CACHE`
names another folder, or says `off`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from hashlib import blake2b
from importlib.util import find_spec
from itertools import chain
from math import isfinite
from pathlib import Path
from sys import intern
from typing import Any

import orjson

from reconciler import __version__
from reconciler.errors import Diagnostic, Source
from reconciler.manifest.files import FOLDER
from reconciler.manifest.garbage import garbage_collection_paused
from reconciler.resources import types
from reconciler.resources.base import ENFORCED, Desired
from reconciler.resources.objects import Origin, shared
from reconciler.systems.redact import SECRETS

WORTH = 300
"""Resources from which on it is faster to read an expansion than to make it."""
MOST = 20
"""Expansions that are kept; the oldest goes first."""
_MARK = b"reconciler expansion 2 "
_PAGE = 200
"""Resources in a line: to read all at once would take the memory of all twice."""
_BLOCK = 1 << 20
_READ = ("RECONCILER_VAR_", "RECONCILER_SECRETS")
_MADE_BY = ("pydantic", "pydantic_core", "yaml", "orjson")
"""Packages beside our own whose version may show in what manifests become."""
_ALWAYS = ("type", "key", "values", "origins", "needs", "mode", "on_remove")
_NO_MORE: Mapping[str, Any] = {"strength": ENFORCED}
_SETS = ("members", "labels", "approvals", "requires", "taken_back")


@dataclass(slots=True)
class Expansion:
    """The wishes of a project in one environment, and what is to be known of it beside them."""

    environment: dict[str, Any]
    """The data of the environment's document, with its variables."""
    files: int
    documents: int
    asks: bool
    """Whether a document has to know something of the live systems first."""
    judged: bool
    """Whether the documents have had their say about the answers as well, which were none."""
    findings: list[Diagnostic] = field(default_factory=list)
    resources: dict[str, Desired] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    superseded: set[str] = field(default_factory=set)
    beside: dict[str, str] = field(default_factory=dict)
    """Files below the project that the documents name, each with the digest of what it says."""


class _Unfit(Exception):
    """A value that JSON does not give back as it was."""


def place_of(root: Path, environment: str, process_env: Mapping[str, str]) -> Path | None:
    """Where the expansion is kept of what the manifests say now; None where none is to be kept."""
    folder = _folder()
    if folder is None:
        return None
    digest = blake2b(digest_size=24)
    try:
        for part in _made_of(root, environment, process_env):
            digest.update(blake2b(part, digest_size=24).digest())
    except OSError:
        return None
    return folder / f"{digest.hexdigest()}.json"


@garbage_collection_paused()
def recall(place: Path, root: Path) -> Expansion | None:
    """What is kept at a place; None where nothing is, nothing that is whole, or a file beside it says otherwise."""
    try:
        with place.open("rb") as file:
            head = file.readline()
            if head != _MARK + _seal(iter(lambda: file.read(_BLOCK), b"")):
                return None
            file.seek(len(head))
            return _expansion(map(orjson.loads, file), root)
    except (OSError, LookupError, TypeError, ValueError, StopIteration):
        return None


def digests_of(root: Path, files: Iterable[str]) -> dict[str, str]:
    """What files below the project say, by digest; one that cannot be read has an empty one."""
    found = {}
    for name in sorted(files):
        digest = blake2b(digest_size=24)
        try:
            with (root / name).open("rb") as file:
                for block in iter(lambda: file.read(_BLOCK), b""):
                    digest.update(block)
            found[name] = digest.hexdigest()
        except OSError:
            found[name] = ""
    return found


def keep(place: Path, found: Expansion) -> None:
    """Keeps an expansion, where it is large enough and can be read back; a disk that does not take it is no matter."""
    if len(found.resources) < WORTH:
        return
    with suppress(_Unfit, OSError, TypeError, ValueError, AttributeError):
        lines = [orjson.dumps(shape) + b"\n" for shape in _shapes(found)]
        if any(SECRETS.clean(text) != text for text in map(bytes.decode, lines)):
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(place, [_MARK + _seal(lines), *lines])
        _make_room(place.parent)


def _write(place: Path, lines: Iterable[bytes]) -> None:
    """Puts a file in place as a whole, which nobody else may read."""
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as file:
        written = Path(file.name)
        try:
            file.writelines(lines)
        except OSError:
            written.unlink(missing_ok=True)
            raise
    os.replace(written, place)


def _folder() -> Path | None:
    said = os.environ.get("RECONCILER_CACHE", "")
    if said.lower() in ("off", "0", "no", "false"):
        return None
    if said:
        return Path(said)
    above = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return Path(above or Path.home() / ".cache") / "cluedin-purview-reconciler"
    except RuntimeError:  # nobody's home
        return None


def _make_room(folder: Path) -> None:
    old = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in old[MOST:]:
        path.unlink(missing_ok=True)


def _seal(parts: Iterable[bytes]) -> bytes:
    digest = blake2b(digest_size=24)
    for part in parts:
        digest.update(part)
    return digest.hexdigest().encode() + b"\n"


def _made_of(root: Path, environment: str, process_env: Mapping[str, str]) -> Iterator[bytes]:
    """All that an expansion depends on: the tool, the variables, and every file below the manifests."""
    yield f"{__version__} {sys.version} {environment}".encode()
    yield from _tool()
    for name in sorted(name for name in process_env if name.startswith(_READ)):
        yield f"{name}={process_env[name]}".encode("utf-8", "surrogateescape")
    for folder, below, names in os.walk(root / FOLDER, followlinks=True):
        below.sort()
        for name in sorted(names):
            path = Path(folder, name)
            yield str(path.relative_to(root)).encode("utf-8", "surrogateescape")
            yield b"link" if path.is_symlink() else b"file"
            yield path.read_bytes()


def _tool() -> Iterator[bytes]:
    """Our own sources, which a working copy changes without another version, and those of others by when they came."""
    for folder, below, names in os.walk(Path(__file__).parents[1]):
        below[:] = sorted(name for name in below if name != "__pycache__")
        for name in sorted(name for name in names if name.endswith(".py")):
            yield _stamp(os.path.join(folder, name))
    for package in _MADE_BY:
        found = find_spec(package)
        yield _stamp(found.origin) if found is not None and found.origin else b""


def _stamp(path: str) -> bytes:
    told = os.stat(path)
    return f"{path} {told.st_size} {told.st_mtime_ns}".encode("utf-8", "surrogateescape")


def _shapes(found: Expansion) -> Iterator[Any]:
    """The JSON shapes, one a line: all but the resources, with a table of origins, then these in pages."""
    origins: dict[Origin, int] = {}
    rows = []
    for address, want in found.resources.items():
        places = [origins.setdefault(origin, len(origins)) for origin in want.origins]
        row = [want.type.full_name, want.key, _exact(want.values), places, want.needs, want.mode, want.on_remove]
        rows.append([*row, found.levels.get(address), _more(want)])
    yield {
        **{name: getattr(found, name) for name in ("files", "documents", "asks", "judged")},
        "environment": _exact(found.environment),
        "findings": [_finding(finding) for finding in found.findings],
        "origins": [_origin(origin) for origin in origins],
        "superseded": sorted(found.superseded),
        "beside": found.beside,
    }
    for at in range(0, len(rows), _PAGE):
        yield rows[at : at + _PAGE]


def _more(want: Desired) -> dict[str, Any]:
    said = {}
    for one in fields(want):
        value = getattr(want, one.name)
        if one.name in _ALWAYS or not one.init or value == _usual(one):
            continue
        if isinstance(value, frozenset):
            value = sorted(value)
        said[one.name] = _origin(value) if isinstance(value, Origin) else value
    return said


def _usual(one: Any) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


def _origin(origin: Origin) -> list[Any]:
    return [origin.kind, origin.name, origin.file, origin.line]


def _finding(found: Diagnostic) -> list[Any]:
    source = [found.source.file, found.source.line, found.source.column] if found.source is not None else None
    others = {one.name: getattr(found, one.name) for one in fields(found) if one.name != "source"}
    return [_exact(others), source]


def _exact(value: Any) -> Any:
    """A value that JSON gives back as it is; raises `_Unfit` for any other."""
    kind = type(value)
    if kind is dict:
        if not all(type(name) is str for name in value):
            raise _Unfit
        for inner in value.values():
            _exact(inner)
    elif kind is list:
        for inner in value:
            _exact(inner)
    elif not (value is None or kind in (str, bool, int) or (kind is float and isfinite(value))):
        raise _Unfit
    return value


def _expansion(shapes: Iterator[Any], root: Path) -> Expansion | None:
    shape = next(shapes)
    if shape["beside"] != digests_of(root, shape["beside"]):
        return None
    known, origins = types(), [Origin(*one) for one in shape["origins"]]
    single = [(origin,) for origin in origins]
    found = Expansion(*(shape[name] for name in ("environment", "files", "documents", "asks", "judged")))
    found.findings = [Diagnostic(**others, source=Source(*at) if at else None) for others, at in shape["findings"]]
    found.superseded = set(shape["superseded"])
    for name, key, values, places, needs, mode, removal, level, more in chain.from_iterable(shapes):
        want = Desired(
            known[name],
            intern(key),
            {path: intern(value) if type(value) is str else value for path, value in values.items()},
            single[places[0]] if len(places) == 1 else tuple(origins[at] for at in places),
            tuple(map(intern, needs)),
            intern(mode),  # type: ignore[arg-type]
            intern(removal),  # type: ignore[arg-type]
            **(_said(more) if more else _NO_MORE),
        )
        found.resources[want.address] = want
        if level is not None:
            found.levels[want.address] = level
    return found


def _said(more: dict[str, Any]) -> dict[str, Any]:
    found = {**_NO_MORE, **more}
    found = {name: tuple(value) if type(value) is list else value for name, value in found.items()}
    found |= {name: _names(found[name]) for name in _SETS if name in found}
    if "named" in found:
        found["named"] = Origin(*found["named"])
    return found


def _names(given: Iterable[str]) -> frozenset[str]:
    return shared(map(intern, given))
