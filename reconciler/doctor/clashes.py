"""What in Purview others may have made under our names: types, assets, and the terms of CluedIn's own sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.doctor.check import Check
from reconciler.environment.sign_in import PurviewSystem
from reconciler.ledger import Ledger
from reconciler.resources.keys import Address
from reconciler.systems.purview import Purview

AREA = "purview"
MARK = "reconciler"
"""The value of `options.managedBy` on types that this tool made."""
ROOT_TERM = "CluedIn-"
"""How the root term of CluedIn's own sync begins; the rest names the organisation ([B])."""
MOST = 1000
NAMED = 3


def findings(purview: Purview, spec: PurviewSystem, ledger: Ledger | None) -> Iterator[Check]:
    """Every clash that can be seen without writing."""
    ours = _our_types(purview, spec.type_prefix)
    yield from _types(purview, spec.type_prefix, ours)
    if not purview.dialect.has_query_search:
        return
    yield from _root_term(purview)
    yield from _assets(purview, spec.name_prefix, sorted(ours), ledger)


def _our_types(purview: Purview, prefix: str) -> dict[str, str]:
    """Name and category of every type that begins with our prefix."""
    headers = purview.get("/types/typedefs/headers") or []
    return {str(one["name"]): str(one.get("category") or "") for one in headers if str(one["name"]).startswith(prefix)}


def _types(purview: Purview, prefix: str, names: Mapping[str, str]) -> Iterator[Check]:
    def read(name: str) -> tuple[str, bool]:
        definition = purview.get(f"/types/typedef/name/{name}", accept=(404,)) or {}
        return name, (definition.get("options") or {}).get("managedBy") == MARK

    foreign = sorted(name for name, marked in purview.each(read, sorted(names)[:MOST]) if not marked)
    if foreign:
        yield Check(
            "error",
            AREA,
            "clash.types",
            f"{_list(foreign)} begin with our prefix {prefix} and are not ours (CluedIn's own sync may own them)",
            "Set another purview.type_prefix for this environment.",
        )
    else:
        yield Check("ok", AREA, "clash.types", f"no foreign type begins with our prefix {prefix}")


def _root_term(purview: Purview) -> Iterator[Check]:
    """Terms called `CluedIn-…`, by the search index, which may lag."""
    query = {"keywords": ROOT_TERM, "limit": MOST, "filter": {"objectType": "Glossary terms"}}
    found = purview.beside("POST", "/search/query", query, effect="read").get("value") or []
    roots = sorted({str(one["name"]) for one in found if str(one.get("name") or "").startswith(ROOT_TERM)})
    if roots:
        yield Check(
            "warning",
            AREA,
            "clash.root_term",
            f"the glossary holds {_list(roots)}: CluedIn's own sync writes vocabularies as terms below it",
            "Describe no term below it, leave its glossary out of scope.purview.glossaries, or switch that sync off.",
        )
    else:
        yield Check("ok", AREA, "clash.root_term", f"no term of CluedIn's own sync ({ROOT_TERM}…) is found")


def _assets(purview: Purview, prefix: str, types: list[str], ledger: Ledger | None) -> Iterator[Check]:
    """Assets of our types under our name prefix that this ledger does not know, by the search index."""
    if not types or ledger is None:
        return
    known = {Address.of(address).key.partition("/")[2] for address in ledger.entries if ":" in address}
    query = {"keywords": None, "limit": MOST, "filter": {"or": [{"entityType": name} for name in types]}}
    found = purview.beside("POST", "/search/query", query, effect="read").get("value") or []
    names = {str(one.get("qualifiedName") or "") for one in found}
    strange = sorted(name for name in names if name.startswith(f"{prefix}.") and name not in known)
    if not strange:
        words = f"no asset under {prefix}.… that the ledger does not know"
        partly = f" (of the first {MOST} that the search shows)" if len(found) >= MOST else ""
        yield Check("ok", AREA, "clash.name_prefix", words + partly)
        return
    yield Check(
        "warning",
        AREA,
        "clash.name_prefix",
        f"{_list(strange)} lie under our name prefix {prefix} and are not in the ledger",
        "Another environment or repository may write here: give each its own purview.name_prefix. "
        "If the ledger was lost, a plan adopts what matches.",
    )


def _list(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
