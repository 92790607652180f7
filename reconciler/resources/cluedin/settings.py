"""CluedIn's settings, and which of its own Purview syncs they switch on.

Facts: the keys with their defaults are recorded ([B]). Newer versions have syncs whose keys are not public; they are
told by the form of the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from reconciler.systems.auth import Renewable, Token, claims
from reconciler.systems.cluedin import CluedIn

VOCABULARIES_TO_TERMS = "Purview.SyncCluedInVocabulariesToPurviewGlossaries.Enabled"
TERMS_TO_VOCABULARIES = "Purview.SyncPurviewGlossariesToCluedInVocabularies.Enabled"
TERMS_TO_GLOSSARY = "Purview.SyncPurviewGlossariesToCluedInGlossaries.Enabled"
ROOT_OF_VOCABULARIES = "Purview.SyncCluedInVocabulariesToPurviewGlossariesRoot.Enabled"
"""Not a sync: where that of vocabularies puts its terms. It is on in a new CluedIn ([B]: recorded default)."""
SYNCS = (
    VOCABULARIES_TO_TERMS,
    TERMS_TO_VOCABULARIES,
    TERMS_TO_GLOSSARY,
    "Purview.SyncDataSources.Enabled",
    "Purview.SyncDataProductsDataSources.Enabled",
    "Purview.AutoMapDataSets.Enabled",
    "Purview.SyncStreams.Enabled",
    "Purview.SyncCrawlersAndEnrichers.Enabled",
    ROOT_OF_VOCABULARIES,
    "Purview.PollDataSources.Enabled",
    "Purview.AdfPipelineAutomation",
)
"""The switches that are public, those of glossaries first."""

_SETTINGS = "query s($id: ID!) { administration { id configurationSettings(id: $id, includeHiddenFromUi: false) } }"
_ORGANIZATION = "query o { administration { id organization { Id } } }"


def settings(cluedin: CluedIn) -> Mapping[str, str]:
    """Every setting that the pages show; the answer is a JSON scalar that may come as text ([B])."""
    sign_in = cluedin.connection.sign_in
    organization = claims(sign_in.token() if isinstance(sign_in, Renewable | Token) else "").get("OrganizationId")
    if not organization:
        organization = cluedin.graphql(_ORGANIZATION, effect="read")["administration"]["organization"]["Id"]
    value: Any = cluedin.graphql(_SETTINGS, {"id": organization}, effect="read")["administration"][
        "configurationSettings"
    ]
    found = orjson.loads(value) if isinstance(value, str) else value
    return {str(key): str(item) for key, item in dict(found or {}).items()}


def syncs_that_are_on(found: Mapping[str, str]) -> list[str]:
    """The switches of CluedIn's own Purview sync that are on, known ones first.

    The root of the sync of vocabularies means nothing without that sync ([C]).
    """
    others = sorted(key for key in found.keys() - set(SYNCS) if key.startswith("Purview.") and key.endswith("Enabled"))
    on = [key for key in (*SYNCS, *others) if found.get(key, "").strip().lower() == "true"]
    return [key for key in on if key != ROOT_OF_VOCABULARIES or VOCABULARIES_TO_TERMS in on]
