"""People, organisation, settings and API tokens."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.errors import CluedInError, bad_request
from reconciler_sandbox.cluedin.tokens import Tokens
from reconciler_sandbox.cluedin.world import (
    SETTING,
    TOKEN,
    USER,
    Args,
    Call,
    Caller,
    Doc,
    Resolver,
    RestRoute,
    World,
    fixed_id,
)
from reconciler_sandbox.sign_in import ORGANIZATION
from reconciler_sandbox.web import Response

_AI_AGENTS = "AI Agents"
_PREFERENCES = {"ui.theme": "dark", "ui.pageSize": "50"}


class Administration:
    """The administration section, and settings over REST."""

    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world = world
        self._tokens = tokens

    def resolvers(self) -> dict[str, Resolver]:
        """Fields of the schema."""
        return {
            "Administration.users": lambda caller, args: [self.full(user) for user in self._world.all(USER)],
            "Administration.me": self._me,
            "Administration.organization": lambda caller, args: self._organization(),
            "Administration.organizationFeatures": lambda caller, args: [
                _feature(*one) for one in self._features().items()
            ],
            "Administration.apiTokens": self._api_tokens,
            "Administration.configurationSettings": self._settings,
            "AdministrationMutation.changeConfigurationSettings": self._change,
            "AdministrationMutation.updateConfigurationSettings": self._update,
            "AdministrationMutation.createToken": self._create_token,
        }

    def routes(self) -> list[RestRoute]:
        """Settings ([B] paths and models)."""
        base = "/organization"
        return [
            ("GET", f"{base}/configurationsettings/v2/{{organization}}", self._rest_models),
            ("GET", f"{base}/configurationsettings/{{organization}}", self._rest_map),
            ("POST", f"{base}/configurationSettingsFiltered", self._rest_some),
            ("GET", f"{base}/configurationvalue/{{organization}}", self._rest_value),
            ("PUT", f"{base}/configurationvalue/v2/{{organization}}", self._rest_update),
            ("PUT", f"{base}/configurationvalue/{{organization}}", self._rest_update_one),
            ("GET", "/settings", self._preferences),
        ]

    def person(self, user_id: str | None) -> Doc | None:
        """A person as other objects show them ([B])."""
        user = self._world.get(USER, user_id)
        return {"id": user["id"], "username": user["username"], "roles": user["roles"]} if user else None

    def _features(self) -> dict[str, bool]:
        """Features by name, and whether they are on ([B] the call, [C] the names, which are those of the pages)."""
        return {"Access Control": True, _AI_AGENTS: bool(self._world.option("ai_agents", True))}

    def _shown_features(self) -> list[Doc]:
        return [_feature(*one) for one in self._features().items()]

    def _is_served(self, item: Doc) -> bool:
        """Whether the features that a setting needs are on ([C]: a model names them; without them nobody sets it)."""
        on = self._features()
        return all(on.get(flag, False) for flag in item.get("featureFlags") or ())

    def value(self, key: str) -> str:
        """A setting's value; empty when it does not exist."""
        found = self._world.get(SETTING, key)
        return str(found["value"]) if found else ""

    def full(self, user: Doc) -> Doc:
        """A person with account and record, as the accounts service tells it too ([B] members)."""
        person = {
            "Id": user["id"],
            "UserName": user["username"],
            "Email": user["username"],
            "EmailConfirmed": True,
        }
        profile = {
            "name": user["name"],
            "entityType": "/Infrastructure/User",
            "properties": {"user.email": user["username"]},
        }
        return {
            "id": user["id"],
            "username": user["username"],
            "email": user["username"],
            "roles": user["roles"],
            "logoUrl": None,
            "accountId": fixed_id(f"account {user['username']}"),
            "entityId": fixed_id(f"entity {user['username']}"),
            "lockoutEnabled": False,
            "Account": person,
            "Entity": profile,
        }

    def _me(self, caller: Caller, _args: Args) -> Doc:
        person = self.full(self._world.get(USER, caller.user_id) or {})
        client = {**person["Account"], "OrganizationId": fixed_id("organization"), "Roles": person["roles"]}
        return {"client": client, "entity": person["Entity"]}

    @staticmethod
    def _organization() -> Doc:
        return {
            "Id": fixed_id("organization"),
            "ClientId": ORGANIZATION,
            "OrganizationName": ORGANIZATION,
            "Description": "The sandbox's organisation",
            "Domain": "contoso.test",
            "AllowEmailDomainSignup": True,
        }

    # Settings

    def _own(self, organization: str) -> None:
        if models.guid(organization) != fixed_id("organization"):
            raise CluedInError(403, "The organisation is not the caller's.")

    def _map(self, hidden: bool) -> dict[str, str]:
        """Keys and values; secrets are in no map, not even in one with what the pages hide ([B]: a recorded map)."""
        settings = sorted(self._world.all(SETTING), key=lambda item: item["place"])
        shown = [item for item in settings if not item["isSecret"] and (hidden or not item.get("isHidden"))]
        return {item["key"]: item["value"] for item in shown if self._is_served(item)}

    def _settings(self, _caller: Caller, args: Args) -> dict[str, str]:
        self._own(args["id"])
        return self._map(bool(args.get("includeHiddenFromUi")))

    def _change(self, _caller: Caller, args: Args) -> bool:
        self._own(args["organizationId"])
        fault = self._fault(args["key"], args["value"])
        if fault:
            raise bad_request(fault)
        self._store(args["key"], args["value"])
        return True

    def _update(self, _caller: Caller, args: Args) -> Doc:
        """Many settings at once; what is wrong with them is told in the answer, not as an error ([B])."""
        self._own(args["organizationId"])
        return {"errors": self._set_all(args["model"].get("settings") or [])}

    def _set_all(self, settings: list[Doc]) -> list[Doc]:
        """Sets all, or nothing when a value is refused; refusals come by group ([B] shape, [C] the rest).

        With `partial_settings` those are set that nothing is wrong with: whether the real one does so is not known.
        """
        groups: dict[str, list[Doc]] = {}
        good = []
        for item in settings:
            fault = None if item.get("useDefault") else self._fault(item["configurationKey"], item.get("value"))
            fault = fault or (self._unknown(item["configurationKey"]) if item.get("useDefault") else None)
            if fault:
                group = item["configurationKey"].split(".")[0]
                groups.setdefault(group, []).append({"key": item["configurationKey"], "messages": [fault]})
            else:
                good.append(item)
        for item in good if not groups or self._world.option("partial_settings", False) else ():
            self._store(item["configurationKey"], None if item.get("useDefault") else item.get("value"))
        return [{"groupName": group, "messages": [], "keys": keys} for group, keys in groups.items()]

    def _unknown(self, key: str) -> str | None:
        found = self._world.get(SETTING, key)
        return None if found is not None and self._is_served(found) else f"The setting {key} does not exist."

    def _fault(self, key: str, value: str | None) -> str | None:
        """Why a value is refused: types come from the default value ([C])."""
        setting = self._world.get(SETTING, key)
        if setting is None or not self._is_served(setting):
            return f"The setting {key} does not exist."
        if value is None:
            return "A value is needed."
        if setting["dataType"] == "Boolean" and value.lower() not in ("true", "false"):
            return f"'{value}' is not true or false."
        if setting["dataType"] == "Integer" and not value.lstrip("-").isdigit():
            return f"'{value}' is not a whole number."
        if key.endswith("Url") and value and not value.startswith(("https://", "http://")):
            return f"'{value}' is not an address."
        return None

    def _store(self, key: str, value: str | None) -> None:
        setting = self._world.get(SETTING, key)
        if setting is not None:
            self._world.put(SETTING, {**setting, "value": setting["defaultValue"] if value is None else value})

    def _rest_models(self, call: Call, organization: str) -> Response:
        """Setting models; secrets are there, masked ([B] that there is a mask, [C] how it looks)."""
        self._own(organization)
        hidden = bool(models.flag(call.request, "includeHiddenFromUi"))
        shown = [item for item in self._world.all(SETTING) if hidden or not item.get("isHidden")]
        return Response(200, [self._model(item) for item in shown])

    @staticmethod
    def _model(item: Doc) -> Doc:
        masked = "*" * 8 if item["isSecret"] and item["value"] else item["value"]
        return {
            "key": item["key"],
            "dataType": item["dataType"],
            "group": item.get("group") or item["key"].split(".")[0],
            "displayName": item.get("displayName") or item["key"],
            "description": None,
            "value": masked,
            "isSecret": item["isSecret"],
            "passwordMaskingCharacter": "*" if item["isSecret"] else None,
            "featureFlags": item.get("featureFlags") or [],
            "defaultValue": item["defaultValue"],
            "areas": [],
        }

    def _rest_map(self, call: Call, organization: str) -> Response:
        self._own(organization)
        return Response(200, self._map(bool(models.flag(call.request, "includeHiddenFromUi"))))

    def _rest_some(self, call: Call) -> Response:
        wanted = models.body_of(call.request)
        if not isinstance(wanted, list):
            raise bad_request("A list of keys is needed.")
        values = self._map(bool(models.flag(call.request, "includeHiddenFromUi")))
        return Response(200, {key: value for key, value in values.items() if key in wanted})

    def _rest_value(self, call: Call, organization: str) -> Response:
        self._own(organization)
        key = call.request.arg("configurationKey") or ""
        found = self._world.get(SETTING, key)
        return Response(200, "" if found is None or found["isSecret"] else self.value(key))

    def _rest_update(self, call: Call, organization: str) -> Response:
        self._own(organization)
        body = models.SETTINGS.read(call.request)
        items = [models.SETTING.check(item) for item in body["settings"] or []]
        return Response(200, {"errors": self._set_all(items)})

    def _rest_update_one(self, call: Call, organization: str) -> Response:
        self._own(organization)
        item = models.SETTING.read(call.request)
        errors = self._set_all([item])
        if errors:
            raise bad_request(errors[0]["keys"][0]["messages"][0])
        return Response(200, True)

    @staticmethod
    def _preferences(_call: Call) -> Response:
        """What a user set for the own pages, which is no setting of the organisation ([B] call, [U] its shape)."""
        return Response(200, [{"key": key, "data": data} for key, data in _PREFERENCES.items()])

    # API tokens

    def _api_tokens(self, _caller: Caller, _args: Args) -> list[Doc]:
        return [
            {
                "id": item["id"],
                "name": item["name"],
                "accessToken": None,
                "expiryDate": datetime.fromtimestamp(item["exp"], UTC).isoformat(),
                "expiresInDays": max(0, int((item["exp"] - time.time()) // 86400)),
            }
            for item in self._world.find(TOKEN, "use", "api")
        ]

    def _create_token(self, caller: Caller, args: Args) -> Doc:
        token: dict[str, Any] = args["token"]
        if not (token.get("name") or "").strip():
            raise bad_request("A token needs a name.")
        return self._tokens.api_token(caller, token["name"], token.get("expiredInHours") or 24)


def _feature(name: str, on: bool) -> Doc:
    return {
        "id": fixed_id(f"feature {name}"),
        "name": name,
        "displayName": name,
        "description": f"About {name}",
        "status": "Enabled" if on else "Disabled",
        "isEnabled": on,
        "isTrial": False,
    }
