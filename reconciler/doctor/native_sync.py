"""CluedIn's own Purview integration, which may write the same objects as we do.

What each sync writes is CluedIn's documentation ([B]); its switches are in `resources.cluedin.settings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from reconciler.doctor.check import Check
from reconciler.environment.spec import Environment
from reconciler.resources.cluedin.settings import syncs_that_are_on

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
    "Purview.SyncCluedInVocabulariesToPurviewGlossariesRoot.Enabled": (
        "puts the terms of vocabularies below one root term",
        "It goes with the sync of vocabularies: switch that off, or keep its terms out of our glossaries.",
    ),
    "Purview.PollDataSources.Enabled": (
        "asks Purview for data sources again and again, for the sync of data sources",
        "Leave the groups that it makes out of the manifests.",
    ),
    "Purview.AdfPipelineAutomation": (
        "makes pipelines in Data Factory for assets with a term like {pattern}, which send their rows to CluedIn",
        "See that no asset with such a term is also sent by a pipeline of yours: every row would arrive twice.",
    ),
}
_UNKNOWN = (
    "is one that this version of reconciler does not know",
    "Look up in CluedIn's documentation what it writes, and keep that out of the manifests or switch it off.",
)


def findings(settings: Mapping[str, str], environment: Environment) -> Iterator[Check]:
    """One warning for each switch of it that is on; one good word when none is."""
    target = settings.get("Purview.BaseUrl", "")
    on = syncs_that_are_on(settings)
    if not on:
        yield Check("ok", AREA, CODE, "CluedIn's own Purview sync is off")
        return
    names = {
        "pattern": settings.get("Purview.AdfPipelineAutomationTermNamePattern") or "CluedInADFAuto",
        "category": settings.get("Purview.CluedInGlossaryCategoryName") or "Purview",
        "collection": f"collection {settings['Purview.CollectionName']}"
        if settings.get("Purview.CollectionName")
        else "its collection",
    }
    where = _where(target, environment)
    for key in on:
        does, advice = _SYNCS.get(key, _UNKNOWN)
        yield Check("warning", AREA, CODE, f"CluedIn's own sync {where}: {does.format(**names)} ({key})", advice)


def _where(target: str, environment: Environment) -> str:
    ours = environment.purview.endpoint if environment.purview is not None else ""
    host = urlsplit(target).hostname or ""
    if not host:
        return "to Purview is on"
    same = host == (urlsplit(ours).hostname or "")
    return f"to {host} is on{', the Purview of this environment' if same else ''}"
