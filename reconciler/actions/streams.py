"""The stream behind a document: among the wishes by its origin, then in CluedIn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.errors import Diagnostic, ReconcilerError, RefusedError, SystemFailureError
from reconciler.live import Readout, read
from reconciler.manifest.suggest import did_you_mean
from reconciler.resources import types
from reconciler.resources.base import Desired
from reconciler.resources.keys import unquote
from reconciler.resources.objects import Live
from reconciler.systems.base import System

KINDS = ("ExportContract", "Stream")
"""The kinds whose documents have a stream."""
CACHE = "IsStreamCacheEnabled"


@dataclass(frozen=True, slots=True)
class LiveStream:
    """A stream as CluedIn has it. `None` where nothing tells."""

    name: str
    id: str
    state: str | None = None
    mode: str | None = None
    cache: bool | None = None
    target: str = ""
    """The id of its export target."""

    def reasons(self) -> list[str]:
        """Why its export cannot be run now, as far as can be told [B]."""
        found = []
        if self.state not in ("started", "paused"):
            found.append(f"it is {self.state}" if self.state else "it was never started")
        if self.mode is not None and self.mode.casefold() != "sync":
            found.append(f"its mode is {self.mode}")
        if self.cache is False:
            found.append("its target has no stream cache")
        return found


def wanted_stream(resources: Mapping[str, Desired], name: str) -> Desired:
    """The stream of the document NAME, or of `Kind/NAME`.

    Raises `ReconcilerError` where no document of the name has one, or two kinds do.
    """
    kind, _, own = name.rpartition("/")
    found: dict[str, Desired] = {}
    known: set[str] = set()
    for want in resources.values():
        if want.type.full_name != "cluedin.stream":
            continue
        for origin in want.origins:
            if origin.kind in KINDS:
                known.add(origin.name)
                if origin.name == (own if kind in KINDS else name) and kind in ("", origin.kind):
                    found[f"{origin.kind}/{origin.name}"] = want
    if not found:
        raise ReconcilerError.of(
            "exports.unknown",
            f"no {' or '.join(KINDS)} named {name} has a stream",
            did_you_mean(own or name, known, what="Streams have:")
            or "A contract has one once it names an entity and a delivery.",
        )
    if len(found) > 1:
        raise ReconcilerError.of(
            "exports.ambiguous", f"{' and '.join(sorted(found))} both have a stream", "Name the kind too: KIND/NAME."
        )
    return next(iter(found.values()))


def live_stream(want: Desired, systems: Mapping[str, System]) -> LiveStream:
    """The stream in CluedIn, with what decides whether its export can be run.

    Raises `RefusedError` where there is none yet, or there are two of the name; `SystemFailureError` where it
    cannot be read.
    """
    if "cluedin" not in systems:
        raise ReconcilerError.of("exports.no_cluedin", "the environment names no CluedIn", "Add `cluedin` to it.")
    stream, export, state = (types()[f"cluedin.{name}"] for name in ("stream", "stream_export", "stream_state"))
    nothing = frozenset[str]()
    found = read(
        {stream: {want.key: nothing}, state: {want.key: nothing}, export: {want.key: frozenset({"target"})}},
        systems,
        keep_raw=True,
    )
    live = _one(found.of(stream), stream.fold(want.key), want.key)
    beside = {type: found.of(type).by_key.get(type.fold(want.key)) for type in (export, state)}
    for type in beside:
        if (failure := found.of(type).failure) is not None:
            raise SystemFailureError(failure)
    exported, going = beside[export], beside[state]
    return LiveStream(
        unquote(want.key),
        live.id,
        str(going.fields.get("state")) if going else None,
        str(exported.fields["export_mode"]) if exported and exported.fields.get("export_mode") else None,
        _cache(exported, systems["cluedin"]) if exported else None,
        _target_of(exported) if exported else "",
    )


def _one(readout: Readout, key: str, name: str) -> Live:
    if readout.failure is not None:
        raise SystemFailureError(readout.failure)
    if key in readout.several:
        ids = " and ".join(live.id for live in readout.several[key] + [readout.by_key[key]])
        raise RefusedError(
            _refusal("exports.several", f"CluedIn has more than one stream named {unquote(name)}: {ids}")
        )
    live = readout.by_key.get(key)
    if live is None:
        raise RefusedError(
            _refusal("exports.missing", f"CluedIn has no stream named {unquote(name)}", "Apply first; it is made then.")
        )
    return live


def _target_of(export: Live) -> str:
    return str(((export.raw or {}).get("connector") or {}).get("id") or "")


def _cache(export: Live, cluedin: System) -> bool | None:
    """Whether the target keeps a cache; None where its options do not say, or say it as text."""
    id = _target_of(export)
    target = types()["cluedin.export_target"].find(cluedin.fresh(), id) if id else None
    options = ((target.raw if target else None) or {}).get("helperConfiguration") or {}
    return options[CACHE] if isinstance(options.get(CACHE), bool) else None


def _refusal(code: str, summary: str, detail: str = "") -> Diagnostic:
    return Diagnostic("error", code, summary, detail)
