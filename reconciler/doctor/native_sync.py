"""CluedIn's own Purview integration, which may write the same objects as we do.

Facts: its setting keys with their defaults are recorded; what each sync writes is CluedIn's documentation ([C]).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from reconciler.doctor.check import Check

AREA = "cluedin"
CODE = "clash.cluedin_sync"

# setting: (what it does, what to do)
_SYNCS = {
    "Purview.SyncCluedInVocabulariesToPurviewGlossaries.Enabled": (
        "writes every vocabulary and key as terms below a root term CluedIn-…, and makes deleted ones again",
        "Switch it off for vocabularies that a GlossaryMapping describes, or keep its terms out of our glossaries.",
    ),
    "Purview.SyncPurviewGlossariesToCluedInVocabularies.Enabled": (
        "makes vocabularies (prefix purview.) and entity types (/Purview/…) of terms, ours among them",
        "Switch it off, or see that its filter on template attributes lets none of our terms pass.",
    ),
    "Purview.SyncPurviewGlossariesToCluedInGlossaries.Enabled": (
        "copies terms of Purview into the category {category} of CluedIn's glossary",
        "Switch it off, or leave that category out of scope.cluedin.categories.",
    ),
    "Purview.SyncDataSources.Enabled": (
        "makes data source groups and data sources of assets, every minute",
        "Leave those groups out of the manifests.",
    ),
    "Purview.SyncDataProductsDataSources.Enabled": (
        "makes data source groups and data sources of data products",
        "Leave those groups out of the manifests.",
    ),
    "Purview.AutoMapDataSets.Enabled": (
        "maps columns of data sets to vocabularies by the terms on them",
        "Switch it off where the manifests describe annotations.",
    ),
    "Purview.SyncStreams.Enabled": (
        "writes its own assets and lineage of streams into {collection}",
        "Both lineages will show; ours have other types and names. Switch off the one that you do not want.",
    ),
    "Purview.SyncCrawlersAndEnrichers.Enabled": (
        "writes its own assets and lineage of crawlers and enrichers into {collection}",
        "Both lineages will show; ours have other types and names. Switch off the one that you do not want.",
    ),
}


def findings(settings: Mapping[str, str], environment: Any) -> Iterator[Check]:
    """One warning for each sync that is on; one good word when none is."""
    target = settings.get("Purview.BaseUrl", "")
    on = [key for key in _SYNCS if settings.get(key, "").lower() == "true"]
    if not on:
        yield Check("ok", AREA, CODE, "CluedIn's own Purview sync is off")
        return
    names = {
        "category": settings.get("Purview.CluedInGlossaryCategoryName") or "Purview",
        "collection": f"collection {settings['Purview.CollectionName']}"
        if settings.get("Purview.CollectionName")
        else "its collection",
    }
    where = _where(target, environment)
    for key in on:
        does, advice = _SYNCS[key]
        yield Check("warning", AREA, CODE, f"CluedIn's own sync {where}: {does.format(**names)} ({key})", advice)


def _where(target: str, environment: Any) -> str:
    ours = environment.purview.endpoint if environment.purview is not None else ""
    host = urlsplit(target).hostname or ""
    if not host:
        return "to Purview is on"
    same = host == (urlsplit(ours).hostname or "")
    return f"to {host} is on{', the Purview of this environment' if same else ''}"
