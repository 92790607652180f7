"""What a CluedIn that somebody has just installed and tried out holds."""

from __future__ import annotations

from importlib import resources

import orjson

from reconciler_sandbox.cluedin import seed_projects
from reconciler_sandbox.cluedin.connectors import ENDPOINT_SOURCE, Connectors
from reconciler_sandbox.cluedin.numbers import default_storage
from reconciler_sandbox.cluedin.world import (
    CATEGORY,
    ENTITY_TYPE,
    KEY,
    SETTING,
    TERM,
    USER,
    VOCABULARY,
    ZERO,
    Doc,
    World,
    fixed_id,
    new_id,
)
from reconciler_sandbox.sign_in import ADMIN

# Switches whose keys are in no public source: display name, and the feature that they need. Their keys are others at
# every start, so that nobody can rely on one ([C] that there are such settings, [U] their keys).
_SWITCHES = (
    ("Enable access control", "Access Control"),
    ("Approve suggestions of AI automatically", "AI Agents"),
)
_SEEDED = "2024-03-04T13:29:50.5861777+00:00"
_EXISTS = "306e5d29-832f-41e7-a6db-1c02eb5ebf74"
_KEY_OBJECT = "011ac3b4-0b46-4f9c-a82a-8c14f9dd642b"

_PEOPLE = (
    (ADMIN, "Administrator", ["OrganizationAdmin"]),
    ("ada@example.com", "Ada", ["DataSteward"]),
    ("sales-ops@example.com", "Sales Operations", ["DataSteward"]),
    ("reconciler@contoso.test", "Configuration service", ["OrganizationAdmin"]),
)
# Where claims count, one for each level that people use ([C]: roles of their own, which an organisation makes).
_OF_LEVELS = tuple((f"{word.lower()}@contoso.test", word, [word]) for word in ("Informed", "Consulted", "Accountable"))
# code, display name, icon
_TYPES = (
    ("/Person", "Person", "Person"),
    ("/Organization", "Organization", "Organization"),
    ("/Infrastructure/User", "User", "User"),
    ("/Infrastructure/Contact", "Contact", "Contact"),
    ("/Product", "Product", "Tag"),
)
# name, prefix, entity type, keys with their types
_CORE = (
    (
        "User",
        "user",
        "/Infrastructure/User",
        "name:PersonName email:Email city:GeographyCity timestamp:DateTime mac:Text",
    ),
    (
        "Organization",
        "organization",
        "/Organization",
        "name:OrganizationName website:Uri phoneNumber:PhoneNumber industry:Text employeeCount:Integer",
    ),
    (
        "Person",
        "person",
        "/Person",
        "fullName:PersonName firstName:PersonName email:Email birthday:DateTime gender:Text",
    ),
)
# name, display name, type, group, classification, records that hold it
_PRODUCT_KEYS = (
    ("sku", "SKU", "Identifier", "Identifier", "/", 120),
    ("name", "Name", "Text", "Metadata", "/", 120),
    ("price", "List price", "Money", "Price", "/", 118),
    ("launchedAt", "Launched at", "DateTime", "Metadata", "/", 0),
    ("contactEmail", "Contact e-mail", "Email", "Contact", "/Email", 3),
)
_SLATE = '[{"type":"paragraph","children":[{"text":"%s"}]}]'


def seed(world: World, connectors: Connectors) -> bool:
    """Fills an empty organisation, and says so; one that has people already is left alone."""
    world.forget()
    if world.store.count(USER):
        return False
    with world.transaction():
        _people(world)
        _settings(world)
        connectors.seed()
        for code, name, icon in _TYPES:
            world.put(ENTITY_TYPE, _entity_type(code, name, icon))
        for name, prefix, grouping, keys in _CORE:
            _core_vocabulary(world, name, prefix, grouping, keys)
        if world.option("seed", "demo") != "empty":
            _product(world)
            _lookup_term(world)
            seed_projects.seed(world, user_id(ADMIN))
    return True


def _people(world: World) -> None:
    of_levels = _OF_LEVELS if world.option("strict_claims", False) else ()
    for username, name, roles in (*_PEOPLE, *of_levels):
        world.put(USER, {"id": user_id(username), "username": username, "name": name, "roles": roles})


def _settings(world: World) -> None:
    """Keys and defaults of a recorded organisation ([B]); secrets are left out of what users are shown.

    A recorded map that includes what the pages hide has `EventHub.ConnectionString` and no client secret ([B]): what
    is hidden is not what is secret. Which keys the pages hide is not public; here it is that one ([C]).
    """
    defaults = orjson.loads((resources.files("reconciler_sandbox.cluedin") / "settings.json").read_bytes())
    if world.option("seed", "demo") == "native":
        defaults["Purview.SyncCluedInVocabulariesToPurviewGlossaries.Enabled"] = "true"
    for place, (key, value) in enumerate(defaults.items()):
        kind = "Boolean" if value in ("true", "false") else "Integer" if value.isdigit() else "String"
        doc = {
            "key": key,
            "value": value,
            "defaultValue": value,
            "dataType": kind,
            "isSecret": key.endswith("Secret"),
            "isHidden": key == "EventHub.ConnectionString",
            "place": place,
        }
        world.put(SETTING, doc)
    for place, (display, flag) in enumerate(_SWITCHES, len(defaults)):
        doc = {
            "key": f"Feature.{new_id()[:8]}.Enabled",
            "value": "false",
            "defaultValue": "false",
            "dataType": "Boolean",
            "isSecret": False,
            "displayName": display,
            "group": flag,
            "featureFlags": [flag],
            "place": place,
        }
        world.put(SETTING, doc)


