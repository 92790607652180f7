"""What contracts do not have and is sent, answered or left different all the same: each with its reason.

An entry that is no longer needed fails the test that reads it, or, where only the whole suite can tell,
`make test-all`.
"""

from __future__ import annotations

FIELDS: dict[str, str] = {
    "AtlasClassification.propagate": (
        "Apache Atlas's own member, whose default is to spread; PyApacheAtlas sends it to Purview, which tolerates it"
    ),
    "AtlasGlossaryTerm.parentTerm": "the published model leaves it out; the portal and pyapacheatlas send it",
}
"""Fields of the data map's bodies that its published models do not have, and the worked example sends."""

WORDS: dict[str, dict[str, str]] = {
    "TypeCategory": {"BUSINESS_METADATA": "Apache Atlas's own category, which Microsoft's open enumeration leaves out"},
}
"""Words beyond the data map's published enumerations, which are open (`modelAsString`)."""

GRAPHQL: dict[str, str] = {
    "call preparation.allCleanProjectRules": "in CluedIn's public Fabric workload, not in its toolkit",
}
"""Parts of GraphQL documents that no document of CluedIn's toolkit shows, and the worked example sends."""

SUITE: dict[str, str] = {
    "AtlasEntityDef.businessAttributeDefs": "recorded in the service's own answers; a type is put back as it was read",
    "AtlasAttributeDef.searchWeight": "Apache Atlas answers it; a type is put back as it was read",
    "AtlasRelatedTermHeader.qualifiedName": "Apache Atlas answers it; a term is put back as it was read",
    "AtlasGlossaryTerm.glossaryTermHeader": "Apache Atlas answers it; a term is put back as it was read",
    "no operation: PUT /datamap/api/atlas/v2/glossary/terms/{id}/assignedEntities": (
        "how Apache Atlas takes a term off, which has no DELETE with a body there"
    ),
    "AtlasRelatedObjectId.qualifiedName": "Apache Atlas answers it; a term is put back as it was read",
    "no operation: GET /datamap/api/atlas/v2/search/basic": (
        "how Apache Atlas is searched, in a project whose Purview is one: the data map has /search/query instead"
    ),
    "no operation: GET /datagovernance/catalog/businessdomains": (
        "doctor asks whether the Unified Catalog answers, which Microsoft describes apart from the data map"
    ),
    "call inbound.modifyDataSetAutoSubmit": "in CluedIn's public request templates, not in its toolkit",
    "no operation: POST /auth/connect/token": "signing in, as CluedIn's own SDK does; beside the described REST",
    "no operation: POST /upload/api/endpoint/{id}": "sending records, as CluedIn's documentation and toolkit do",
    "no operation: GET /api/api/v1/webhooks": "the doctor tries whether it is there; a 404 is what it expects",
    "no operation: GET /api/api/v1/tasks/requests": (
        "approval tasks: in the vendor's description before it was cut to what customers need"
    ),
    "no operation: GET /api/api/v1/tasks/approval/{id}": "approval tasks, likewise",
    "no operation: PUT /api/api/v1/organization/providers": (
        "the account's switch of a configuration: in the vendor's description before it was cut; a server without it "
        "is told of"
    ),
    "no operation: POST /api/api/v1/organization/providers/recrawl": "fetching anew, likewise",
}
"""The same beyond the worked example: what any test of the suite sends (`pytest --strict-contract`)."""

_CLASSIFY = "purview POST /datamap/api/atlas/v2/entity/bulk/classification request.body.classification: Request body"

_NO_SUCH_STATUS = "response: Unable to match the returned status code with those defined in the document: *"
PRISM: dict[str, str] = {
    f"{_CLASSIFY} property classification must NOT have additional properties; found 'propagate'": "see FIELDS",
    f"{_CLASSIFY} property classification must be equal to one of the allowed values: ": "follows from the former",
    f"{_CLASSIFY} property classification must match a schema in anyOf": "follows from the former",
    "purview POST /datamap/api/atlas/v2/glossary/terms request.body.*:"
    " Request body property * must NOT have additional properties; found 'parentTerm'": "see FIELDS",
    "purview GET /datamap/api/atlas/v2/types/typedefs/headers request: Invalid security scheme used": (
        "doctor asks once without signing in: whether anything answers at the address at all"
    ),
    "purview POST /datamap/api/atlas/v2/entity/bulk request.body.entities.*.classifications.*: Request body property"
    " entities.*.classifications.* must NOT have additional properties; found 'propagate'": "see FIELDS",
    "cluedin GET /api/api/v1/webhooks request: Selected route not found": "see SUITE: doctor tries whether it is there",
    f"cluedin GET /api/api/v1/connector/connectorinfo {_NO_SUCH_STATUS}": "doctor asks with no id, which is refused",
    f"cluedin POST /api/api/v1/integration/enricher/{{id}}/verifycredentials {_NO_SUCH_STATUS}": (
        "an enricher that cannot be asked answers 400"
    ),
    f"cluedin POST /api/api/v1/rules/{{id}}/reprocess {_NO_SUCH_STATUS}": "the document has no success of it",
    "cluedin PUT /api/api/v1/organization/providers request: Selected route not found": (
        "of a withdrawn description; see `providers.switch`"
    ),
}
"""Violations that Prism finds between the reconciler and the sandbox."""

_UNTYPED = "the sandbox's web server never leaves out the content type of a body; the body is JSON either way"
_VERSIONS = "a recording of 2021; those since 2023 have the header, as the sandbox"
_EVENT_HUB = "accounts since 2023 have no managed Event Hub, and the sandbox has none"
_THIS_ACCOUNT = "this account had tags and identities of its own, that of the other recording none"

_SECOND_PAGE = "a recording of 2021 has a link to a second page that is empty; clients must bear both"
RECORDINGS: dict[str, str] = {
    "js_catalog_lro_import_terms 1: header content-type: application/json; charset=utf-8, recorded None": _UNTYPED,
    "js_catalog_lro_import_terms 2: header content-type: application/json; charset=utf-8, recorded None": _UNTYPED,
    "js_catalog_lro_import_terms 3: header content-type: application/json; charset=utf-8, recorded None": _UNTYPED,
    "java_administration_testGetAccount 1: field .tags is missing": _THIS_ACCOUNT,
    "java_administration_testGetAccount 1: field .identity.userAssignedIdentities is missing": _THIS_ACCOUNT,
    "net_account_GetTask 1: header api-supported-versions is there": _VERSIONS,
    "net_account_GetTask 1: field .properties.managedResources.eventHubNamespace is missing": _EVENT_HUB,
    "python_administration_meta_roles 1: field .nextLink is not recorded": _SECOND_PAGE,
    "net_administration_UpdateTask 1: header api-supported-versions is there": _VERSIONS,
    "net_administration_UpdateTask 1: field .properties.managedResources.eventHubNamespace is missing": _EVENT_HUB,
}
"""Where the sandbox answers otherwise than a recording of the real service: `recording number: difference`."""
