"""Deduplication projects over REST: functions, the switch and the order of rules, removal ([B] paths and bodies)."""

from __future__ import annotations

from reconciler_sandbox.cluedin import models
from reconciler_sandbox.cluedin.deduplication import Deduplication
from reconciler_sandbox.cluedin.errors import bad_request
from reconciler_sandbox.cluedin.world import Call, RestRoute
from reconciler_sandbox.web import Response

_ORDER = models.Model({"ruleOrder": "map"})


class DeduplicationRest:
    """`/api/deduplication/projects`, as far as GraphQL has no twin."""

    def __init__(self, projects: Deduplication) -> None:
        self._projects = projects

    def routes(self) -> list[RestRoute]:
        """Paths below the root without a version; the fixed one before those with an id."""
        root = "/deduplication/projects"
        return [
            ("GET", f"{root}/rules/matchingfunctions", self._functions),
            ("DELETE", f"{root}/{{project}}", self._delete),
            ("POST", f"{root}/{{project}}/rules/order", self._order),
            ("DELETE", f"{root}/{{project}}/rules/{{rule}}", self._delete_rule),
            ("PUT", f"{root}/{{project}}/rules/{{rule}}/activate", self._activate),
            ("PUT", f"{root}/{{project}}/rules/{{rule}}/deactivate", self._deactivate),
        ]

    def _functions(self, call: Call) -> Response:
        """Functions with what may be done to values before ([U] form: only the path is public)."""
        before = [{"id": id, "displayName": name} for id, name in self._projects.normalizers.items()]
        rows = [
            {"id": id, "displayName": name, "normalizationRules": before}
            for id, name in self._projects.functions.items()
        ]
        return Response(200, rows)

    def _delete(self, call: Call, project: str) -> Response:
        self._projects.delete(call.caller, models.guid(project))
        return Response(200, None)

    def _order(self, call: Call, project: str) -> Response:
        """Every rule of the project with its place ([B] form, [C] the refusal)."""
        before = self._projects.editable(models.guid(project))
        given = {str(id).lower(): place for id, place in (_ORDER.read(call.request)["ruleOrder"] or {}).items()}
        if given.keys() != {one["id"] for one in before["rules"]} or len(set(given.values())) != len(given):
            raise bad_request("Every rule of the project is needed, each at a place of its own.")
        rules = [{**one, "order": given[one["id"]]} for one in before["rules"]]
        self._projects.change_rules(call.caller, before, rules)
        return Response(200, None)

    def _delete_rule(self, call: Call, project: str, rule: str) -> Response:
        before = self._projects.editable(models.guid(project))
        gone = self._projects.rule(before, models.guid(rule))["id"]
        self._projects.change_rules(call.caller, before, [one for one in before["rules"] if one["id"] != gone])
        return Response(200, None)

    def _activate(self, call: Call, project: str, rule: str) -> Response:
        return self._switch(call, project, rule, True)

    def _deactivate(self, call: Call, project: str, rule: str) -> Response:
        return self._switch(call, project, rule, False)

    def _switch(self, call: Call, project: str, rule: str, active: bool) -> Response:
        before = self._projects.editable(models.guid(project))
        mine = self._projects.rule(before, models.guid(rule))["id"]
        rules = [{**one, "enabled": active} if one["id"] == mine else one for one in before["rules"]]
        self._projects.change_rules(call.caller, before, rules)
        return Response(200, None)