def _entity_type(code: str, name: str, icon: str) -> Doc:
    return {
        "id": fixed_id(f"entity type {code}"),
        "type": code,
        "displayName": name,
        "icon": icon,
        "route": name.replace(" ", "").lower(),
        "active": True,
        "color": None,
        "layoutConfiguration": '{"tabs":["overview"]}',
        "pageTemplateId": fixed_id("page template"),
        "ownedByRoleId": None,
        "additionalProperties": None,
        "source": "Default",
    }


def _vocabulary(name: str, prefix: str, grouping: str, *, core: bool) -> Doc:
    return {
        "vocabularyId": fixed_id(f"vocabulary {prefix}"),
        "vocabularyName": name,
        "keyPrefix": prefix,
        "grouping": grouping,
        "providerId": None,
        "description": None if core else _SLATE % "Products and their prices",
        "isCluedInCore": core,
        "isDynamic": not core,
        "isProvider": False,
        "isActive": True,
        "createdAt": _SEEDED,
        "createdBy": user_id(ADMIN),
        "owners": [] if core else [user_id(ADMIN), user_id("ada@example.com")],
    }


def _key(vocabulary: Doc, name: str, display: str, data_type: str, group: str) -> Doc:
    core = vocabulary["isCluedInCore"]
    full = f"{vocabulary['keyPrefix']}.{name}"
    return {
        "vocabularyKeyId": fixed_id(f"key {full}"),
        "vocabularyId": vocabulary["vocabularyId"],
        "displayName": display,
        "name": name,
        "key": full,
        "groupName": group,
        "isVisible": True,
        "isObsolete": False,
        "isCluedInCore": core,
        "isDynamic": not core,
        "isProvider": False,
        "dataType": data_type,
        "storage": default_storage(data_type),
        "description": None if core else _SLATE % display,
        "dataAnnotationsIsPrimaryKey": None,
        "dataAnnotationsIsEditable": None,
        "dataAnnotationsIsNullable": None,
        "dataAnnotationsIsRequired": None,
        "dataAnnotationsMinimumLength": None,
        "dataAnnotationsMaximumLength": None,
        "dataClassificationCode": None if core else "/",
        "providerId": vocabulary["providerId"],
        "compositeVocabularyId": None,
        "mapsToOtherKeyId": None,
        "glossaryTermId": None,
        "isValueChangeInsignificant": False,
        "createdAt": _SEEDED,
        "createdBy": user_id(ADMIN),
        "isActive": True,
        "records": 0,
    }


def _core_vocabulary(world: World, name: str, prefix: str, grouping: str, keys: str) -> None:
    """A vocabulary that ships with the product: nobody owns it ([C]), nobody may change it ([C])."""
    vocabulary = world.put(VOCABULARY, _vocabulary(name, prefix, grouping, core=True))
    for item in keys.split():
        short, data_type = item.split(":")
        world.put(KEY, _key(vocabulary, short, short, data_type, "Metadata"))


def _product(world: World) -> None:
    """A vocabulary that people keep by hand: with data, with a hidden and an obsolete key, with a source."""
    vocabulary = {**_vocabulary("Product", "product", "/Product", core=False), "providerId": ENDPOINT_SOURCE}
    world.put(VOCABULARY, vocabulary)
    for name, display, data_type, group, classification, records in _PRODUCT_KEYS:
        key = _key(vocabulary, name, display, data_type, group)
        world.put(KEY, {**key, "dataClassificationCode": classification, "records": records})
    world.put(KEY, {**_key(vocabulary, "internalNote", "Internal note", "Text", "Metadata"), "isVisible": False})
    old = {**_key(vocabulary, "code", "Code (old)", "Text", "Identifier"), "isObsolete": True}
    world.put(KEY, {**old, "mapsToOtherKeyId": fixed_id("key product.sku")})


def _lookup_term(world: World) -> None:
    """An active term, as keys of type Lookup need ([B])."""
    category = world.put(CATEGORY, {"id": fixed_id("category Lookups"), "name": "Lookups"})
    rule = {
        "objectTypeId": _KEY_OBJECT,
        "condition": "AND",
        "field": "Properties[organization.industry]",
        "id": new_id(),
        "operator": _EXISTS,
        "rules": [],
        "type": "string",
        "value": [],
    }
    root = {
        **rule,
        "objectTypeId": ZERO,
        "field": None,
        "id": new_id(),
        "operator": ZERO,
        "type": None,
        "value": None,
    }
    world.put(
        TERM,
        {
            "id": fixed_id("term Customer segments"),
            "name": "Customer segments",
            "categoryId": category["id"],
            "parentId": None,
            "active": True,
            "createdBy": user_id(ADMIN),
            "createdAt": _SEEDED,
            "modifiedBy": None,
            "modifiedAt": None,
            "ownedBy": user_id(ADMIN),
            "requiresAttention": False,
            "shortDescription": "Segments that customers fall into",
            "certificationLevel": None,
            "version": "1",
            "ruleSet": {**root, "rules": [rule]},
            "description": _SLATE % "The values of segment keys",
            "isObsolete": False,
            "endorsedBy": [],
            "ratings": {},
            "relatedTags": [],
        },
    )


def user_id(username: str) -> str:
    """The id of a seeded person."""
    return fixed_id(f"user {username}")
